"""Entries of the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scorer.server.accounts.models import Account
from scorer.server.db import Base, UtcDateTime


class AuditEntry(Base):
    """One decision. Triggers of the database let nobody change or remove it; the chain of hashes would show it."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 … without a gap."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    """Who did it; null: the server itself, or somebody at its command line."""
    action: Mapped[str] = mapped_column(String(60), index=True)
    """What was done, such as `stage.close`."""
    subject: Mapped[str] = mapped_column(String(200))
    """To what, such as `stage public` or `team 12`."""
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What changed. Never an e-mail address, a secret or a sealed score."""
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    account: Mapped[Account | None] = relationship()


class AuditHead(Base):
    """The last entry's number and hash, in a row of its own: who writes the next entry locks it.

    The migration that makes the table writes its only row.
    """

    __tablename__ = "audit_heads"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Always 1."""
    entries: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
