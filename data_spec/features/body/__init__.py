"""Joints in three dimensions → the movement features of the body stream."""
