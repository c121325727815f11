"""What a team sent against what its code gives, for one test set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_spec.challenge import Challenge
from data_spec.stream import Labels
from data_spec.task import AnyTask
from scorer import scoring
from scorer.verdict import Predictions
from scorer.verification.residual import as_decimal, exact_score, exact_tolerance, residual
from scorer.verification.test_set import TestSet
from scorer.verification.verdict import Comparison, Flag, RecordingDifference

SAME_SHARE = 1e-4
"""Of a column's range: two numbers that are no further apart are the same one, printed or added up in another way.

Networks count with 32 bits: what they add up in another order, or at other times, differs in the last of some six
digits and sometimes in the one before. A ten-thousandth of the range moves no score by as much as a tolerance allows.
"""


@dataclass(frozen=True)
class Runs:
    """The predictions of each run of a bundle over one test set.

    Attributes:
        plain: as it is.
        disguised: with other names and times.
        repeat: as it is, once more; None where `disguised` gave the same as `plain`.
    """

    plain: Predictions
    disguised: Predictions
    repeat: Predictions | None


def compare(test_set: TestSet, submitted: Predictions, runs: Runs, challenge: Challenge) -> Comparison:
    """Compare the runs with the predictions that the team sent.

    Args:
        test_set: which it is. Without labels only rows are compared, and the tolerance bounds the share of those that
            differ: of labels, the residual cannot be more than that share of the rows that count.
        submitted: what the team sent, for the recordings that were run.
        runs: what its code gave, for the same recordings.
        challenge: its tolerance and its task.
    """
    tolerance = exact_tolerance(challenge.verification.max_residual)
    recordings = tuple(
        RecordingDifference(name, len(values), _rows_that_differ(values, runs.plain[name], challenge.task))
        for name, values in sorted(submitted.items())
    )
    frames = sum(one.frames for one in recordings)
    differ = sum(one.differ for one in recordings)
    repeat_differ = frames_that_differ(runs.plain, runs.repeat, challenge.task) if runs.repeat is not None else None
    disguised_differ = frames_that_differ(runs.plain, runs.disguised, challenge.task)
    by_chance = repeat_differ or 0
    depends_on_names = Fraction(disguised_differ - by_chance, frames) > tolerance
    scores = _Scores.of(test_set.labels, submitted, runs, challenge) if test_set.labels is not None else None
    if scores is not None and not by_chance:
        depends_on_names = depends_on_names or residual(scores.run, scores.disguised) > tolerance
    apart = residual(scores.leaderboard, scores.run) if scores is not None else Fraction(differ, frames)
    return Comparison(
        stage=test_set.stage,
        split=test_set.split,
        leaderboard_score=as_decimal(scores.leaderboard) if scores is not None else None,
        run_score=as_decimal(scores.run) if scores is not None else None,
        residual=as_decimal(apart) if scores is not None else None,
        tolerance=as_decimal(tolerance),
        within=apart <= tolerance,
        frames=frames,
        differ=differ,
        repeat_differ=repeat_differ,
        disguised_differ=disguised_differ,
        disguised_residual=(as_decimal(residual(scores.leaderboard, scores.disguised)) if scores is not None else None),
        depends_on_names=depends_on_names,
        recordings=recordings,
    )


def frames_that_differ(one: Predictions, other: Predictions, task: AnyTask) -> int:
    """For how many frames, or other rows, two sets of predictions for the same recordings differ."""
    return sum(_rows_that_differ(values, other[name], task) for name, values in one.items())


def _rows_that_differ(one: NDArray[Any], other: NDArray[Any], task: AnyTask) -> int:
    """How many rows name another label, or have a number that is further away than rounding explains."""
    if task.prediction_ranges is None:
        return int(np.count_nonzero(one != other))
    least, most = np.array(task.prediction_ranges).T
    return int(np.count_nonzero((np.abs(one - other) > SAME_SHARE * (most - least)).any(axis=1)))


def flags_of(comparison: Comparison) -> list[Flag]:
    """What a person should look at."""
    flags = []
    where, rows = comparison.split, f"{comparison.frames:,} rows"
    if comparison.repeat_differ:
        text = f"{where}: run twice, it predicted something else for {comparison.repeat_differ:,} of {rows}"
        flags.append(Flag("random", f"{text}. Set every seed that it draws from."))
    if comparison.disguised_differ > (comparison.repeat_differ or 0):
        text = f"{where}: with other names and times it predicted something else for {comparison.disguised_differ:,}"
        flags.append(Flag("names", f"{text} of {rows}."))
    return flags


@dataclass(frozen=True)
class _Scores:
    leaderboard: Fraction
    run: Fraction
    disguised: Fraction

    @classmethod
    def of(cls, labels: Mapping[str, Labels], submitted: Predictions, runs: Runs, challenge: Challenge) -> _Scores:
        scored = {name: labels[name] for name in submitted}
        leaderboard, run, disguised = (
            # The interval is not asked for: a single resample.
            exact_score(scoring.score(predictions, scored, challenge.task, resamples=1))
            for predictions in (submitted, runs.plain, runs.disguised)
        )
        return cls(leaderboard, run, disguised)
