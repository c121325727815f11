"""Keras layers that the reference systems share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
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

    def adapt(self, values: Iterable[NDArray[np.float32]]) -> None:
        """Take mean and variance from the frames that are no gaps.

        The pieces are gone through once and not kept: a corpus need not lie in memory. Means and sums of squares of
        pieces are joined as Chan, Golub and LeVeque do (Algorithms for computing the sample variance, 1983).

        Args:
            values: pieces of shape (…, features) each; an array of shape (pieces, frames, features) is such pieces.
        """
        count, mean, squares = 0, np.float64(0.0), np.float64(0.0)
        for piece in values:
            present = piece[piece.any(axis=-1)]
            if not len(present):
                continue
            share = len(present) / (count + len(present))
            apart = present.mean(axis=0, dtype=np.float64) - mean  # (features,)
            squares = squares + present.var(axis=0, dtype=np.float64) * len(present) + apart**2 * (count * share)
            mean = mean + apart * share
            count += len(present)
        if count:
            self.mean.assign(mean)
            # A constant feature keeps its deviation from the mean: none.
            self.variance.assign(np.where(squares > 0, squares / count, 1.0))

    def call(self, inputs: Any) -> Any:
        """Standardise."""
        present = ops.any(ops.not_equal(inputs, 0), axis=-1, keepdims=True)  # (batch, frames, 1)
        return ops.where(present, (inputs - self.mean) / ops.sqrt(self.variance), 0.0)


@keras.saving.register_keras_serializable(package="baseline")
class JoinedBranches(keras.layers.Concatenate):
    """`keras.layers.Concatenate` along the last axis, which on the way back begins with its first input.

    TensorFlow works on what is ready in no order that is known. A long branch that comes last leaves the other cores
    idle: give the one first that takes longest.
    """

    def call(self, inputs: Sequence[Any]) -> Any:
        """Join."""
        return _join(*inputs) if keras.backend.backend() == "tensorflow" else super().call(inputs)


@tf.custom_gradient
def _join(*branches: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], list[tf.Tensor]]]:
    """Branches of shape (batch, features) each, one beside the other."""
    widths = [branch.shape[-1] for branch in branches]

    def gradient(of_joined: tf.Tensor) -> list[tf.Tensor]:
        of_branches: list[tf.Tensor] = []
        for part in tf.split(of_joined, widths, axis=-1):
            with tf.control_dependencies(of_branches[-1:]):
                of_branches.append(tf.identity(part))
        return of_branches

    return tf.concat(branches, axis=-1), gradient
