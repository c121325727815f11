"""The Ladder: a leaderboard on which a team's score changes only when it is clearly better than before.

Blum, Hardt: The Ladder: A Reliable Leaderboard for Machine Learning Competitions (ICML 2015). Every score that
is told lets its team learn a little about the hidden labels; on the ladder most submissions tell nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

_SLACK = 1e-9
"""What a difference of two decimal fractions may lack: 0.29 - 0.28 is a little under 0.01."""


def shown_scores(scores: Iterable[float], step: float, *, greater_is_better: bool = True) -> list[float | None]:
    """What the leaderboard tells of each of a team's submissions.

    A score is shown, rounded to the step, when it is better than the one shown before by at least the step.

    Args:
        scores: of the team's submissions in a stage, in the order in which they were received.
        step: over 0.
        greater_is_better: whether the greatest score is the best.

    Returns:
        For each submission the score that is shown for it, None where none is.

    >>> shown_scores([0.412, 0.419, 0.3, 0.431], step=0.01)
    [0.41, None, None, 0.43]
    """
    shown: list[float | None] = []
    last: float | None = None
    for score in scores:
        rise = None if last is None else score - last if greater_is_better else last - score
        if rise is None or rise >= step - _SLACK:
            last = round_to(score, step)
            shown.append(last)
        else:
            shown.append(None)
    return shown


def round_to(value: float, step: float) -> float:
    """The multiple of the step that is nearest.

    >>> round_to(0.5449, 0.01), round_to(0.5449, 0.005)
    (0.54, 0.545)
    """
    return round(round(value / step) * step, 9)
