"""The tie groups of a leaderboard: each submission's report is read once, however often the leaderboard changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server.leaderboard.entries import is_live
from scorer.server.leaderboard.tie_groups import group_alike, resample_scores
from scorer.server.stages.models import Stage
from scorer.server.submissions.models import Score, Submission


@dataclass(frozen=True)
class Resampled:
    """What one score tells of ties. A score never changes: other versions of scorer or labels give another row."""

    counted: str | None
    """A digest of the recordings and how many rows of each count; None where the report tells of none."""
    scores: NDArray[np.float64]
    """On the drawn recordings, shape (resamples,)."""


class Ties:
    """Finds tie groups. Of each stage it keeps what it knows of the submissions that stood in it when last asked."""

    def __init__(self) -> None:
        self._of_stage: dict[int, dict[tuple[int, str, str], Resampled]] = {}

    def find(self, session: Session, stage: Stage, counting: Sequence[int]) -> Sequence[int]:
        """For each place of a leaderboard the place of the first of its tie group.

        Where submissions were not scored on the same recordings, nothing is known and nobody is tied.

        Args:
            session: to read with.
            stage: whose scores are released.
            counting: the submission that counts of each team, best first.
        """
        versions = (stage.scorer_version, stage.data_version)
        known = self._of_stage.get(stage.id, {})
        missing = [number for number in counting if (number, *versions) not in known]
        known = {**known, **{(number, *versions): one for number, one in _read(session, stage, missing).items()}}
        found = {(number, *versions): known.get((number, *versions)) for number in counting}
        # Put in place whole, and never changed: two threads may be here at once.
        self._of_stage[stage.id] = {key: one for key, one in found.items() if one is not None}
        resampled = [one for one in found.values() if one is not None and one.counted is not None]
        if len(resampled) != len(counting) or len({one.counted for one in resampled}) != 1:
            return range(len(counting))
        return group_alike(np.stack([one.scores for one in resampled]))


def _read(session: Session, stage: Stage, numbers: Sequence[int]) -> dict[int, Resampled]:
    if not numbers:
        return {}
    query = select(Submission.id, Score.report["recordings"]).where(is_live(stage), Submission.id.in_(numbers))
    return {number: _resample(stage, recordings or []) for number, recordings in session.execute(query)}


def _resample(stage: Stage, recordings: Sequence[Mapping[str, Any]]) -> Resampled:
    statistics = np.array([one["statistics"] for one in recordings if one["counted"]], dtype=np.float64)
    if not len(statistics):
        return Resampled(None, statistics)
    counted = json.dumps([(one["recording"], one["counted"]) for one in recordings])
    return Resampled(hashlib.sha256(counted.encode()).hexdigest(), resample_scores(statistics, stage.ranks_by.of))
