"""A convolution by way of spectra is the plain convolution: values, gradients and files."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from baseline.long_convolution import LongConvolution


@pytest.mark.parametrize(("samples", "taps"), [(50, 7), (50, 8), (31, 1), (20, 40)])
def test_values_and_gradients_are_those_of_the_plain_convolution(samples: int, taps: int) -> None:
    random = np.random.default_rng(0)
    sound = tf.Variable(random.normal(size=(3, samples, 2)).astype(np.float32))
    plain = keras.layers.Conv1D(4, taps, padding="same")
    fast = LongConvolution(4, taps)
    plain.build(sound.shape)
    fast.build(sound.shape)
    weights = [random.normal(size=weight.shape).astype(np.float32) for weight in plain.weights]
    towards = random.normal(size=(3, samples, 4)).astype(np.float32)
    results, slopes = [], []
    for layer in (plain, fast):
        layer.set_weights(weights)
        with tf.GradientTape() as tape:
            result = layer(sound)
            loss = tf.reduce_sum(result * towards)
        results.append(result)
        slopes.append(tape.gradient(loss, [sound, *[weight.value for weight in layer.trainable_weights]]))

    np.testing.assert_allclose(results[1], results[0], atol=1e-4)
    for expected, slope in zip(*slopes, strict=True):
        np.testing.assert_allclose(slope, expected, atol=2e-4)


def test_it_is_saved_with_its_filters(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((40, 1)), LongConvolution(2, 9)])
    model.save(tmp_path / "model.keras")
    sound = np.random.default_rng(1).normal(size=(2, 40, 1)).astype(np.float32)

    loaded = keras.saving.load_model(tmp_path / "model.keras")

    assert model.output_shape == (None, 40, 2)
    np.testing.assert_allclose(loaded.predict(sound, verbose=0), model.predict(sound, verbose=0), atol=1e-6)
