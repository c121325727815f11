"""An LSTM layer that runs as one operation on a CPU: Keras' own loop is a dozen small operations for each frame.

TensorFlow has that operation, `BlockLSTMV2`, and Keras does not use it. Per frame it multiplies once and goes through
the gates once, in the order of Keras (input, forget, cell, output), so weights are the same, and results differ from
those of Keras by rounding alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="baseline")
class LSTM(keras.layers.LSTM):
    """`keras.layers.LSTM` in all but speed: arguments, weights, results, alone or inside `Bidirectional`.

    Keras' own way is taken where the operation cannot stand for it (masks, dropout, states that are kept or returned,
    other activations, no biases, other precisions, unrolling), and where there is a GPU: there Keras takes cuDNN. The
    class is named as Keras', by which files of weights name their layers: a file fits both.

    Input shape: (batch, frames, features). Output shape: (batch, frames, units) with `return_sequences`, otherwise
    (batch, units), that of the last frame.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        if self._has_operation():
            self.supports_jit = False  # XLA has no such operation

    def inner_loop(self, sequences: Any, initial_state: Sequence[Any], mask: Any, training: bool = False) -> Any:
        """All frames: the last output, all outputs where they are wanted, no states: they are Keras' way."""
        if mask is not None or not self.is_fused():
            return super().inner_loop(sequences, initial_state, mask, training=training)
        outputs = self.all_outputs(tf.transpose(sequences, [1, 0, 2]), initial_state)  # (frames, batch, units)
        last = outputs[-1]
        return last, tf.transpose(outputs, [1, 0, 2]) if self.return_sequences else last, []

    def is_fused(self) -> bool:
        """Whether it runs as one operation, when no frame is masked."""
        return self._has_operation() and not tf.config.list_logical_devices("GPU")

    def all_outputs(self, frames: tf.Tensor, initial_state: Sequence[tf.Tensor]) -> tf.Tensor:
        """The outputs, shape (frames, batch, units), in the order in which they are made: backwards, the last first.

        Args:
            frames: shape (frames, batch, features).
            initial_state: output and state before the first frame, shape (batch, units) each.
        """
        if self.go_backwards:
            frames = tf.reverse(frames, axis=[0])
        weights = tf.concat([self.cell.kernel, self.cell.recurrent_kernel], axis=0)  # (features + units, 4 units)
        return _all_frames(frames, *initial_state, weights, tf.convert_to_tensor(self.cell.bias))

    def _has_operation(self) -> bool:
        """Whether the operation does what this layer is to do."""
        return (
            keras.backend.backend() == "tensorflow"
            and self.activation is keras.activations.tanh
            and self.recurrent_activation is keras.activations.sigmoid
            and self.use_bias
            and not (self.dropout or self.recurrent_dropout)
            and not (self.stateful or self.return_state or self.unroll)
            and self.compute_dtype == "float32"
        )


@keras.saving.register_keras_serializable(package="baseline")
class Bidirectional(keras.layers.Bidirectional):
    """`keras.layers.Bidirectional`, which around two `LSTM` of this file turns frames to the front once for both.

    From one such layer to the next frames stay in front: TensorFlow leaves out a transposition and its inverse.
    """

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool | None = None) -> Any:
        """Both directions; see `keras.layers.Bidirectional`."""
        ahead, back = self.forward_layer, self.backward_layer
        fused = all(
            isinstance(one, LSTM) and one.is_fused() and one.activity_regularizer is None for one in (ahead, back)
        )
        if not fused or self.merge_mode != "concat" or not (initial_state is mask is None):
            return super().call(sequences, initial_state=initial_state, mask=mask, training=training)
        frames = tf.transpose(sequences, [1, 0, 2])  # (frames, batch, features)
        begun = ahead.get_initial_state(batch_size=tf.shape(frames)[1])
        of_ahead, of_back = ahead.all_outputs(frames, begun), back.all_outputs(frames, begun)
        if not self.return_sequences:
            return tf.concat([of_ahead[-1], of_back[-1]], axis=-1)  # (batch, 2 units)
        both = tf.concat([of_ahead, tf.reverse(of_back, axis=[0])], axis=-1)  # (frames, batch, 2 units)
        return tf.transpose(both, [1, 0, 2])


@tf.custom_gradient
def _all_frames(
    frames: tf.Tensor, output: tf.Tensor, state: tf.Tensor, weights: tf.Tensor, bias: tf.Tensor
) -> tuple[tf.Tensor, Callable[[tf.Tensor], tuple[tf.Tensor, ...]]]:
    """The outputs of all frames, (frames, batch, units).

    The gradient that TensorFlow has registered for `BlockLSTMV2` is that of the first version, whose gates stand in
    another order: it is wrong, and says nothing. `BlockLSTMGradV2` is the right one. It has no gradient of its own.

    Args:
        frames: shape (frames, batch, features).
        output: before the first frame, shape (batch, units).
        state: of the cells before the first frame, shape (batch, units).
        weights: of features and of the last output, shape (features + units, 4 units).
        bias: shape (4 units,).
    """
    no_peephole = tf.zeros(bias.shape[0] // 4)
    given = {
        "seq_len_max": tf.shape(frames, out_type=tf.int64)[0],
        "x": frames, "cs_prev": state, "h_prev": output, "w": weights, "b": bias,
        "wci": no_peephole, "wcf": no_peephole, "wco": no_peephole, "use_peephole": False,
    }  # fmt: skip
    i, cs, f, o, ci, co, h = tf.raw_ops.BlockLSTMV2(**given, cell_clip=0.0)  # (frames, batch, units) each

    def gradient(of_outputs: tf.Tensor) -> tuple[tf.Tensor, ...]:
        found = tf.raw_ops.BlockLSTMGradV2(
            **given, i=i, cs=cs, f=f, o=o, ci=ci, co=co, h=h, cs_grad=tf.zeros_like(cs), h_grad=of_outputs
        )
        return found.x_grad, found.h_prev_grad, found.cs_prev_grad, found.w_grad, found.b_grad

    return h, gradient
