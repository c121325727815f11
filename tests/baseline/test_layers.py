"""Layers that the systems share."""

import keras
import numpy as np

from baseline.layers import GapStandardization


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


def test_a_saved_layer_standardizes_as_before(tmp_path):
    values = np.random.default_rng(0).normal(5.0, 3.0, size=(4, 50, 3)).astype(np.float32)
    inputs = keras.Input((None, 3))
    layer = GapStandardization()
    model = keras.Model(inputs, layer(inputs))
    layer.adapt(values)
    model.save(tmp_path / "layer.keras")
    again = keras.saving.load_model(tmp_path / "layer.keras")
    np.testing.assert_array_equal(np.asarray(again(values)), np.asarray(model(values)))
