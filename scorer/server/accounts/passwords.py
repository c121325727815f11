"""Passwords: argon2id, the same work whether or not the account exists."""

from __future__ import annotations

from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from scorer.server.refusals import Refusal

PASSWORD_LENGTH = (10, 200)
"""The least and the most characters."""


class Passwords:
    """Hashes and verifies passwords with argon2id.

    Args:
        hasher: the cost parameters; argon2-cffi's defaults are those of RFC 9106 for little memory.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    def hash(self, password: str) -> str:
        """The hash to store. Raises Refusal where the password is too short or too long."""
        least, most = PASSWORD_LENGTH
        if len(password) < least:
            raise Refusal(
                f"Expected a password of at least {least} characters, found {len(password)}.", field="password"
            )
        if len(password) > most:
            raise Refusal(f"Expected a password of at most {most} characters, found {len(password)}.", field="password")
        return self._hasher.hash(_encode(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one that was hashed. Without a stored hash: no, after the same work."""
        try:
            # A longer one was never accepted; hashing what anybody sends would be work at their command.
            given = _encode(password[: PASSWORD_LENGTH[1] + 1])
            return self._hasher.verify(stored or self._nobody, given) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("the password of an account that does not exist")


def _encode(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")  # whatever can be typed is a password, and never an error
