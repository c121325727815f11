"""Keras layers that the reference systems share."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray


@keras.saving.register_keras_serializable(package="baseline")
class GapStandardization(keras.layers.Layer):
    """Standardises each feature and leaves gaps as they are: a frame of zeros stays a frame of zeros.

    Mean and variance are weights, so that a saved model takes streams as they are in the files.

    Input and output shape: (batch, frames, features).
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights: mean 0 and variance 1 until `adapt`."""
        shape = (input_shape[-1],)
        self.mean = self.add_weight(name="mean", shape=shape, initializer="zeros", trainable=False)
        self.variance = self.add_weight(name="variance", shape=shape, initializer="ones", trainable=False)
        super().build(input_shape)

    def adapt(self, values: NDArray[np.float32]) -> None:
        """Take mean and variance from the frames that are no gaps.

        Args:
            values: shape (…, features).
        """
        present = values[values.any(axis=-1)]
        if len(present):
            self.mean.assign(present.mean(axis=0, dtype=np.float64))
            # A constant feature keeps its deviation from the mean: none.
            variance = present.var(axis=0, dtype=np.float64)
            self.variance.assign(np.where(variance > 0, variance, 1.0))

    def call(self, inputs: Any) -> Any:
        """Standardise."""
        present = ops.any(ops.not_equal(inputs, 0), axis=-1, keepdims=True)  # (batch, frames, 1)
        return ops.where(present, (inputs - self.mean) / ops.sqrt(self.variance), 0.0)
