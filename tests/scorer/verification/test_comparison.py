"""What a team sent is compared with what its code gave, frame by frame and score by score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from data_spec.challenge import Challenge, load_challenge
from scorer.verdict import Predictions
from scorer.verification.comparison import Runs, compare, flags_of
from scorer.verification.deciding import decide
from scorer.verification.test_set import TestSet
from scorer.verification.verdict import Decision

FRAMES = 240


def with_mistakes(truth: Predictions, recording: str, count: int) -> Predictions:
    """The truth, but for the first frames of one recording."""
    changed = truth[recording].copy()
    changed[:count] = (changed[:count] + 1) % 3
    return {**truth, recording: changed}


def same(predictions: Predictions) -> Runs:
    return Runs(predictions, predictions, None)


def test_code_that_gives_what_was_sent_has_no_residual(test_set: TestSet, truth: Predictions, bird_calls: Challenge):
    comparison = compare(test_set, truth, same(truth), bird_calls)
    assert (comparison.residual, comparison.differ, comparison.within) == ("0", 0, True)
    assert (comparison.leaderboard_score, comparison.run_score) == ("1", "1")
    assert comparison.deterministic
    assert flags_of(comparison) == []
    assert decide([comparison]) == (Decision.MATCHED, "exam: residual at most 0.05")


@pytest.mark.parametrize(("mistakes", "decision"), [(12, Decision.MATCHED), (13, Decision.MISMATCHED)])
def test_exactly_the_tolerance_passes_and_one_frame_more_does_not(
    mistakes: int, decision: Decision, test_set: TestSet, truth: Predictions, bird_calls: Challenge
):
    comparison = compare(test_set, truth, same(with_mistakes(truth, "wren", mistakes)), bird_calls)
    assert comparison.residual == {12: "0.05", 13: "0.054166666667"}[mistakes]
    assert decide([comparison])[0] is decision


def test_a_better_score_than_the_leaderboards_is_a_residual_too(
    test_set: TestSet, truth: Predictions, bird_calls: Challenge
):
    comparison = compare(test_set, with_mistakes(truth, "finch", 40), same(truth), bird_calls)
    assert not comparison.within


def test_each_recordings_difference_is_told(test_set: TestSet, truth: Predictions, bird_calls: Challenge):
    comparison = compare(test_set, truth, same(with_mistakes(truth, "tit", 7)), bird_calls)
    assert [(one.recording, one.frames, one.differ) for one in comparison.recordings] == [
        ("finch", 80, 0),
        ("tit", 60, 7),
        ("wren", 100, 0),
    ]
    assert comparison.share_that_differs == 7 / FRAMES


def test_code_that_answers_from_a_table_is_found_though_its_residual_is_none(
    test_set: TestSet, truth: Predictions, bird_calls: Challenge
):
    guessed = {name: np.zeros_like(labels) for name, labels in truth.items()}
    comparison = compare(test_set, truth, Runs(truth, guessed, truth), bird_calls)
    assert comparison.within
    assert comparison.depends_on_names
    decision, reason = decide([comparison])
    assert decision is Decision.MISMATCHED
    assert "with other names and times it predicts something else" in reason
    assert [flag.kind for flag in flags_of(comparison)] == ["names"]


def test_a_few_frames_that_change_with_the_names_are_flagged_and_believed(
    test_set: TestSet, truth: Predictions, bird_calls: Challenge
):
    comparison = compare(test_set, truth, Runs(truth, with_mistakes(truth, "wren", 2), truth), bird_calls)
    assert decide([comparison])[0] is Decision.MATCHED
    assert [flag.kind for flag in flags_of(comparison)] == ["names"]


def test_code_that_leaves_things_to_chance_is_told_so_and_not_taken_for_a_table(
    test_set: TestSet, truth: Predictions, bird_calls: Challenge
):
    other, third = with_mistakes(truth, "wren", 30), with_mistakes(truth, "finch", 31)
    comparison = compare(test_set, truth, Runs(truth, other, third), bird_calls)
    assert not comparison.deterministic
    assert not comparison.depends_on_names
    assert [flag.kind for flag in flags_of(comparison)] == ["random"]
    assert decide([comparison])[0] is Decision.MATCHED


def test_changes_that_gather_where_frames_count_are_seen_in_the_score(
    test_set: TestSet, truth: Predictions, bird_calls: Challenge
):
    assert test_set.labels is not None
    labels = dict(test_set.labels)
    for name in ("finch", "wren"):  # only the tit's frames count: 12 of 60 are more than 0.05, 12 of 240 are not
        labels[name] = replace(labels[name], agreement=np.zeros_like(labels[name].agreement))
    comparison = compare(
        replace(test_set, labels=labels), truth, Runs(truth, with_mistakes(truth, "tit", 12), truth), bird_calls
    )
    assert comparison.depends_on_names
    assert comparison.disguised_residual == "0.2"


def test_a_trial_knows_no_score_and_bounds_the_share_of_frames(
    test_set: TestSet, truth: Predictions, bird_calls: Challenge
):
    blind = replace(test_set, labels=None)
    near = compare(blind, truth, same(with_mistakes(truth, "wren", 12)), bird_calls)
    far = compare(blind, truth, same(with_mistakes(truth, "wren", 13)), bird_calls)
    assert (near.leaderboard_score, near.run_score, near.residual, near.disguised_residual) == (None,) * 4
    assert near.within
    assert not far.within
    assert "of the rows differ" in decide([far])[1]


def test_one_test_set_that_does_not_match_is_enough(test_set: TestSet, truth: Predictions, bird_calls: Challenge):
    good = compare(test_set, truth, same(truth), bird_calls)
    bad = compare(replace(test_set, split="other"), truth, same(with_mistakes(truth, "wren", 90)), bird_calls)
    assert decide([good, bad])[0] is Decision.MISMATCHED
    assert decide([good, good])[0] is Decision.MATCHED


@pytest.mark.parametrize(("apart", "differ"), [(5e-4, 0), (7e-4, 2)])
def test_numbers_that_32_bits_could_round_otherwise_are_the_same(test_set: TestSet, apart: float, differ: int):
    ratings = load_challenge("mspface")
    unlabelled = replace(test_set, labels=None)
    sent = {"wren": np.full((2, 11), 1.0)}
    moved = {"wren": sent["wren"] + apart * (np.arange(11) == 9)}  # valence, which has a range of 6
    comparison = compare(unlabelled, sent, Runs(sent, moved, sent), ratings)
    assert (comparison.disguised_differ, comparison.depends_on_names) == (differ, differ > 0)
