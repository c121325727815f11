"""Write the audit log, and verify it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.orm import Session, joinedload

from scorer.server import clock
from scorer.server.accounts.models import Account
from scorer.server.audit.models import AuditEntry, AuditHead

FIRST_HASH = "0" * 64
"""What the first entry has as the hash before it."""

HEAD_ID = 1


@dataclass(frozen=True)
class Broken:
    """Where the log is not what was written."""

    entry: int
    why: str


def record(
    session: Session, *, account: Account | None, action: str, subject: str, details: Mapping[str, Any] | None = None
) -> AuditEntry:
    """Add an entry, inside the transaction (`db.writing`) that does what it tells of.

    Args:
        session: in `writing`.
        account: who does it; None is the server itself, or somebody at its command line.
        action: such as `stage.close`.
        subject: to what, such as `stage public`.
        details: plain JSON. No e-mail address, no secret, no sealed score: organisers read it.
    """
    head = session.scalars(select(AuditHead).where(AuditHead.id == HEAD_ID).with_for_update()).one()
    entry = AuditEntry(
        id=head.entries + 1,
        at=clock.utc_now(),
        account_id=account.id if account is not None else None,
        action=action,
        subject=subject,
        details=dict(details or {}),
        previous_hash=head.hash,
    )
    entry.hash = entry_hash(entry)
    head.entries, head.hash = entry.id, entry.hash
    session.add(entry)
    session.flush()
    return entry


def entry_hash(entry: AuditEntry) -> str:
    """The SHA-256 over everything an entry says and the hash of the one before it."""
    content = {
        "id": entry.id,
        "at": _format_instant(entry.at),
        "account": entry.account_id,
        "action": entry.action,
        "subject": entry.subject,
        "details": entry.details,
        "previous": entry.previous_hash,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def verify(session: Session) -> Broken | None:
    """Read the whole log; None where it is what was written, else where it stops to be.

    An entry that was changed, removed, or put in between breaks the chain; entries that were cut off at
    the end are missed by the head. Who can write to the database can also write a whole new chain: against
    that, keep the last hash elsewhere, as `scorer audit verify` prints it.
    """
    # One statement, so that an entry that is written meanwhile is missed by both or by neither.
    query = select(AuditHead.entries, AuditHead.hash, AuditEntry).outerjoin(AuditEntry, true())
    query = query.where(AuditHead.id == HEAD_ID).order_by(AuditEntry.id).execution_options(populate_existing=True)
    rows = session.execute(query).all()
    if not rows:
        return Broken(1, "expected the number of entries and the last hash, found neither")
    entries, last, _ = rows[0]
    previous, number = FIRST_HASH, 0
    for number, entry in enumerate((entry for _, _, entry in rows if entry is not None), start=1):
        if entry.id != number:
            return Broken(number, f"expected entry {number}, found entry {entry.id}")
        if entry.previous_hash != previous:
            return Broken(number, f"expected the hash {previous} of the entry before, found {entry.previous_hash}")
        if (found := entry_hash(entry)) != entry.hash:
            return Broken(number, f"expected a content of the hash {entry.hash}, found one of {found}")
        previous = entry.hash
    if number != entries:
        return Broken(min(number, entries) + 1, f"expected {entries} entries, found {number}")
    if last != previous:
        return Broken(number, f"expected the last hash {last}, found {previous}")
    return None


def read_head(session: Session) -> AuditHead | None:
    """How many entries there are, and the last one's hash; None where somebody removed that."""
    return session.get(AuditHead, HEAD_ID, populate_existing=True)


def find_hash(session: Session, entry_hash: str) -> AuditEntry | None:
    """The entry of that hash. In a chain that holds, all entries up to it are as they were when it was the last."""
    return session.scalars(select(AuditEntry).where(AuditEntry.hash == entry_hash)).one_or_none()


def list_entries(session: Session, *, before: int | None = None, most: int | None = 50) -> list[AuditEntry]:
    """The newest entries first; those older than the number `before`. With `most=None` all of them."""
    query = select(AuditEntry).options(joinedload(AuditEntry.account))
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(most)))


def _format_instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
