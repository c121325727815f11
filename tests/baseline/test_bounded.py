"""Outputs within bounds that can be trained from beyond them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from baseline.bounded import Bounded


def gradient(values, truth):
    inputs = tf.constant([values], dtype=tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        error = tf.reduce_sum(tf.abs(Bounded(0.0, 3.0)(inputs) - truth))
    return tape.gradient(error, inputs).numpy()[0].tolist()


def test_values_within_the_bounds_stay_and_others_become_the_nearer_end():
    values = np.array([[-1.0, -0.0, 0.5, 3.0, 7.0]], dtype=np.float32)
    assert np.asarray(Bounded(0.0, 3.0)(values)).tolist() == [[0.0, 0.0, 0.5, 3.0, 3.0]]


def test_an_output_beyond_an_end_is_pulled_back_where_that_helps_and_only_there():
    assert gradient([-2.0, -2.0, 5.0, 5.0], [1.0, 0.0, 1.0, 3.0]) == [-1.0, 0.0, 1.0, 0.0]


def test_within_the_bounds_the_gradient_is_that_of_finite_differences():
    layer, step = Bounded(0.0, 3.0), 1e-2
    for value, truth in ((0.5, 2.0), (2.5, 1.0)):
        up, down = (abs(float(layer(np.float32([[value + s]]))[0, 0]) - truth) for s in (step, -step))
        assert gradient([value], [truth])[0] == pytest.approx((up - down) / (2 * step), rel=1e-3)


def test_an_output_that_begins_below_all_truths_learns():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((1,))
    dense = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(-2.0))
    model = keras.Model(inputs, Bounded(0.0, 3.0)(dense(inputs)))
    model.compile(keras.optimizers.SGD(0.1), loss="mean_absolute_error")
    ones = np.ones((8, 1), dtype=np.float32)
    for _ in range(50):
        model.train_on_batch(np.zeros_like(ones), ones)
    assert float(np.asarray(model(np.zeros((1, 1), dtype=np.float32)))[0, 0]) == pytest.approx(1.0, abs=0.11)


def test_a_saved_layer_has_its_bounds(tmp_path):
    inputs = keras.Input((2,))
    keras.Model(inputs, Bounded(-1.0, 1.5)(inputs)).save(tmp_path / "bounded.keras")
    again = keras.saving.load_model(tmp_path / "bounded.keras")
    assert np.asarray(again(np.float32([[-9.0, 9.0]]))).tolist() == [[-1.0, 1.5]]
