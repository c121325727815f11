"""Count tries, exactly, over all processes of the server; and say when it was enough."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scorer.server import clock
from scorer.server.db import writing
from scorer.server.rate_limits.models import TryCount
from scorer.server.rate_limits.rules import Rule
from scorer.server.refusals import TooManyTries

MOST_CLEARED = 100
"""Rows of windows that are over, cleared away at once."""


def check(session: Session, secret_key: str, rule: Rule, key: str) -> None:
    """Count one try in a transaction of its own; it stays counted whatever follows.

    Args:
        session: not inside a transaction.
        secret_key: the server's; the database holds only what it makes of the key.
        rule: one of `rules.py`.
        key: who tries, or what is tried: an account's number, an e-mail address, a network address.

    Raises:
        TooManyTries: the window is full. Whether anybody has that key makes no difference.
    """
    with writing(session):
        count(session, secret_key, rule, key)


def count(session: Session, secret_key: str, rule: Rule, key: str) -> None:
    """Count one try inside the caller's transaction (`db.writing`). Raises TooManyTries, having counted nothing."""
    now = clock.utc_now()
    begins_at = _window_around(now, rule)
    row = {"rule": rule.name, "key_hash": key_hash(secret_key, rule, key), "window_begins_at": begins_at}
    while not _raise_count(session, rule, row):
        found = session.get(TryCount, row, with_for_update=True, populate_existing=True)
        if found is not None and found.count >= rule.most:
            raise _too_many(rule, begins_at + rule.window, now)
        if found is None:
            _clear(session, now)
            try:
                with session.begin_nested():
                    session.add(TryCount(**row, window_ends_at=begins_at + rule.window, count=1))
                return
            except IntegrityError:
                pass  # somebody else was the window's first


def give_back(session: Session, secret_key: str, rule: Rule, key: str) -> None:
    """Take back one try that was counted, because it was none that the rule is against."""
    begins_at = _window_around(clock.utc_now(), rule)
    with writing(session):
        session.execute(
            update(TryCount)
            .where(
                TryCount.rule == rule.name,
                TryCount.key_hash == key_hash(secret_key, rule, key),
                TryCount.window_begins_at == begins_at,
                TryCount.count > 0,
            )
            .values(count=TryCount.count - 1)
        )


def key_hash(secret_key: str, rule: Rule, key: str) -> bytes:
    """What the database holds of a key: without the server's secret nobody can tell whose it is."""
    return hmac.digest(secret_key.encode(), f"rate limit\0{rule.name}\0{key}".encode(), hashlib.sha256)


def network_key(address: str | None) -> str:
    """Who tries, by network address. Of IPv6 the first 64 bits: the rest is its owner's to choose.

    >>> network_key("192.0.2.7"), network_key("2001:db8::7"), network_key("::ffff:192.0.2.7")
    ('192.0.2.7', '2001:db8::/64', '192.0.2.7')
    >>> network_key(None)
    'unknown'
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed.packed, 64), strict=False))


def _raise_count(session: Session, rule: Rule, row: dict[str, object]) -> bool:
    """One more in the window, in one statement, so that two at once are two. False: there is no room, or no row."""
    raised = update(TryCount).filter_by(**row).where(TryCount.count < rule.most).values(count=TryCount.count + 1)
    # No row of it is looked for among what the session holds: `count` reads the row anew.
    unsynchronized = raised.execution_options(synchronize_session=False)
    return session.scalar(unsynchronized.returning(TryCount.count)) is not None


def _clear(session: Session, now: datetime) -> None:
    over = select(TryCount).where(TryCount.window_ends_at <= now).limit(MOST_CLEARED)
    for row in session.scalars(over.with_for_update(skip_locked=True)):
        session.delete(row)


def _window_around(now: datetime, rule: Rule) -> datetime:
    seconds = rule.window.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)


def _too_many(rule: Rule, ends_at: datetime, now: datetime) -> TooManyTries:
    seconds = max(1, math.ceil((ends_at - now).total_seconds()))
    return TooManyTries(
        f"Expected at most {rule.most} {rule.what} in {_minutes(rule.window)}. "
        f"Try again in {_minutes(timedelta(seconds=seconds))}.",
        retry_after=seconds,
    )


def _minutes(span: timedelta) -> str:
    minutes = math.ceil(span.total_seconds() / 60)
    return "a minute" if minutes == 1 else f"{minutes} minutes"
