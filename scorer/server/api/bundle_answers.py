"""What programs are told of bundles and of what came of running them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from scorer.server.api.answers import Fault, Moment
from scorer.server.verification.models import BundleState, Kind, Progress


class Run(BaseModel):
    """One time that the code was run."""

    name: str = Field(description="On which test set, and how.")
    ending: str = Field(description="`done`, or what ended it, such as `time`, `memory` or `exit code`.")
    reason: str = Field(description="The same in words.")
    exit_code: int | None = Field(description="Null: it was ended from outside.")
    wall_seconds: float
    cpu_seconds: float = Field(description="Of all its processes.")
    peak_memory_bytes: int = Field(description="Of all its processes at once.")
    faults: list[str] = Field(description="Why its predictions were refused, in the words of `scorer check`.")


class RecordingDifference(BaseModel):
    """How far the predictions for one recording are from those that were submitted."""

    recording: str
    frames: int = Field(description="Its rows: frames, segments or clips.")
    differ: int


class Comparison(BaseModel):
    """One test set: what the leaderboard says against what the code gives."""

    stage: str
    split: str
    leaderboard_score: str | None = Field(description="A decimal. Null: sealed, or a trial, which compares rows.")
    run_score: str | None = Field(description="A decimal. Null: sealed, or a trial.")
    sealed: bool = Field(description="Whether scores and residual are left out until they are released.")
    residual: str | None = Field(description="The absolute difference of the two, a decimal. Null: sealed, or a trial.")
    tolerance: str = Field(description="What is believed at the most, a decimal.")
    within: bool = Field(description="Whether it is believed.")
    frames: int = Field(description="Rows of all recordings: frames, segments or clips.")
    differ: int = Field(description="Rows with another label, or other numbers, than the team submitted.")
    repeat_differ: int | None = Field(
        description="Rows predicted otherwise when it was run once more. Null: the disguised run gave the same."
    )
    disguised_differ: int = Field(description="Rows predicted otherwise when recordings had other names and times.")
    recordings: list[RecordingDifference] = Field(description="Empty where the stage does not show them.")


class Flag(BaseModel):
    """Something that a person looks at."""

    kind: str
    text: str


class Verdict(BaseModel):
    """What a verification found."""

    decision: str = Field(description="`matched`, `mismatched` or `failed`.")
    reason: str
    comparisons: list[Comparison]
    runs: list[Run]
    flags: list[Flag]


class Verification(BaseModel):
    """One verification of a bundle."""

    id: int
    kind: Kind = Field(description="`trial`: on a few recordings, when it arrived; `full`: for the organisers.")
    progress: Progress
    asked_at: Moment
    begun_at: Moment | None
    ended_at: Moment | None
    verdict: Verdict | None = Field(description="Null: there is none yet, or it came to none.")
    log: str | None = Field(description="The end of what it said. Null in lists.")


class Bundle(BaseModel):
    """A bundle, as its own team sees it."""

    id: int
    state: BundleState
    received_at: Moment
    sha256: str
    size: int = Field(description="Bytes of the zip.")
    notes: list[str]
    faults: list[Fault] = Field(description="Why it was refused.")
    verifications: list[Verification] = Field(description="Its trial, and what the organisers asked for; newest last.")


class Bundles(BaseModel):
    """The team's bundles, newest first."""

    bundles: list[Bundle]
