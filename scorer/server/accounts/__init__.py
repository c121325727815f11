"""Accounts: who somebody is, which team they are in, and how they prove it."""
