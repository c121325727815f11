"""What can be asked about a clip."""

import numpy as np
import pytest

from baseline.clip_problems import problems_of, problems_of_a_prediction
from data_spec.challenge import load_challenge
from data_spec.stream import NO_LABEL, Labels

MSPFACE = load_challenge("mspface").task
RAVDESS = load_challenge("ravdess_speech").task


def rated(label, values=(4.0, 5.0, 6.0)):
    index = NO_LABEL if label is None else MSPFACE.labels.index(label)
    return Labels(np.zeros(1), np.array([index], dtype=np.int8), np.ones(1), np.array([values]))


def test_mspface_asks_for_attributes_five_and_eight_classes():
    assert {name: one.labels for name, one in problems_of(MSPFACE).items()} == {
        "attributes": (),
        "5_classes": ("happiness", "anger", "neutral", "disgust", "sadness"),
        "8_classes": ("anger", "sadness", "happiness", "surprise", "fear", "disgust", "contempt", "neutral"),
    }


def test_a_challenge_without_attributes_asks_for_its_classes_alone():
    assert list(problems_of(RAVDESS)) == ["6_classes"]
    assert [one.name for one in problems_of_a_prediction(RAVDESS)] == ["6_classes"]


@pytest.mark.parametrize("task", [MSPFACE, RAVDESS], ids=["mspface", "ravdess_speech"])
def test_the_problems_of_a_prediction_fill_each_of_its_columns_once(task):
    columns = [column for one in problems_of_a_prediction(task) for column in one.columns]
    assert sorted(columns) == list(range(len(task.columns) - 1))


def test_each_output_goes_into_the_column_of_its_name():
    for problem in problems_of(MSPFACE).values():
        names = problem.labels or tuple(attribute.name for attribute in MSPFACE.attributes)
        assert tuple(MSPFACE.columns[1 + column] for column in problem.columns) == names


@pytest.mark.parametrize(
    ("problem", "label", "target"),
    [
        ("5_classes", "happiness", [0]),
        ("5_classes", "sadness", [4]),
        ("5_classes", "fear", None),
        ("8_classes", "fear", [4]),
        ("8_classes", "other", None),
        ("8_classes", None, None),
        ("attributes", "other", [4.0, 5.0, 6.0]),
        ("attributes", None, [4.0, 5.0, 6.0]),
    ],
)
def test_ties_and_labels_that_are_not_told_apart_have_no_part_in_classes_and_have_one_in_attributes(
    problem, label, target
):
    found = problems_of(MSPFACE)[problem].target(rated(label), MSPFACE)
    assert found is None if target is None else found.tolist() == target
