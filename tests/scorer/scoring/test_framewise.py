"""The score of frames with one label each, against scikit-learn, audmetric and SciPy."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics

from data_spec.challenge import load_challenge
from data_spec.stream import NO_LABEL, Labels
from data_spec.task import FramewiseOneHot
from scorer.score_report import ScoreReport
from scorer.scoring import score

TASK = load_challenge("merc2017").task
GOLDEN = Path(__file__).parents[1] / "golden"


def truth_of(index: Sequence[int], agreement: Sequence[float] | float = 1.0) -> Labels:
    frames = len(index)
    return Labels(
        np.arange(frames) / 100, np.array(index, dtype=np.int8), np.broadcast_to(np.asarray(agreement, float), frames)
    )


def given_labels(*index: int) -> np.ndarray:
    return np.array(index, dtype=np.int8)


def recalls(report: ScoreReport) -> dict[str, float | None]:
    return {label: figures["recall"] for label, figures in report.parts.items()}


def read_golden(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Labels]]:
    frames: dict[str, list[dict[str, str]]] = {}
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            frames.setdefault(row["recording"], []).append(row)

    def index(label: str) -> int:
        return TASK.labels.index(label) if label else NO_LABEL

    labels = {
        name: truth_of([index(row["truth"]) for row in rows], [float(row["agreement"]) for row in rows])
        for name, rows in frames.items()
    }
    return {name: given_labels(*(index(row["prediction"]) for row in rows)) for name, rows in frames.items()}, labels


@pytest.mark.parametrize("case", ["ordinary", "labels_missing", "doubtful"])
def test_the_report_agrees_with_other_libraries(case: str):
    """`golden/make.py` made these with scikit-learn, audmetric and SciPy."""
    predictions, labels = read_golden(GOLDEN / f"{case}.csv")
    expected = json.loads((GOLDEN / f"{case}.json").read_text())
    report = score(predictions, labels, TASK, resamples=20_000)
    assert report.score == pytest.approx(expected["weighted_accuracy"], abs=1e-12)
    assert report.figures["unweighted_accuracy"] == pytest.approx(expected["unweighted_accuracy"], abs=1e-12)
    assert report.figures["macro_f1"] == pytest.approx(expected["macro_f1"], abs=1e-12)
    assert recalls(report) == {
        label: None if recall is None else pytest.approx(recall, abs=1e-12)
        for label, recall in expected["recall"].items()
    }
    assert [list(row) for row in report.confusion] == expected["confusion"]
    assert (report.counted, report.rows) == (expected["frames_counted"], expected["frames_in_all"])
    # Another generator draws other resamples, and six recordings leave steps between the possible ends.
    assert report.interval == pytest.approx(expected["interval"], abs=0.01)
    assert {one.recording: one.score for one in report.recordings} == {
        name: None if accuracy is None else pytest.approx(accuracy, abs=1e-12)
        for name, accuracy in expected["recordings"].items()
    }


frames_of_a_recording = st.lists(
    st.tuples(st.integers(0, 5), st.integers(NO_LABEL, 5), st.sampled_from([0.5, 0.6, 3 * 0.2, 0.625, 1.0])), min_size=1
)


@given(st.lists(frames_of_a_recording, min_size=1, max_size=5))
@settings(deadline=None)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
def test_any_report_agrees_with_scikit_learn(recordings: list[list[tuple[int, int, float]]]):
    predictions = {f"id{n}": given_labels(*(one[0] for one in frames)) for n, frames in enumerate(recordings)}
    labels = {
        f"id{n}": truth_of([one[1] for one in frames], [one[2] for one in frames])
        for n, frames in enumerate(recordings)
    }
    counted = [one for frames in recordings for one in frames if one[1] != NO_LABEL and one[2] > 0.61]
    if not counted:
        with pytest.raises(ValueError, match="nothing to score"):
            score(predictions, labels, TASK, resamples=10)
        return
    report = score(predictions, labels, TASK, resamples=10)
    guess, truth = [one[0] for one in counted], [one[1] for one in counted]
    assert report.counted == len(counted)
    assert report.score == pytest.approx(sklearn_metrics.accuracy_score(truth, guess))
    shown = sorted(set(truth))
    recall = sklearn_metrics.recall_score(truth, guess, labels=shown, average=None)
    assert [recalls(report)[TASK.labels[label]] for label in shown] == pytest.approx(recall.tolist())
    assert report.figures["unweighted_accuracy"] == pytest.approx(recall.mean())
    assert report.figures["macro_f1"] == pytest.approx(
        sklearn_metrics.f1_score(truth, guess, average="macro", zero_division=0)
    )
    assert np.array_equal(report.confusion, sklearn_metrics.confusion_matrix(truth, guess, labels=range(6)))
    low, high = report.interval
    assert 0 <= low <= high <= 1


def test_only_frames_with_an_agreement_over_the_threshold_count():
    labels = {"id0": truth_of([0, 0, 0, 0], [0.6, 3 * 0.2, 0.625, 1.0])}
    report = score({"id0": given_labels(1, 1, 0, 1)}, labels, TASK)
    assert report.counted == 2
    assert report.rows == 4
    assert report.score == 0.5


def test_frames_on_which_the_annotators_tied_never_count():
    task = TASK.model_copy(update={"agreement_threshold": 0.0})
    report = score({"id0": given_labels(0, 0)}, {"id0": truth_of([NO_LABEL, 0], 0.5)}, task)
    assert (report.counted, report.score) == (1, 1.0)


def test_a_score_of_zero_is_zero_and_what_is_missing_is_none():
    report = score(
        {"id0": given_labels(1), "id1": given_labels(1)}, {"id0": truth_of([0]), "id1": truth_of([0], 0.5)}, TASK
    )
    assert report.score == 0.0
    assert recalls(report) == {
        "Anger": 0.0,
        "Sad": None,
        "Disgust": None,
        "Happy": None,
        "Scared": None,
        "Neutral": None,
    }
    assert [(one.score, one.counted) for one in report.recordings] == [(0.0, 1), (None, 0)]


def test_recordings_are_named_in_order_whatever_the_order_of_the_predictions():
    labels = {name: truth_of([0, 1]) for name in ("idb", "ida", "idc")}
    predictions = {name: given_labels(0, 1) for name in ("idc", "ida", "idb")}
    assert [one.recording for one in score(predictions, labels, TASK).recordings] == ["ida", "idb", "idc"]


def test_nothing_to_score_is_said():
    with pytest.raises(ValueError, match=r"agreement over 0\.6, found none in 1 recordings"):
        score({"id0": given_labels(0)}, {"id0": truth_of([0], 0.6)}, TASK)


@pytest.mark.parametrize(
    ("predictions", "message"),
    [
        ({}, "Without a prediction: id0"),
        ({"id0": given_labels(0, 0), "id1": given_labels(0)}, "without truth: id1"),
        ({"id0": given_labels(0)}, "id0: expected 2 predicted frames"),
        ({"id0": given_labels(0, 6)}, r"id0: expected predictions from 0 to 5, found \[0, 6\]"),
        ({"id0": given_labels(0, NO_LABEL)}, "id0: expected predictions from 0 to 5"),
    ],
)
def test_predictions_that_do_not_fit_the_truth_are_refused_by_name(predictions: dict[str, np.ndarray], message: str):
    with pytest.raises(ValueError, match=message):
        score(predictions, {"id0": truth_of([0, 1])}, TASK)


def test_a_challenge_with_other_labels_is_scored_the_same():
    task = FramewiseOneHot.model_validate({**TASK.model_dump(), "labels": ["low", "high"]})
    report = score({"id0": given_labels(0, 1, 1)}, {"id0": truth_of([0, 1, 0])}, task)
    assert recalls(report) == {"low": 0.5, "high": 1.0}
    assert report.confusion == ((1, 1), (0, 1))


def test_a_report_survives_json_with_sorted_keys():
    report = score(*read_golden(GOLDEN / "labels_missing.csv"), TASK)
    text = json.dumps(report.to_dict(), sort_keys=True, allow_nan=False)
    again = ScoreReport.from_dict(json.loads(text))
    assert again == report
    assert list(again.parts) == list(TASK.labels)
    assert json.loads(text)["metric"] == "weighted_accuracy"
