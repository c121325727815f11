"""Moments in a challenge file: ISO 8601 with a zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator


def parse_moment(value: object) -> datetime:
    """The moment that a text names, in UTC.

    A zone is never guessed: twelve o'clock is another moment in Rome than in Taipei.

    Raises:
        ValueError: the text names no moment, or no zone.

    >>> parse_moment("2017-09-01T12:00:00+02:00").isoformat()
    '2017-09-01T10:00:00+00:00'
    """
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):  # no such day; or it is in the year 0 once it is in UTC
        pass
    raise ValueError(f"expected a date and a time with its zone, such as 2017-09-01T12:00:00Z. Received: {value!r}")


def format_moment(moment: datetime) -> str:
    """The moment in UTC, as `parse_moment` reads it.

    >>> format_moment(datetime(2017, 9, 1, 12, tzinfo=UTC))
    '2017-09-01T12:00:00Z'
    """
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


Moment = Annotated[datetime, BeforeValidator(parse_moment)]
