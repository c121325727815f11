"""Submissions: receive a zip, judge it, show its team what came of it."""
