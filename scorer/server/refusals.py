"""Refusal: a rule says no. Services raise it, routes turn it into a form's error or an API problem."""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar


class Refusal(Exception):  # noqa: N818 (the answer of a rule, not an error of the program)
    """A request that a rule forbids.

    Attributes:
        status: the HTTP status of the answer.
        message: why, in words for the person who asked; ends with what was expected and found.
        field: the name of the input that is at fault, where it is one.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotFound(Refusal):
    """There is no such thing, or it is not the asker's to see: the two look alike."""

    status = HTTPStatus.NOT_FOUND


class Conflict(Refusal):
    """Somebody has it already."""

    status = HTTPStatus.CONFLICT


class Forbidden(Refusal):
    """Not now, or not for this person."""

    status = HTTPStatus.FORBIDDEN


class Unauthorized(Refusal):
    """Nobody we know."""

    status = HTTPStatus.UNAUTHORIZED


class TooMany(Refusal):
    """Enough for now."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class TooManyTries(TooMany):
    """Enough for a while.

    Attributes:
        retry_after: after how many seconds the next try is welcome.
    """

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class WrongType(Refusal):
    """A body of another kind than what is asked for."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class TooLarge(Refusal):
    """More bytes than the challenge allows."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
