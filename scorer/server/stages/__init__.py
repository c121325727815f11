"""Stages: what is open now, and whose scores may be seen."""
