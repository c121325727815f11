"""Faces in pictures → the face stream: found, followed, told apart, aligned to a mean face, embedded."""
