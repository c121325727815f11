"""The concordance loss is Lin's coefficient, and its gradient that of equation 4."""

from __future__ import annotations

import audmetric
import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from baseline.losses import Concordance, concordance_loss

FRAMES = (3, 20)


def signals(seed: int, attributes: int = 2) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Truth and a prediction that has something to do with it, shape (sequences, frames, attributes)."""
    random = np.random.default_rng(seed)
    truth = random.normal(0.1, 0.3, (*FRAMES, attributes))
    return truth, 0.5 * truth + random.normal(-0.1, 0.2, truth.shape)


def gradient(truth: NDArray[np.float64], prediction: NDArray[np.float64]) -> NDArray[np.float64]:
    variable = tf.Variable(prediction, dtype=tf.float64)
    with tf.GradientTape() as tape:
        loss = concordance_loss(truth, variable)
    return np.asarray(tape.gradient(loss, variable))


@given(seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_it_is_one_minus_audmetrics_coefficient_over_all_frames_of_the_batch_mean_over_the_attributes(
    seed: int,
) -> None:
    truth, prediction = signals(seed)
    expected = np.mean(
        [1 - audmetric.concordance_cc(truth[..., one].ravel(), prediction[..., one].ravel()) for one in range(2)]
    )

    assert float(concordance_loss(truth, tf.constant(prediction))) == pytest.approx(expected, abs=1e-12)


def test_frames_in_sequences_or_not_are_the_same_to_it() -> None:
    truth, prediction = signals(1)
    whole = concordance_loss(truth, tf.constant(prediction))
    flat = concordance_loss(truth.reshape(-1, 2), tf.constant(prediction.reshape(-1, 2)))

    assert float(whole) == pytest.approx(float(flat), abs=1e-14)


def test_its_gradient_is_that_of_finite_differences() -> None:
    truth, prediction = signals(2)
    step = 1e-6
    expected = np.empty_like(prediction)
    for index in np.ndindex(*prediction.shape):
        above, below = prediction.copy(), prediction.copy()
        above[index] += step
        below[index] -= step
        rise = concordance_loss(truth, tf.constant(above)) - concordance_loss(truth, tf.constant(below))
        expected[index] = float(rise) / (2 * step)

    np.testing.assert_allclose(gradient(truth, prediction), expected, atol=1e-9)


def test_its_gradient_is_equation_4() -> None:
    """dL/dx ∝ 2 (cov (x − mean(y)) / psi² + (mean(y) − y) / psi): the factor 2 / frames makes it an equality."""
    y, x = (signal[..., 0] for signal in signals(3, attributes=1))
    covariance = np.mean((x - x.mean()) * (y - y.mean()))
    psi = x.var() + y.var() + (x.mean() - y.mean()) ** 2
    expected = 2 / x.size * (2 * covariance * (x - y.mean()) / psi**2 + (y.mean() - y) / psi)

    np.testing.assert_allclose(gradient(y[..., None], x[..., None])[..., 0], expected, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_constant_truth_gives_the_loss_1_and_no_gradient_to_speak_of(dtype: type) -> None:
    truth = np.full((4, 1), 0.3, dtype=dtype)
    for prediction in (truth, truth + dtype(0.5), truth + np.array([[0], [1e-3], [0], [1]], dtype=dtype)):
        variable = tf.Variable(prediction)
        with tf.GradientTape() as tape:
            loss = concordance_loss(truth, variable)
        slope = np.asarray(tape.gradient(loss, variable))

        assert float(loss) == pytest.approx(1, abs=1e-5)
        assert np.isfinite(slope).all()
        assert np.abs(slope).max() < 1e-5


def test_a_constant_prediction_still_learns_which_way_to_go() -> None:
    truth, _ = signals(4)
    slope = gradient(truth, np.zeros_like(truth))

    assert np.isfinite(slope).all()
    # Against the gradient is towards the truth's own deviations.
    assert np.corrcoef(-slope.ravel(), (truth - truth.mean(axis=(0, 1))).ravel())[0, 1] > 0.99


def test_the_metric_over_batches_is_the_coefficient_of_all_their_frames() -> None:
    truth, prediction = signals(5)
    metric = Concordance(attributes=2)
    for row in range(len(truth)):
        metric.update_state(truth[row : row + 1], prediction[row : row + 1])
    expected = np.mean(
        [audmetric.concordance_cc(truth[..., one].ravel(), prediction[..., one].ravel()) for one in range(2)]
    )

    assert float(metric.result()) == pytest.approx(expected, abs=1e-9)
    metric.reset_state()
    assert float(metric.result()) == 0


def test_a_model_trained_on_it_learns_and_is_saved_with_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    keras.utils.set_random_seed(0)
    inputs = np.random.default_rng(0).normal(size=(64, 5, 3)).astype(np.float32)
    truth = inputs @ np.array([[1.0, 0], [0, 1], [-1, 0.5]], dtype=np.float32)
    model = keras.Sequential([keras.Input((5, 3)), keras.layers.Dense(2)])
    model.compile(keras.optimizers.Adam(0.05), loss=concordance_loss, metrics=[Concordance(2)])
    model.fit(inputs, truth, epochs=30, batch_size=16, verbose=0)
    model.save(tmp_path / "model.keras")

    loaded = keras.models.load_model(tmp_path / "model.keras")

    loss, figure = loaded.evaluate(inputs, truth, batch_size=64, verbose=0)
    assert figure > 0.99
    assert loss == pytest.approx(1 - figure, abs=1e-4)
