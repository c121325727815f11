"""Temporal context of frame features: against a plain loop, within recordings, in scikit-learn's pipelines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from baseline.ccc_regression import ConcordanceRegressor
from baseline.context import HoldOverGaps, Neighbourhood, TimeShift, WindowStatistics
from baseline.each_frame import EachFrame, FrameRegressor

STEPS = [HoldOverGaps(), Neighbourhood(2, 3), WindowStatistics(4, hop=2), TimeShift(3)]


def recordings(lengths=(30, 17, 41), features=3, seed=0):
    random = np.random.default_rng(seed)
    return [random.normal(5.0, 1.0, (length, features)).astype(np.float32) for length in lengths]


@given(frames=st.integers(1, 30), neighbours=st.integers(0, 4), step=st.integers(1, 12))
def test_the_neighbourhood_is_what_a_plain_loop_stacks(frames, neighbours, step):
    values = recordings([frames])[0]
    expected = [
        np.concatenate([values[min(max(at + k * step, 0), frames - 1)] for k in range(-neighbours, neighbours + 1)])
        for at in range(frames)
    ]
    np.testing.assert_array_equal(Neighbourhood(neighbours, step).transform([values])[0], expected)


@given(frames=st.integers(1, 40), reach=st.integers(0, 50), hop=st.integers(1, 7))
def test_the_statistics_are_numpys_of_each_window(frames, reach, hop):
    values = recordings([frames])[0] + 1000
    windows = [values[max(at - reach, 0) : at + reach + 1].astype(np.float64) for at in range(0, frames, hop)]
    expected = [np.concatenate([of.mean(0), of.var(0), of.max(0), of.min(0)]) for of in windows]
    result = WindowStatistics(reach, hop).transform([values])[0]
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, rtol=1e-6, atol=1e-6)


@given(frames=st.integers(1, 20), rows=st.integers(0, 30))
def test_a_row_gets_what_was_seen_earlier_and_never_what_comes_later(frames, rows):
    values = recordings([frames])[0]
    result = TimeShift(rows).transform([values])[0]
    for at in range(frames):
        np.testing.assert_array_equal(result[at], values[at - rows] if at >= rows else values[0])


def test_a_shift_by_the_raters_delay_brings_features_and_labels_together():
    behaviour = recordings([200], features=1)[0]
    delay = 7
    rated = np.concatenate([np.full(delay, behaviour[0, 0]), behaviour[:-delay, 0]])
    scores = {rows: np.corrcoef(TimeShift(rows).transform([behaviour])[0][:, 0], rated)[0, 1] for rows in (0, 5, 7, 9)}
    assert max(scores, key=scores.get) == delay
    assert scores[delay] == pytest.approx(1.0)


def test_gaps_hold_the_frame_before_them():
    values = np.array([[0, 0], [1, 0], [0, 0], [0, 0], [2, 3], [0, 0]], dtype=np.float32)
    held = HoldOverGaps().transform([values, np.zeros((3, 2), dtype=np.float32)])
    assert held[0].tolist() == [[1, 0], [1, 0], [1, 0], [1, 0], [2, 3], [2, 3]]
    assert not held[1].any()
    assert values[2].tolist() == [0, 0]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_no_step_looks_into_another_recording(step):
    one, other, third = recordings()
    together = step.transform([one, other, third])
    alone = [step.transform([values])[0] for values in (one, other, third)]
    changed = step.transform([one * 100, other, third - 50])
    for result, expected in zip(together, alone, strict=True):
        np.testing.assert_array_equal(result, expected)
    np.testing.assert_array_equal(changed[1], together[1])


def test_a_transformer_of_frames_is_fitted_on_the_frames_of_all_recordings():
    values = recordings()
    reduced = EachFrame(PCA(2)).fit_transform(values)
    expected = PCA(2).fit_transform(np.concatenate(values))
    np.testing.assert_allclose(np.concatenate(reduced), expected, atol=1e-5)
    assert [len(one) for one in reduced] == [len(one) for one in values]


def delayed(delay, lengths=(60, 70, 80, 90, 100, 110)):
    """Recordings whose ratings follow their first feature, `delay` frames later."""
    values = recordings(lengths, features=4)
    return values, [np.concatenate([np.zeros(delay), one[:-delay, 0] - 5.0]) for one in values]


def pipeline(hop=1):
    return Pipeline(
        [
            ("reduce", EachFrame(PCA(0.99))),
            ("normalize", EachFrame(StandardScaler())),
            ("stack", Neighbourhood(0)),
            ("statistics", WindowStatistics(0, hop=hop)),
            ("shift", TimeShift()),
            ("regress", FrameRegressor(ConcordanceRegressor(epochs=50))),
        ]
    )


def test_a_grid_search_over_subjects_finds_the_delay_with_steps_left_out_or_in():
    values, truth = delayed(3)
    subjects = ["anna", "anna", "bert", "bert", "cleo", "cleo"]
    grid = {"shift__rows": [0, 1, 3, 5], "reduce": ["passthrough", EachFrame(PCA(0.99))]}
    search = GridSearchCV(pipeline(), grid, cv=GroupKFold(3)).fit(values, truth, groups=subjects)
    assert search.best_params_["shift__rows"] == 3
    assert search.best_score_ > 0.9


def test_the_folds_of_a_search_hold_whole_subjects():
    values, truth = delayed(3)
    subjects = np.array(["anna", "bert", "anna", "cleo", "bert", "cleo"])
    for train, test in GroupKFold(3).split(values, truth, subjects):
        assert not set(subjects[train]) & set(subjects[test])


def test_a_clone_is_not_fitted_and_predicts_the_same_once_it_is():
    values, truth = delayed(3)
    fitted = pipeline().fit(values, truth)
    again = clone(fitted)
    assert not hasattr(again.named_steps["reduce"], "transformer_")
    for one, other in zip(fitted.predict(values), again.fit(values, truth).predict(values), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_score_is_the_coefficient_over_all_rows_together():
    audmetric = pytest.importorskip("audmetric")
    values, truth = delayed(2)
    model = FrameRegressor(LinearRegression()).fit(values, truth)
    expected = audmetric.concordance_cc(np.concatenate(truth), np.concatenate(model.predict(values)))
    assert model.score(values, truth) == pytest.approx(expected)


def test_with_a_hop_there_is_a_row_for_every_so_many_frames():
    values, truth = delayed(3)
    rows = [one[::5] for one in truth]
    predicted = pipeline(hop=5).fit(values, rows).predict(values)
    assert [len(one) for one in predicted] == [len(one) for one in rows]
    with pytest.raises(ValueError, match=r"y\[0\]: expected 12 values, one for each row. Received: 60"):
        pipeline(hop=5).fit(values, truth)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Neighbourhood(-1), "neighbours: expected 0 or more. Received: -1"),
        (Neighbourhood(1, 0), "step: expected 1 or more. Received: 0"),
        (WindowStatistics(-2), "reach: expected 0 or more. Received: -2"),
        (WindowStatistics(2, 0), "hop: expected 1 or more. Received: 0"),
        (TimeShift(-3), "rows: expected 0 or more. Received: -3"),
    ],
)
def test_a_parameter_out_of_its_range_is_named(step, words):
    with pytest.raises(ValueError, match=words):
        step.transform(recordings())
