"""Counted tries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from scorer.server.db import Base, UtcDateTime


class TryCount(Base):
    """How often one key was counted within one window of time."""

    __tablename__ = "try_counts"

    rule: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """A keyed hash of the address or account that tries: the row holds no personal data."""
    window_begins_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    window_ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    count: Mapped[int]
