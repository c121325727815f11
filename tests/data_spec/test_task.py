"""What follows from the kind of a task: columns, ranges, and what contradicts itself."""

from __future__ import annotations

from typing import Any

import pytest

from data_spec.challenge import ChallengeError, dump_challenge, load_challenge, parse_challenge
from data_spec.strict_yaml import parse_yaml
from data_spec.task import ClipRatings, FramewiseOneHot, expect_task

KINDS = {
    "merc2017": "framewise_one_hot",
    "mosei": "segment_intensities",
    "mspface": "clip_ratings",
    "recola": "continuous_attributes",
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_each_kind_has_a_challenge_that_survives_being_written(name: str, kind: str):
    challenge = load_challenge(name)
    assert challenge.task.kind == kind
    assert parse_challenge(dump_challenge(challenge), "copy") == challenge


@pytest.mark.parametrize("name", KINDS)
def test_predictions_begin_with_the_time_and_every_number_has_a_range(name: str):
    task = load_challenge(name).task
    assert task.columns[0] == task.label_columns[0] == "Time"
    ranges = task.prediction_ranges
    assert ranges is None or len(ranges) == len(task.columns) - 1


def test_the_columns_of_clips_are_scored_labels_then_attributes():
    task = load_challenge("mspface").task
    assert task.columns[1:9] == task.labels[:8]
    assert task.columns[9:] == ("arousal", "valence", "dominance")
    assert task.label_columns[9:] == ("other", "Agreement score", "arousal", "valence", "dominance")
    assert task.prediction_ranges == ((0.0, 1.0),) * 8 + ((1.0, 7.0),) * 3


def test_intensities_are_thirds_of_nought_to_three():
    first = load_challenge("mosei").task.attributes[0]
    assert (first.least, first.most, first.step) == (0.0, 3.0, pytest.approx(1 / 3))


def test_a_task_of_another_kind_is_refused_by_what_needs_one():
    with pytest.raises(ValueError, match=r"expected a task of kind 'framewise_one_hot'\. Received: 'clip_ratings'"):
        expect_task(load_challenge("mspface").task, FramewiseOneHot)
    assert expect_task(load_challenge("mspface").task, ClipRatings).scored_labels


@pytest.mark.parametrize(
    ("name", "key", "value", "words"),
    [
        ("mosei", "kind", "guessing", ["task", "guessing"]),
        ("mosei", "emotions", ["sad", "sad"], ["task", "emotions", "sad"]),
        ("mosei", "emotions", ["Time"], ["emotions", "Time"]),
        ("mosei", "most", 0.0, ["task.most", "greater than 0"]),
        ("mspface", "subsets", {"few": ["joy"]}, ["subsets.few", "joy"]),
        ("mspface", "subsets", {"few": ["other", "anger"]}, ["subsets.few", "other"]),
        ("mspface", "subsets", {"few": ["anger", "anger"]}, ["subsets.few", "each once"]),
        ("mspface", "subsets", {"few": ["anger"]}, ["subsets.few", "two labels or more"]),
        ("mspface", "secondary_labels", ["sad;glad"], ["secondary_labels", "';'", "sad;glad"]),
        ("mspface", "secondary_labels", ["sad", "sad"], ["secondary_labels", "twice", "sad"]),
        ("mspface", "unscored_labels", ["joy"], ["unscored_labels", "joy"]),
        ("mspface", "agreement_column", None, ["agreement_column"]),
        ("mspface", "attributes", [], ["metric", "macro_f1"]),
        ("mspface", "attributes", [{"name": "arousal", "least": 7.0, "most": 1.0}], ["arousal", "least < most"]),
        ("recola", "rate", 0, ["task.rate", "greater than 0"]),
        ("recola", "metric", "weighted_accuracy", ["task.metric", "concordance_cc"]),
    ],
)
def test_a_task_that_contradicts_itself_is_refused_with_its_key(name: str, key: str, value: Any, words: list[str]):
    content = parse_yaml(dump_challenge(load_challenge(name)))
    content["task"][key] = value
    content.pop("synthetic", None)
    with pytest.raises(ChallengeError) as caught:
        parse_challenge(_as_yaml(content), "mine.yaml")
    for word in words:
        assert word in str(caught.value)


def test_labels_cannot_rank_where_none_is_scored():
    content = parse_yaml(dump_challenge(load_challenge("mspface")))
    task = content["task"]
    task |= {"unscored_labels": task["labels"], "subsets": {}, "metric": "macro_f1"}
    content.pop("synthetic", None)
    with pytest.raises(ChallengeError, match="no labels are scored"):
        parse_challenge(_as_yaml(content), "mine.yaml")


def _as_yaml(content: dict[str, Any]) -> str:
    import yaml

    return yaml.safe_dump({**content, "task": {k: v for k, v in content["task"].items() if v is not None}})
