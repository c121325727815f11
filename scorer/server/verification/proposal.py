"""What an organiser may say to a team whose code does not give its score."""

from __future__ import annotations

from scorer.server.organiser.disqualification import MOST_REASON
from scorer.server.verification.told_verification import ToldVerification


def reason_for(told: ToldVerification) -> str:
    """A reason to begin with, for the form; a person changes it, and confirms."""
    assert told.verdict is not None
    words = f"Run by the organisers, the code that the team sent does not give its score again: {told.verdict.reason}"
    return f"{words[: MOST_REASON - 50]} (verification {told.row.id})."
