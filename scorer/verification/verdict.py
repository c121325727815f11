"""What a verification found: the document that the verdict page, the API and `bundle try` show."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


class Decision(enum.StrEnum):
    """Whether the code gives what the team sent."""

    MATCHED = "matched"
    MISMATCHED = "mismatched"
    FAILED = "failed"  # it did not finish, or what it left is no submission


@dataclass(frozen=True)
class RunRecord:
    """One run of a bundle over one test set.

    Attributes:
        name: what it was run on and how, such as `public` or `public, disguised`.
        ending: how it ended (`scorer.sandbox.job.Ending`), or `format` where its predictions were refused.
        reason: the same in words.
        exit_code: of the bundle's command; None where it was ended from outside.
        wall_seconds: how long it took.
        cpu_seconds: of all its processes.
        peak_memory_bytes: of all its processes at once.
        faults: why its predictions were refused, in the words of `scorer check`.
    """

    name: str
    ending: str
    reason: str
    exit_code: int | None
    wall_seconds: float
    cpu_seconds: float
    peak_memory_bytes: int
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordingDifference:
    """How far the code's predictions for one recording are from those that the team sent."""

    recording: str
    frames: int
    differ: int


@dataclass(frozen=True)
class Comparison:
    """One test set: what the leaderboard says against what the code gives.

    Scores and residuals are decimals, written as text so that no reader rounds them; see `residual.py`.

    Attributes:
        stage: the stage whose leaderboard it is; `split` the test set.
        leaderboard_score: None for a trial, which compares frames alone.
        run_score: of the code's predictions; None for a trial.
        residual: the absolute difference of the two; None for a trial.
        tolerance: what it may be at the most.
        within: whether it is; of a trial, whether no more than that share of the frames differs.
        frames: how many there are.
        differ: for how many the code predicts something else than the team sent.
        repeat_differ: for how many it predicts something else when it is run once more; 0: it is deterministic,
            None: it was not run again, since the disguised run gave the same.
        disguised_differ: for how many it predicts something else when recordings have other names and times.
        disguised_residual: between the leaderboard's score and that of the disguised run; None for a trial.
        depends_on_names: whether names and times change its predictions by more than the tolerance, and more than
            chance does.
        recordings: each recording's difference.
    """

    stage: str
    split: str
    leaderboard_score: str | None
    run_score: str | None
    residual: str | None
    tolerance: str
    within: bool
    frames: int
    differ: int
    repeat_differ: int | None
    disguised_differ: int
    disguised_residual: str | None
    depends_on_names: bool
    recordings: tuple[RecordingDifference, ...]

    @property
    def share_that_differs(self) -> float:
        """Of all frames, 0 to 1."""
        return self.differ / self.frames if self.frames else 0.0

    @property
    def deterministic(self) -> bool:
        """Whether the code predicted the same twice."""
        return not self.repeat_differ


@dataclass(frozen=True)
class Flag:
    """Something that a person should look at. It changes no decision.

    Attributes:
        kind: `copied`, `names` or `random`.
        text: what was found, in words.
    """

    kind: str
    text: str


@dataclass(frozen=True)
class Hashes:
    """What exactly was run, by SHA-256 in hexadecimal digits.

    Attributes:
        bundle: the zip.
        data: by split, streams and templates and labels.
        environment: what was installed.
        scorer: the scorer's version.
    """

    bundle: str
    data: Mapping[str, str]
    environment: str
    scorer: str


@dataclass(frozen=True)
class Verdict:
    """The outcome of a verification.

    Attributes:
        decision: see `Decision`.
        reason: why, in one sentence.
        comparisons: one for each test set that could be compared.
        runs: each run of the code, in their order.
        flags: what a person should look at.
        hashes: what was run.
        sandbox: the kind of sandbox, as its runner calls it.
        environment: what was installed, in words.
    """

    decision: Decision
    reason: str
    comparisons: tuple[Comparison, ...]
    runs: tuple[RunRecord, ...]
    flags: tuple[Flag, ...]
    hashes: Hashes
    sandbox: str
    environment: str

    def to_dict(self) -> dict[str, Any]:
        """The verdict as JSON knows it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Verdict:
        """The verdict that `to_dict` wrote, also when it went through JSON in between."""
        return cls(
            decision=Decision(document["decision"]),
            reason=document["reason"],
            comparisons=tuple(
                Comparison(**{**one, "recordings": tuple(RecordingDifference(**each) for each in one["recordings"])})
                for one in document["comparisons"]
            ),
            runs=tuple(RunRecord(**{**one, "faults": tuple(one["faults"])}) for one in document["runs"]),
            flags=tuple(Flag(**one) for one in document["flags"]),
            hashes=Hashes(**document["hashes"]),
            sandbox=document["sandbox"],
            environment=document["environment"],
        )
