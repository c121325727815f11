"""Mails: written in the transaction that decides on them, sent by a worker."""
