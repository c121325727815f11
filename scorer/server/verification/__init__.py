"""Bundles of code that teams send, and the organiser's verification of them."""
