"""Bundles, and what was found when they were run."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Enum, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scorer.server.accounts.models import Account, Team
from scorer.server.db import Base, UtcDateTime


class BundleState(enum.StrEnum):
    """Where a bundle is on its way."""

    RECEIVED = "received"  # its bytes are safe, nobody has checked it yet
    REFUSED = "refused"  # it is not what the rules ask for: its faults say why
    ACCEPTED = "accepted"  # it can be run


class Bundle(Base):
    """One uploaded zip of code of one team. The newest that was accepted is the one that is verified."""

    __tablename__ = "bundles"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey(Team.id), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    """Bytes of the zip."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[BundleState] = mapped_column(
        Enum(BundleState, native_enum=False, length=20, values_callable=lambda s: [*s])
    )
    notes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What its owner should know besides."""
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Why it was refused, as a submission's faults: file, row, column, expected, found, and `text`."""
    team: Mapped[Team] = relationship()
    account: Mapped[Account] = relationship()
    verifications: Mapped[list[Verification]] = relationship(back_populates="bundle", order_by="Verification.id")


class Kind(enum.StrEnum):
    """What a bundle is run for."""

    TRIAL = "trial"  # when it arrives: on a few recordings, against the team's own predictions
    FULL = "full"  # for the organiser: on every test set, against the leaderboard


class Progress(enum.StrEnum):
    """Where a verification is on its way, and how it ended."""

    QUEUED = "queued"
    RUNNING = "running"
    MATCHED = "matched"
    MISMATCHED = "mismatched"
    FAILED = "failed"  # it did not finish: the verdict says why, or the log, or where it was our side's fault `fault`
    STOPPED = "stopped"  # by an organiser

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self not in UNDER_WAY


UNDER_WAY = (Progress.QUEUED, Progress.RUNNING)


class Verification(Base):
    """One verification of one bundle."""

    __tablename__ = "verifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    bundle_id: Mapped[int] = mapped_column(ForeignKey(Bundle.id), index=True)
    kind: Mapped[Kind] = mapped_column(Enum(Kind, native_enum=False, length=20, values_callable=lambda k: [*k]))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    """The organiser; null: the upload itself, or a command on the server's machine."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    progress: Mapped[Progress] = mapped_column(
        Enum(Progress, native_enum=False, length=20, values_callable=lambda p: [*p]), index=True
    )
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stop_asked: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether an organiser wants it to end; whoever runs it looks here."""
    tries: Mapped[int] = mapped_column(default=0)
    """How often somebody began to run it."""
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until then nobody else begins to run it; renewed while it runs."""
    lease_holder: Mapped[str | None] = mapped_column(String(32))
    """Who is running it: a random number, so that one who comes back too late is known."""
    verdict: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """`scorer.verification.verdict.Verdict.to_dict()`. Holds scores that may be sealed: not to be shown as it is."""
    fault: Mapped[str | None] = mapped_column(Text)
    """What went wrong on our side; for the organiser, never for a page of the team."""
    bundle: Mapped[Bundle] = relationship(back_populates="verifications")
    asked_by: Mapped[Account | None] = relationship()


class LogPiece(Base):
    """A piece of what was said while a verification ran: its log is all of them in their order."""

    __tablename__ = "verification_log"

    verification_id: Mapped[int] = mapped_column(ForeignKey(Verification.id), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """0, 1, 2, …; a new try goes on counting."""
    text: Mapped[str] = mapped_column(Text)
