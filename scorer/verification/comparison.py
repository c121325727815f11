"""What a team sent against what its code gives, for one test set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from data_spec.challenge import Challenge
from data_spec.stream import Labels
from scorer import metrics
from scorer.verdict import Predictions
from scorer.verification.residual import as_decimal, exact_score, exact_tolerance, residual
from scorer.verification.test_set import TestSet
from scorer.verification.verdict import Comparison, Flag, RecordingDifference


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
        test_set: which it is. Without labels only frames are compared, and the tolerance bounds their share: the
            residual cannot be more than the share of counted frames that differ.
        submitted: what the team sent, for the recordings that were run.
        runs: what its code gave, for the same recordings.
        challenge: its tolerance and its task.
    """
    tolerance = exact_tolerance(challenge.verification.max_residual)
    recordings = tuple(
        RecordingDifference(name, len(labels), int(np.count_nonzero(labels != runs.plain[name])))
        for name, labels in sorted(submitted.items())
    )
    frames = sum(one.frames for one in recordings)
    differ = sum(one.differ for one in recordings)
    repeat_differ = frames_that_differ(runs.plain, runs.repeat) if runs.repeat is not None else None
    disguised_differ = frames_that_differ(runs.plain, runs.disguised)
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


def frames_that_differ(one: Predictions, other: Predictions) -> int:
    """For how many frames two sets of predictions for the same recordings name different labels."""
    return sum(int(np.count_nonzero(labels != other[name])) for name, labels in one.items())


def flags_of(comparison: Comparison) -> list[Flag]:
    """What a person should look at."""
    flags = []
    where, frames = comparison.split, f"{comparison.frames:,} frames"
    if comparison.repeat_differ:
        text = f"{where}: run twice, it predicted another label for {comparison.repeat_differ:,} of {frames}"
        flags.append(Flag("random", f"{text}. Set every seed that it draws from."))
    if comparison.disguised_differ > (comparison.repeat_differ or 0):
        text = f"{where}: with other names and times it predicted another label for {comparison.disguised_differ:,}"
        flags.append(Flag("names", f"{text} of {frames}."))
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
            exact_score(metrics.score(predictions, scored, challenge.task, resamples=1))
            for predictions in (submitted, runs.plain, runs.disguised)
        )
        return cls(leaderboard, run, disguised)
