"""Layers that the systems share."""

import keras
import numpy as np
import tensorflow as tf

from baseline.layers import GapStandardization, JoinedBranches


def standardized(values):
    layer = GapStandardization()
    layer.build((None, None, values.shape[-1]))
    layer.adapt(values)
    return layer, np.asarray(layer(values))


def test_frames_with_data_have_mean_0_and_variance_1_and_gaps_stay_zeros():
    values = np.random.default_rng(0).normal(5.0, 3.0, size=(4, 50, 3)).astype(np.float32)
    values[1:3, 10:30] = 0.0
    _, result = standardized(values)
    present = values.any(axis=-1)
    assert not result[~present].any()
    np.testing.assert_allclose(result[present].mean(axis=0), 0.0, atol=1e-5)
    np.testing.assert_allclose(result[present].std(axis=0), 1.0, atol=1e-5)


def test_a_constant_feature_becomes_zero_and_not_nan():
    values = np.random.default_rng(0).normal(size=(2, 20, 2)).astype(np.float32)
    values[..., 1] = 7.0
    assert not standardized(values)[1][..., 1].any()


def test_streams_without_any_data_change_nothing():
    layer, result = standardized(np.zeros((2, 5, 3), dtype=np.float32))
    assert not result.any()
    assert np.asarray(layer.mean).tolist() == [0.0, 0.0, 0.0]


def test_mean_and_variance_are_those_of_all_frames_together_in_whatever_pieces_they_come():
    values = np.random.default_rng(0).normal([1e4, -5.0, 0.0], [1.0, 3.0, 1e-3], size=(900, 3)).astype(np.float32)
    values[100:250] = 0.0
    present = values[values.any(axis=-1)]
    for cuts in ([], [1, 7, 100, 249, 600], range(1, 900)):
        layer = GapStandardization()
        layer.build((None, None, 3))
        layer.adapt(piece for piece in np.split(values, cuts))
        np.testing.assert_allclose(layer.mean, present.mean(axis=0, dtype=np.float64), rtol=1e-6)
        np.testing.assert_allclose(layer.variance, present.var(axis=0, dtype=np.float64), rtol=1e-6)


def test_a_saved_layer_standardizes_as_before(tmp_path):
    values = np.random.default_rng(0).normal(5.0, 3.0, size=(4, 50, 3)).astype(np.float32)
    inputs = keras.Input((None, 3))
    layer = GapStandardization()
    model = keras.Model(inputs, layer(inputs))
    layer.adapt(values)
    model.save(tmp_path / "layer.keras")
    again = keras.saving.load_model(tmp_path / "layer.keras")
    np.testing.assert_array_equal(np.asarray(again(values)), np.asarray(model(values)))


def test_joined_branches_are_concatenated_and_each_is_handed_its_own_gradient():
    branches = [tf.random.stateless_normal((3, width), [width, 0]) for width in (2, 5, 1)]
    weight = tf.random.stateless_normal((3, 8), [0, 0])
    with tf.GradientTape() as tape:
        tape.watch(branches)
        joined = JoinedBranches()(branches)
        loss = tf.reduce_sum(joined * weight)
    np.testing.assert_array_equal(joined, np.concatenate(branches, axis=-1))
    gradients = tape.gradient(loss, branches)
    for gradient, expected in zip(gradients, np.split(weight, [2, 7], axis=-1), strict=True):
        np.testing.assert_array_equal(gradient, expected)
