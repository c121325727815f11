from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from scorer.server.leaderboard.drawn_lines import DrawnLines
from scorer.server.leaderboard.interval_plot import Scale
from scorer.server.leaderboard.row import Row

ROWS = [Row(number, number, f"Team {number}", 0.5, (0.4, 0.6), 1, None) for number in (1, 2, 3)]
SCALE = Scale(0.0, 1.0)


def test_only_lines_that_change_are_drawn_anew() -> None:
    lines, drawn = DrawnLines(), []

    def draw(row: Row, scale: Scale) -> Markup:
        drawn.append(row.name)
        return Markup(f"{row.name}, {row.score}, {scale.high}")

    assert lines.get(1, ROWS, SCALE, draw)[2] == "Team 2, 0.5, 1.0"
    changed = [ROWS[0], replace(ROWS[1], score=0.6)]
    assert lines.get(1, changed, SCALE, draw) == {1: "Team 1, 0.5, 1.0", 2: "Team 2, 0.6, 1.0"}
    assert drawn == ["Team 1", "Team 2", "Team 3", "Team 2"]
    drawn.clear()
    assert lines.get(1, changed, Scale(0.0, 2.0), draw)[1] == "Team 1, 0.5, 2.0"
    assert drawn == ["Team 1", "Team 2"]


def test_a_team_has_a_line_in_each_stage() -> None:
    lines = DrawnLines()
    lines.get(1, ROWS, SCALE, lambda _row, _scale: Markup("first"))
    assert lines.get(2, ROWS, SCALE, lambda _row, _scale: Markup("second"))[1] == "second"
    assert lines.get(1, ROWS, SCALE, lambda _row, _scale: Markup("again"))[1] == "first"
