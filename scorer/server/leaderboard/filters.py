"""Which rows of a leaderboard are shown. Ranks stay those of the whole leaderboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scorer.ranking import Metric
from scorer.server.accounts.names import TEAM_NAME_LENGTH, comparison_key
from scorer.server.leaderboard.row import Row


@dataclass(frozen=True)
class Filters:
    """What was asked for."""

    team: str = ""
    """A part of the team's name; case and forms of letters do not count."""
    over_baseline: bool = False
    mine: bool = False

    @property
    def are_set(self) -> bool:
        """Whether anything is left out."""
        return self != Filters()

    def apply(self, rows: Sequence[Row], own_team_id: int | None, metric: Metric) -> list[Row]:
        """The rows that were asked for; the baseline stands where no name and no team was."""
        to_beat = next((row.score for row in rows if row.is_baseline and self.over_baseline), None)
        part = comparison_key(self.team)

        def is_asked_for(row: Row) -> bool:
            if row.is_baseline:
                return not part and not self.mine
            is_mine = row.team_id == own_team_id
            is_over = to_beat is None or metric.is_better(row.score, to_beat)
            return part in comparison_key(row.name) and is_over and (is_mine or not self.mine)

        return [row for row in rows if is_asked_for(row)]

    def arguments(self) -> dict[str, str]:
        """As the query of an address."""
        given = {"team": self.team, "over_baseline": "1" * self.over_baseline, "mine": "1" * self.mine}
        return {name: value for name, value in given.items() if value}


def read_filters(arguments: Mapping[str, str]) -> Filters:
    """The filters in the query of a request. No team has a longer name than may be asked for: the rest is cut off.

    >>> read_filters({"team": "  Hut 6 ", "mine": "1"})
    Filters(team='Hut 6', over_baseline=False, mine=True)
    """
    return Filters(
        team=arguments.get("team", "")[: TEAM_NAME_LENGTH + 1].strip(),
        over_baseline=arguments.get("over_baseline") == "1",
        mine=arguments.get("mine") == "1",
    )
