"""One verification with all that a page says of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server.verification import log, shown
from scorer.server.verification.log_text import last_part, readable
from scorer.server.verification.models import Kind, Verification
from scorer.server.verification.shown import ShownVerdict


@dataclass(frozen=True)
class ToldLog:
    """The end of a log.

    Attributes:
        text: what is shown of it.
        left_out: how many characters before.
        position: where it ends, for the script that asks for more.
    """

    text: str
    left_out: int
    position: int


@dataclass(frozen=True)
class ToldVerification:
    """What a template needs."""

    row: Verification
    verdict: ShownVerdict | None
    log: ToldLog

    @property
    def is_trial(self) -> bool:
        """Whether it ran on a few recordings, without labels."""
        return self.row.kind is Kind.TRIAL


def read_log(session: Session, verification: Verification) -> ToldLog:
    """What was said so far, as far as a page shows it."""
    whole, position = log.read(session, verification.id)
    text, left_out = last_part(whole)
    return ToldLog(readable(text), left_out, position)


def tell_team(session: Session, challenge: Challenge, verification: Verification) -> ToldVerification:
    """For a page of the team whose bundle it is."""
    return ToldVerification(
        verification, shown.for_team(session, challenge, verification), read_log(session, verification)
    )


def tell_organiser(session: Session, challenge: Challenge, verification: Verification) -> ToldVerification:
    """For a page of the organiser."""
    return ToldVerification(
        verification, shown.for_organiser(session, challenge, verification), read_log(session, verification)
    )
