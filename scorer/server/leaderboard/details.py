"""What a leaderboard tells beside scores and ranks, and what takes long enough to be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from scorer.server.leaderboard.entries import is_live
from scorer.server.leaderboard.history import read_histories
from scorer.server.leaderboard.row import Point
from scorer.server.leaderboard.tie_groups import group_ties
from scorer.server.stages.models import Stage
from scorer.server.submissions.models import Score, Submission


@dataclass(frozen=True)
class Details:
    """Of one leaderboard.

    Attributes:
        tie_firsts: for each place the place of the first of its tie group.
        histories: the improvements of each team, by its id.
    """

    tie_firsts: Sequence[int]
    histories: Mapping[int, tuple[Point, ...]]


def read_details(session: Session, stage: Stage, counting: Sequence[int]) -> Details:
    """The details of a leaderboard.

    Args:
        session: to read with.
        stage: whose scores are released.
        counting: the submission that counts of each team, best first.
    """
    return Details(_read_ties(session, stage, counting), read_histories(session, stage))


def _read_ties(session: Session, stage: Stage, counting: Sequence[int]) -> Sequence[int]:
    """Where submissions were not scored on the same recordings, nothing is known and nobody is tied."""
    query = select(Submission.id, Score.report["recordings"]).where(is_live(stage), Submission.id.in_(counting))
    found: dict[int, list[Mapping[str, Any]]] = dict(session.execute(query).all())
    recordings = [found.get(number) or [] for number in counting]
    counted = {tuple((one["recording"], one["counted"]) for one in listed) for listed in recordings}
    if len(counted) != 1 or not recordings[0]:
        return range(len(counting))
    statistics = np.array([[one["statistics"] for one in listed if one["counted"]] for listed in recordings])
    return group_ties(statistics, stage.ranks_by.of)
