"""Outputs that are intensities: linear within bounds, and trainable from beyond them."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="baseline")
class Bounded(keras.layers.Layer):
    """Linear within [least, most], and the nearer end beyond it. Input and output have the same shape.

    The gradient is that of the identity, beyond the ends too. With the clipped function's own, which is zero there, an
    output that is below the least value for every example could never come back, and where most truths are the least
    value outputs come there soon. An output beyond an end that is right there has no error, thus no gradient with an
    absolute error: nothing pulls it further out.
    """

    def __init__(self, least: float, most: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def call(self, inputs: Any) -> Any:
        """Clip."""

        @ops.custom_gradient  # type: ignore[untyped-decorator] # Keras has no types
        def clip(values: Any) -> Any:
            # TensorFlow hands the gradient over by place, other backends by name.
            return ops.clip(values, self.least, self.most), lambda *gradient, upstream=None: (*gradient, upstream)[0]

        return clip(inputs)

    def get_config(self) -> dict[str, Any]:
        """All that builds the same layer again."""
        return {**super().get_config(), "least": self.least, "most": self.most}
