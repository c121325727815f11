"""What a scoring server tells its clients of bundles, as far as they look at it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from scorer.client_answers import Answer, Fault


class Comparison(Answer):
    """One test set: what the leaderboard says against what the code gives."""

    split: str
    leaderboard_score: str | None
    run_score: str | None
    sealed: bool
    residual: str | None
    tolerance: str
    within: bool
    frames: int
    differ: int


class Run(Answer):
    """One time that the code was run."""

    name: str
    ending: str
    wall_seconds: float
    peak_memory_bytes: int
    faults: list[str]


class Flag(Answer):
    """Something that a person looks at."""

    text: str


class Verdict(Answer):
    """What a verification found."""

    reason: str
    comparisons: list[Comparison]
    runs: list[Run]
    flags: list[Flag]


class Verification(Answer):
    """One verification of a bundle."""

    id: int
    kind: Literal["trial", "full"]
    progress: Literal["queued", "running", "matched", "mismatched", "failed", "stopped"]
    verdict: Verdict | None
    log: str | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.progress not in ("queued", "running")


class Bundle(Answer):
    """A bundle of one's own team."""

    id: int
    state: Literal["received", "refused", "accepted"]
    received_at: datetime
    notes: list[str]
    faults: list[Fault]
    verifications: list[Verification]

    @property
    def trial(self) -> Verification | None:
        """What came of it when it arrived."""
        return next((one for one in reversed(self.verifications) if one.kind == "trial"), None)

    @property
    def waits(self) -> bool:
        """Whether it is still to be checked or tried."""
        if self.state == "accepted":
            return self.trial is not None and not self.trial.ended
        return self.state == "received"


class Bundles(Answer):
    """The team's bundles, newest first."""

    bundles: list[Bundle]
