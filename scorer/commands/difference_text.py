"""What a rescore changes as text for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scorer.server.rescoring.difference import Difference, Shown

VERSION_DIGITS = 12
"""How much of a hash is printed."""


def difference_text(title: str, difference: Difference) -> str:
    """The difference as aligned lines; of a sealed stage no more than counts.

    Args:
        title: the stage's.
        difference: what changes.
    """
    before, after = difference.before, difference.after
    return "\n".join(
        [
            f"{title}: scorer {_arrow(before.scorer, after.scorer)}, "
            f"labels {_arrow(before.data[:VERSION_DIGITS], after.data[:VERSION_DIGITS])}",
            *_team_lines(difference),
            *_verdict_lines(difference),
            f"{_count(difference.ranks_changed, 'rank changes', 'ranks change')}, "
            f"{_count(difference.verdicts_changed, 'verdict changes', 'verdicts change')}",
        ]
    )


def _team_lines(difference: Difference) -> list[str]:
    if difference.teams is None:
        return ["the scores of this stage are sealed: neither they nor ranks are shown"]
    if not difference.teams:
        return []
    lines = [f"{'rank':<11}  {'score':<16}  team"]
    for team in difference.teams:
        shown = team.after or team.before
        assert shown is not None
        rank = _arrow(_rank(team.before), _rank(team.after))
        score = _arrow(_score(team.before), _score(team.after))
        lines.append(f"{rank:<11}  {score:<16}  {shown.name}")
    return lines


def _verdict_lines(difference: Difference) -> list[str]:
    return [
        f"submission {one.submission_id}: {one.before.value} -> {one.after.value}" for one in difference.verdicts or ()
    ]


def _arrow(before: str, after: str) -> str:
    return before if before == after else f"{before} -> {after}"


def _rank(shown: Shown | None) -> str:
    return "-" if shown is None else str(shown.rank)


def _score(shown: Shown | None) -> str:
    return "-" if shown is None else f"{shown.score:.4f}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
