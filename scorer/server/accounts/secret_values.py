"""Secrets that are shown once: 256 random bits, of which only the SHA-256 is kept.

A hash without salt or cost is enough here: nobody guesses 256 random bits.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

TOKEN_PREFIX = "kit"  # noqa: S105 (it marks a token as ours; leaked ones can be searched for)

_TOKEN = re.compile(rf"{TOKEN_PREFIX}_([0-9a-f]{{1,16}})_([A-Za-z0-9_-]{{1,64}})")


def new_secret() -> str:
    """43 characters that are safe in a URL, a header and a cookie."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> bytes:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def matches(secret: str, stored: bytes) -> bool:
    """Whether the hash is this secret's, compared in constant time."""
    return hmac.compare_digest(secret_hash(secret), stored)


def format_token(public_id: str, secret: str) -> str:
    """The token as its owner sees it, once."""
    return f"{TOKEN_PREFIX}_{public_id}_{secret}"


def parse_token(token: str) -> tuple[str, str] | None:
    """A token's public id and secret, or None where it is no token.

    >>> parse_token("kit_0a1b2c3d_secret_part")
    ('0a1b2c3d', 'secret_part')
    >>> parse_token("password") is None
    True
    """
    found = _TOKEN.fullmatch(token)
    return (found[1], found[2]) if found else None
