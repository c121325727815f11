"""What a rescore changes: figures that may be shown, and of a sealed stage no more than counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scorer.server.leaderboard.row import SCORE_DIGITS
from scorer.server.leaderboard.service import Place
from scorer.server.rescoring.aside import Versions
from scorer.server.submissions.models import State


@dataclass(frozen=True)
class Shown:
    """What a leaderboard shows of a team."""

    name: str
    rank: int
    score: float


@dataclass(frozen=True)
class TeamChange:
    """One team; None where it does not stand in the leaderboard."""

    before: Shown | None
    after: Shown | None

    @property
    def changes_rank(self) -> bool:
        """Whether the rank is another."""
        return (self.before and self.before.rank) != (self.after and self.after.rank)


@dataclass(frozen=True)
class VerdictChange:
    """A submission that was refused and is scored, or the other way round."""

    submission_id: int
    before: State
    after: State


@dataclass(frozen=True)
class Difference:
    """Between a stage as it is and as the rescore makes it.

    Attributes:
        before: the versions that are live.
        after: the versions that the rescore makes live.
        teams: every team, best first; None of a sealed stage.
        verdicts: the submissions whose verdict changes; None of a sealed stage.
        ranks_changed: how many teams have another rank, or one only before or only after.
        verdicts_changed: how many submissions have another verdict.
    """

    before: Versions
    after: Versions
    teams: Sequence[TeamChange] | None
    verdicts: Sequence[VerdictChange] | None
    ranks_changed: int
    verdicts_changed: int


def by_team(places: Sequence[Place]) -> dict[int, Shown]:
    """What is shown of each team, by its id, as it is now: the rows of the places may be written anew."""
    return {
        place.standing.team_id: Shown(place.name, place.rank, round(place.standing.score, SCORE_DIGITS))
        for place in places
    }


def compare(before: Mapping[int, Shown], after: Mapping[int, Shown]) -> list[TeamChange]:
    """Every team that stands in either, in the order of the later, and then those that stand in it no more."""
    gone = [team_id for team_id in before if team_id not in after]
    return [TeamChange(before.get(team_id), after.get(team_id)) for team_id in (*after, *gone)]
