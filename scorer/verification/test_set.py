"""One test set, and what a team sent for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from data_spec.corpus import RecordingFolder
from data_spec.stream import Labels


@dataclass(frozen=True)
class TestSet:
    """What a bundle is run on, and what its results are compared with.

    Attributes:
        stage: whose leaderboard it is.
        split: the name of the test set.
        folder: its streams and templates.
        labels: the truth, by recording; None where scores are not to be known, as in a trial.
        submitted: the zip whose score the leaderboard shows.
        data_sha256: of streams, templates and labels.
        leaderboard_score: what the leaderboard shows, to see that it is the score of `submitted`; None: unknown.
    """

    __test__ = False  # pytest takes every class of such a name for a test

    stage: str
    split: str
    folder: RecordingFolder
    labels: Mapping[str, Labels] | None
    submitted: Path
    data_sha256: str
    leaderboard_score: float | None = None
