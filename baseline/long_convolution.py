"""A convolution with filters of thousands of samples, by way of their spectra."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from scipy.fft import next_fast_len


@keras.saving.register_keras_serializable(package="baseline")
class LongConvolution(keras.layers.Layer):
    """What `keras.layers.Conv1D(filters, taps, padding="same")` computes, at a cost that hardly grows with the taps.

    Sound at 8 kHz through 40 filters of 0.5 s (4000 taps) over 20 channels takes 25,600 million multiplications a
    second of sound the plain way. By way of their spectra it takes about a thousandth of them: with that, the published
    settings of the end-to-end system can be trained.

    Input shape: (batch, samples, channels), samples fixed. Output shape: (batch, samples, filters).

    Args:
        filters: how many.
        taps: samples of a filter.
    """

    def __init__(self, filters: int, taps: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters, self.taps = filters, taps

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights: `kernel` of shape (taps, channels, filters), `bias` of shape (filters,), as in Conv1D."""
        self.kernel = self.add_weight(
            name="kernel", shape=(self.taps, input_shape[-1], self.filters), initializer="glorot_uniform"
        )
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")
        super().build(input_shape)

    def call(self, inputs: Any) -> Any:
        """Convolve."""
        samples = inputs.shape[1]
        length = next_fast_len(samples + self.taps - 1, real=True)  # so that no end runs into the other
        before = (self.taps - 1) // 2
        padded = tf.pad(inputs, [[0, 0], [before, length - samples - before], [0, 0]])  # (batch, length, channels)
        sound = tf.signal.rfft(tf.transpose(padded, [2, 0, 1]))  # (channels, batch, frequencies)
        kernel = tf.signal.rfft(tf.transpose(self.kernel, [1, 2, 0]), [length])  # (channels, filters, frequencies)
        sound = tf.transpose(sound, [2, 1, 0])  # (frequencies, batch, channels)
        kernel = tf.transpose(kernel, [2, 0, 1])  # (frequencies, channels, filters)
        # Networks convolve without turning the filter round: that is the conjugate of its spectrum.
        spectrum = tf.transpose(sound @ tf.math.conj(kernel), [1, 2, 0])  # (batch, filters, frequencies)
        result = tf.signal.irfft(spectrum, [length])[..., :samples]  # (batch, filters, samples)
        return tf.transpose(result, [0, 2, 1]) + self.bias

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """As many samples as came in."""
        return (*input_shape[:-1], self.filters)

    def get_config(self) -> dict[str, Any]:
        """All that makes the same layer again."""
        return {**super().get_config(), "filters": self.filters, "taps": self.taps}
