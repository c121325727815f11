"""The scores of tasks whose answers are numbers, against scikit-learn, audmetric and SciPy."""

from __future__ import annotations

import json

import audmetric
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics

from data_spec.challenge import load_challenge
from data_spec.stream import NO_LABEL, Labels
from data_spec.task import AnyTask
from scorer.score_report import ScoreReport
from scorer.scoring import score

MOSEI, MSPFACE, RECOLA = (load_challenge(name).task for name in ("mosei", "mspface", "recola"))


def drawn(rows: list[int], columns: int, least: float, most: float, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {f"id{number}": rng.uniform(least, most, (count, columns)) for number, count in enumerate(rows)}


def attributes(values: dict[str, np.ndarray]) -> dict[str, Labels]:
    return {name: Labels.of_attributes(np.arange(len(one)) / 25, one) for name, one in values.items()}


@given(st.lists(st.integers(1, 8), min_size=1, max_size=6), st.integers(0, 1000))
@settings(deadline=None)
def test_intensities_agree_with_scikit_learn(rows: list[int], seed: int):
    thirds = {name: np.round(3 * values) / 3 for name, values in drawn(rows, 6, 0, 3, seed).items()}
    predictions = drawn(rows, 6, 0, 3, seed + 1)
    report = score(predictions, attributes(thirds), MOSEI, resamples=20)
    truth, given_values = (np.concatenate([one[name] for name in sorted(one)]) for one in (thirds, predictions))
    assert report.score == pytest.approx(sklearn_metrics.mean_absolute_error(truth, given_values))
    assert report.figure("happy.mean_absolute_error") == pytest.approx(
        sklearn_metrics.mean_absolute_error(truth[:, 3], given_values[:, 3])
    )
    presence, classes = (np.round(truth) > 0, np.round(given_values) > 0), (np.round(truth), np.round(given_values))
    assert report.figure("binary_accuracy") == pytest.approx((presence[0] == presence[1]).mean())
    assert report.figure("sad.four_class_accuracy") == pytest.approx(
        sklearn_metrics.accuracy_score(classes[0][:, 4], classes[1][:, 4])
    )
    assert (report.counted, report.rows) == (sum(rows), sum(rows))
    correlation = report.figure("anger.pearson_cc")
    if len(truth) > 2 and correlation is not None:
        assert correlation == pytest.approx(scipy.stats.pearsonr(truth[:, 0], given_values[:, 0]).statistic, abs=1e-6)


def test_halves_round_up():
    labels = attributes({"id0": np.array([[0.0, 1.0, 1.0, 2.0, 0.0, 0.0]])})
    report = score({"id0": np.array([[0.5, 0.5, 0.49, 1.5, 0.49, 0.0]])}, labels, MOSEI, resamples=1)
    assert report.figure("anger.binary_accuracy") == 0.0
    assert report.figure("disgust.four_class_accuracy") == 1.0
    assert report.figure("fear.binary_accuracy") == 0.0
    assert report.figure("happy.four_class_accuracy") == 1.0


@given(st.lists(st.integers(2, 40), min_size=1, max_size=5), st.integers(0, 1000))
@settings(deadline=None)
def test_concordance_agrees_with_audmetric(rows: list[int], seed: int):
    truth, predictions = drawn(rows, 2, -1, 1, seed), drawn(rows, 2, -1, 1, seed + 1)
    report = score(predictions, attributes(truth), RECOLA, resamples=20)
    names = sorted(truth)
    for column, name in enumerate(("arousal", "valence")):
        both = [np.concatenate([one[key][:, column] for key in names]) for one in (truth, predictions)]
        assert report.figure(f"{name}.concordance_cc") == pytest.approx(audmetric.concordance_cc(*both), abs=1e-9)
        assert report.figure(f"{name}.pearson_cc") == pytest.approx(audmetric.pearson_cc(*both), abs=1e-6)
        own = [audmetric.concordance_cc(truth[key][:, column], predictions[key][:, column]) for key in names]
        assert report.figure(f"{name}.mean_concordance_cc") == pytest.approx(np.mean(own), abs=1e-9)
    whole = [report.figure(f"{name}.concordance_cc") for name in ("arousal", "valence")]
    assert report.score == pytest.approx(np.mean(whole))


def test_a_perfect_prediction_has_a_concordance_of_one_however_few_frames_there_are():
    values = drawn([3, 2], 2, -1, 1, 0)
    report = score(values, attributes(values), RECOLA)
    assert report.score == pytest.approx(1.0, abs=1e-12)
    assert report.interval == pytest.approx((1.0, 1.0), abs=1e-12)


def test_a_constant_prediction_has_a_concordance_of_zero_and_no_correlation():
    report = score({"id0": np.zeros((9, 2))}, attributes(drawn([9], 2, -1, 1, 0)), RECOLA)
    assert report.score == 0.0
    assert report.figure("arousal.pearson_cc") is None


def test_the_mean_over_recordings_is_not_the_concordance_of_all():
    truth = {"id0": np.linspace(-1, 0, 20)[:, None].repeat(2, 1), "id1": np.linspace(0, 1, 20)[:, None].repeat(2, 1)}
    flat = {name: np.full((20, 2), one.mean()) for name, one in truth.items()}
    report = score(flat, attributes(truth), RECOLA)
    assert report.figure("mean_concordance_cc") == pytest.approx(0.0, abs=1e-12)
    assert report.score > 0.8


def clips(index: list[int], seed: int = 0) -> dict[str, Labels]:
    values = np.random.default_rng(seed).uniform(1, 7, (len(index), 3))
    return {
        f"id{number:03d}": Labels(np.zeros(1), np.array([label], np.int8), np.ones(1), values[[number]])
        for number, label in enumerate(index)
    }


def guesses(count: int, seed: int = 1) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {f"id{number:03d}": np.concatenate([rng.random(8), rng.uniform(1, 7, 3)])[None] for number in range(count)}


@given(st.lists(st.integers(NO_LABEL, 8), min_size=1, max_size=30), st.integers(0, 1000))
@settings(deadline=None)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
def test_clips_agree_with_scikit_learn_and_audmetric(index: list[int], seed: int):
    labels, predictions = clips(index, seed), guesses(len(index), seed + 1)
    report = score(predictions, labels, MSPFACE, resamples=20)
    names = sorted(labels)
    scores = np.concatenate([predictions[name][:, :8] for name in names])
    truth = np.array(index)
    counts = (truth != NO_LABEL) & (truth != 8)  # ties, and "other"
    for figure, columns in (("", [*range(8)]), ("5_classes.", [2, 0, 7, 5, 1])):
        among = counts & np.isin(truth, columns)
        if not among.any():
            assert report.figure(f"{figure}macro_f1") is None
            continue
        chosen = np.array(columns)[scores[among][:, columns].argmax(axis=1)]
        for average in ("macro", "micro"):
            expected = sklearn_metrics.f1_score(truth[among], chosen, average=average, zero_division=0)
            assert report.figure(f"{figure}{average}_f1") == pytest.approx(expected)
    for column, name in enumerate(("arousal", "valence", "dominance")):
        both = [
            np.array([labels[one].values[0, column] for one in names]),
            np.array([predictions[one][0, 8 + column] for one in names]),
        ]
        if len(names) > 1:
            assert report.figure(f"{name}.concordance_cc") == pytest.approx(audmetric.concordance_cc(*both), abs=1e-7)
    assert report.counted == len(index)


def test_the_macro_f1_of_clips_without_attributes_ranks_and_its_interval_is_over_clips():
    task = MSPFACE.model_copy(update={"attributes": (), "metric": "macro_f1"})
    labels = {name: Labels(one.times, one.index, one.agreement) for name, one in clips([0, 1, 2, 8] * 20).items()}
    predictions = {name: one[:, :8] for name, one in guesses(80).items()}
    report = score(predictions, labels, task)
    assert report.score == report.figure("macro_f1")
    assert report.counted == 60
    low, high = report.interval
    assert low < report.score < high


@pytest.mark.parametrize(
    ("prediction", "message"),
    [(np.zeros((2, 2)), "id0: expected predictions of shape"), (np.full((1, 2), 1.5), "id0: expected predictions in")],
)
def test_predictions_that_do_not_fit_are_refused_by_name(prediction: np.ndarray, message: str):
    with pytest.raises(ValueError, match=message):
        score({"id0": prediction}, attributes({"id0": np.zeros((1, 2))}), RECOLA)


def test_a_prediction_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="in the ranges"):
        score({"id0": np.full((1, 2), np.nan)}, attributes({"id0": np.zeros((1, 2))}), RECOLA)


def test_clips_without_a_label_leave_the_figures_of_labels_undefined():
    report = score(guesses(2), clips([8, NO_LABEL]), MSPFACE)
    assert report.figure("macro_f1") is None
    assert report.figure("anger.recall") is None
    assert report.score == report.figure("concordance_cc")


@pytest.mark.parametrize("task", [MOSEI, MSPFACE, RECOLA], ids=lambda task: task.kind)
def test_no_recordings_are_nothing_to_score(task: AnyTask):
    with pytest.raises(ValueError, match="nothing to score"):
        score({}, {}, task)


def test_reports_survive_json_with_sorted_keys():
    labels = clips([0, 1, 8, NO_LABEL])
    report = score(guesses(4), labels, MSPFACE)
    assert ScoreReport.from_dict(json.loads(json.dumps(report.to_dict(), sort_keys=True, allow_nan=False))) == report


def test_a_figure_that_is_not_there_is_named_with_those_that_are():
    report = score({"id0": np.zeros((1, 2))}, attributes({"id0": np.zeros((1, 2))}), RECOLA)
    with pytest.raises(KeyError, match=r"arousal\.concordance_cc"):
        report.figure("joy.concordance_cc")
