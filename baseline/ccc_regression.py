"""A linear model whose objective is the concordance correlation coefficient (CCC).

Source: MixedEmotions, Deliverable 4.6, section 4.5: "The regressor used in the experiments is linear with CCC
objective function and weight decay. […] trained using stochastic gradient descent with momentum."
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

Vector = NDArray[np.float64]
Features = NDArray[np.floating[Any]]

DTYPES = [np.float64, np.float32]
"""What features may be: those in single precision are not copied into double, which large ones have no room for."""

LEAST_VARIANCE = 1e-24
"""Of the truth, relative to its mean square: below it is rounding, and the truth is a constant."""


class ConcordanceRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A linear model trained by stochastic gradient descent with momentum on 1 − CCC, with weight decay.

    It minimises 1 − CCC(y, X w + b) + weight_decay / 2 · |w|², the CCC with population variances. For the descent, y is
    brought to mean 0 and variance 1 and all features, once they are centred, are divided by one number: the standard
    deviation along the direction in which they vary most. So neither the learning rate nor the weight decay has a unit,
    and what a feature's spread says beside the others' is kept: whether features are normalised is a step of its own.

    Without weight decay the optimum is known: the least squares solution, its weights multiplied by the same number for
    all until the predictions vary as much as the truth (that number is 1 / r, r the correlation that least squares
    reaches, and the CCC is r).

    Args:
        weight_decay: 0 or more.
        learning_rate: of the first step, more than 0; it falls to 0 along a cosine.
        momentum: 0 to below 1.
        epochs: passes over the frames, 1 or more.
        batch_size: frames in a step, 2 or more: each batch has a CCC of its own, the better an estimate the larger it
            is. Where there are fewer frames, all are one batch.
        random_state: of the order of the frames; None for another one each time.

    Attributes:
        coef_: w, shape (features,).
        intercept_: b.
        loss_curve_: the mean of 1 − CCC over the batches of each epoch, shape (epochs,).
        n_features_in_: features.

    >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> ConcordanceRegressor().fit(X, 1 + 2 * X[:, 0]).predict([[4.0]]).round(2)
    array([9.])
    """

    coef_: Vector
    intercept_: float
    loss_curve_: Vector

    def __init__(
        self,
        weight_decay: float = 0.0,
        *,
        learning_rate: float = 0.1,
        momentum: float = 0.9,
        epochs: int = 200,
        batch_size: int = 1024,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.weight_decay = weight_decay
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.epochs = epochs
        self.batch_size = batch_size
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> ConcordanceRegressor:  # noqa: N803
        """Fit it.

        Args:
            X: shape (frames, features).
            y: shape (frames,). Where it is a constant, there is no CCC, and the constant is what is predicted.
            sample_weight: how often each frame counts, 0 or more, shape (frames,).

        Raises:
            ValueError: a parameter out of its range, or arrays that do not fit each other.
        """
        self._check_parameters()
        features, truth = validate_data(self, X, y, dtype=DTYPES, y_numeric=True)
        weight = _check_sample_weight(sample_weight, features, dtype=np.float64, ensure_non_negative=True)
        if not weight.any():
            raise ValueError("sample_weight: expected a frame with a weight over 0. Received: zeros alone")
        if not weight.all():
            features, truth, weight = features[weight > 0], truth[weight > 0], weight[weight > 0]
        self._solve(features, truth.astype(np.float64), weight)
        return self

    def predict(self, X: ArrayLike) -> Vector:  # noqa: N803
        """The attribute of each frame: (frames, features) → (frames,)."""
        check_is_fitted(self)
        return np.asarray(validate_data(self, X, dtype=DTYPES, reset=False) @ self.coef_ + self.intercept_)

    def _solve(self, features: Features, truth: Vector, weight: Vector) -> None:
        centre = (weight / weight.sum()).astype(features.dtype) @ features
        mean, mean_square = float(np.average(truth, weights=weight)), float(np.average(truth**2, weights=weight))
        deviation = _deviation(truth - mean, weight, mean_square)
        centred = features - centre
        scale = _largest_deviation(centred, weight)
        coef, offset, curve = np.zeros(features.shape[1]), 0.0, np.zeros(self.epochs)
        if deviation > 0 and scale > 0:
            centred /= scale
            coef, offset, curve = self._descend(centred, (truth - mean) / deviation, weight)
        self.coef_ = coef * (deviation / scale if scale > 0 else 0.0)
        self.intercept_ = float(mean + deviation * offset - centre @ self.coef_)
        self.loss_curve_ = curve

    def _descend(self, features: Features, truth: Vector, weight: Vector) -> tuple[Vector, float, Vector]:
        """The weights, shape (features,), the offset, and the loss of each epoch."""
        random = check_random_state(self.random_state)
        coef, offset = np.zeros(features.shape[1]), 0.0
        coef_velocity, offset_velocity = np.zeros(features.shape[1]), 0.0
        batches = -(-len(truth) // self.batch_size)
        steps, curve = self.epochs * batches, np.zeros(self.epochs)
        for epoch in range(self.epochs):
            order = random.permutation(len(truth))
            for number, batch in enumerate(np.array_split(order, batches)):
                rate = self.learning_rate * 0.5 * (1 + np.cos(np.pi * (epoch * batches + number) / steps))
                shown = features[batch]
                loss, slope = concordance_loss(truth[batch], shown @ coef + offset, weight[batch])
                coef_velocity = self.momentum * coef_velocity - rate * (slope @ shown + self.weight_decay * coef)
                offset_velocity = self.momentum * offset_velocity - rate * slope.sum()
                coef, offset = coef + coef_velocity, offset + offset_velocity
                curve[epoch] += loss / batches
        return coef, offset, curve

    def _check_parameters(self) -> None:
        for name, right, expected in (
            ("weight_decay", self.weight_decay >= 0, "0 or more"),
            ("learning_rate", self.learning_rate > 0, "more than 0"),
            ("momentum", 0 <= self.momentum < 1, "0 to below 1"),
            ("epochs", self.epochs >= 1, "1 or more"),
            ("batch_size", self.batch_size >= 2, "2 or more"),
        ):
            if not right:
                raise ValueError(f"{name}: expected {expected}. Received: {getattr(self, name)!r}")


def concordance_loss(truth: Vector, prediction: Vector, weight: Vector) -> tuple[float, Vector]:
    """1 − CCC, and how it changes with each prediction.

    With means m, population variances s² and the covariance s_xy, CCC = 2 s_xy / (s_x² + s_y² + (m_x − m_y)²); its
    slope at prediction x_i of weight p_i (the weights sum to 1) is 2 p_i ((y_i − m_y) − CCC (x_i − m_y)) / denominator.

    Args:
        truth: shape (frames,).
        prediction: shape (frames,).
        weight: of each frame, more than 0, shape (frames,).

    Returns:
        The loss, 0 to 2, and its gradient, shape (frames,). Where both are the same constant, 1 and zeros.

    >>> concordance_loss(np.array([0.0, 2.0]), np.array([0.0, 2.0]), np.ones(2))
    (0.0, array([0., 0.]))
    """
    share = weight / weight.sum()
    truth_mean, prediction_mean = share @ truth, share @ prediction
    truth, centred = truth - truth_mean, prediction - prediction_mean
    denominator = share @ truth**2 + share @ centred**2 + (prediction_mean - truth_mean) ** 2
    if denominator <= 0:
        return 1.0, np.zeros(len(truth))
    ccc = 2 * (share @ (truth * centred)) / denominator
    return float(1 - ccc), 2 * share * (ccc * (prediction - truth_mean) - truth) / denominator


def _deviation(centred: Vector, weight: Vector, mean_square: float) -> float:
    """The standard deviation, 0 where it is no more than rounding."""
    variance = float(np.average(centred**2, weights=weight))
    return float(np.sqrt(variance)) if variance > LEAST_VARIANCE * mean_square else 0.0


def _largest_deviation(centred: Features, weight: Vector) -> float:
    """The standard deviation along the direction in which (frames, features) vary most."""
    weighted = centred * np.sqrt(weight / weight.sum()).astype(centred.dtype)[:, None]
    products = weighted.T @ weighted if weighted.shape[1] <= len(weighted) else weighted @ weighted.T
    return float(np.sqrt(max(np.linalg.eigvalsh(products)[-1], 0.0)))
