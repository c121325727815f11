"""The lines of a leaderboard's page, of which a new score draws only those anew that it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from scorer.server.leaderboard.interval_plot import Scale
from scorer.server.leaderboard.row import Row

Draw = Callable[[Row, Scale], Markup]


class DrawnLines:
    """Of each stage, the lines that were drawn last."""

    def __init__(self) -> None:
        self._of_stage: dict[int, tuple[Scale, Mapping[int | None, tuple[Row, Markup]]]] = {}

    def get(self, stage_id: int, rows: Sequence[Row], scale: Scale, draw: Draw) -> Mapping[int | None, Markup]:
        """The line of each row, by the team's id.

        Args:
            stage_id: whose leaderboard.
            rows: all of it, as they are now.
            scale: of their plots.
            draw: makes a line of nothing but a row and a scale.
        """
        kept_scale, kept = self._of_stage.get(stage_id, (scale, {}))
        if kept_scale != scale:
            kept = {}
        lines: dict[int | None, tuple[Row, Markup]] = {}
        for row in rows:
            before = kept.get(row.team_id)
            same = before is not None and before[0] == row
            lines[row.team_id] = before if before is not None and same else (row, draw(row, scale))
        # Put in place whole, and never changed: two threads may be here at once.
        self._of_stage[stage_id] = (scale, lines)
        return {team_id: line for team_id, (_, line) in lines.items()}
