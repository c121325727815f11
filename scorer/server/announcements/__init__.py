"""Announcements: what the organisers tell everybody."""
