"""The loss of continuous attributes: one minus Lin's concordance correlation coefficient, and that coefficient itself.

Sources: Lin, A concordance correlation coefficient to evaluate reproducibility, Biometrics 45 (1989); End-to-end
multimodal emotion recognition, section III-C, equations 3 to 5.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

LEAST_SPREAD = 1e-8
"""The least that a covariance is divided by, in the square of the attribute's unit.

It is reached only where truth and prediction both keep within about 1e-4 of one and the same value: there the
coefficient is next to 0 / 0, and its gradient without bound.
"""


@keras.saving.register_keras_serializable(package="baseline")
def concordance_loss(truth: Any, prediction: Any) -> Any:
    """One minus the concordance correlation coefficient, mean over the attributes (equations 3 and 5).

    L = 1 − 2 cov(x, y) / (var(x) + var(y) + (mean(x) − mean(y))²), with population variances over all frames of all
    sequences of the batch at once. So a batch has one loss, and no share of it belongs to one of its sequences: weights
    of samples and masks have no meaning here.

    Where the truth does not change in a batch, or the prediction does not, the covariance is 0 and so the loss 1: a
    constant truth gives no gradient, however near the prediction is (it is 1 also where both are the same constant).

    Args:
        truth: shape (batch, frames, attributes) or (batch, attributes).
        prediction: of the same shape.

    Returns:
        A scalar, 0 (the same) to 2 (mirrored).

    >>> truth = keras.ops.convert_to_tensor([[0.0], [1.0], [2.0]])
    >>> float(concordance_loss(truth, truth)), float(concordance_loss(truth, 2 - truth))
    (0.0, 2.0)
    """
    prediction = ops.convert_to_tensor(prediction)
    truth = ops.cast(truth, prediction.dtype)
    frames = tuple(range(len(prediction.shape) - 1))
    truth_mean = ops.mean(truth, axis=frames, keepdims=True)
    prediction_mean = ops.mean(prediction, axis=frames, keepdims=True)
    covariance = ops.mean((truth - truth_mean) * (prediction - prediction_mean), axis=frames)  # (attributes,)
    spread = ops.mean(ops.square(truth - truth_mean), axis=frames)
    spread += ops.mean(ops.square(prediction - prediction_mean), axis=frames)
    spread += ops.reshape(ops.square(truth_mean - prediction_mean), ops.shape(spread))
    return ops.mean(1 - 2 * covariance / ops.maximum(spread, LEAST_SPREAD))


@keras.saving.register_keras_serializable(package="baseline")
class Concordance(keras.metrics.Metric):
    """The concordance correlation coefficient over all batches at once, mean over the attributes.

    The mean of the losses of batches is not the loss of a partition; this is what validation compares.

    Args:
        attributes: how many there are.
    """

    def __init__(self, attributes: int, name: str = "concordance_cc", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.attributes = attributes
        # Sums of squares of many frames lose what matters in single precision.
        self.sums = self.add_variable((6, attributes), initializer="zeros", dtype="float64", name="sums")

    def update_state(self, truth: Any, prediction: Any, sample_weight: Any = None) -> None:
        """Take in a batch, of the shapes that `concordance_loss` takes. Raises ValueError where it is weighted."""
        if sample_weight is not None:
            raise ValueError("Concordance: expected no sample weights, received some")
        x = ops.reshape(ops.cast(truth, "float64"), (-1, self.attributes))  # (frames of the batch, attributes)
        y = ops.reshape(ops.cast(prediction, "float64"), (-1, self.attributes))
        columns = [ops.ones_like(x), x, y, x * x, y * y, x * y]
        self.sums.assign_add(ops.stack([ops.sum(column, axis=0) for column in columns]))

    def result(self) -> Any:
        """-1 to 1; an attribute whose truth or prediction never changes counts as 0."""
        frames, x, y, xx, yy, xy = ops.unstack(self.sums, 6)
        x, y, xx, yy, xy = (ops.divide_no_nan(total, frames) for total in (x, y, xx, yy, xy))
        spread = (xx - x * x) + (yy - y * y) + ops.square(x - y)
        return ops.mean(2 * (xy - x * y) / ops.maximum(spread, LEAST_SPREAD))

    def get_config(self) -> dict[str, Any]:
        """All that makes the same metric again."""
        return {**super().get_config(), "attributes": self.attributes}
