"""The naive baseline four times: the kit's, in stock Keras, in PyTorch, and as its matrix products alone.

All have the shapes of 2017, the same numbers as input, and the same float32. Each is made in a process of its own
(`benchmarks.network_process`), for threads can be set only once in a process: the kit sets TensorFlow's, the others
leave them as their makers chose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from benchmarks.random_windows import Examples, Plan
from data_spec.challenge import Challenge, load_challenge

LEARNING_RATE = 1e-3
DIRECTIONS, LAYERS = 2, 2


class Network(Protocol):
    """What is measured."""

    def train(self) -> None:
        """A step on each batch."""

    def predict(self) -> None:
        """Predict each batch."""


class Kit:
    """The kit's own: its model, its threads, its batches, its trainer."""

    def __init__(self, plan: Plan, examples: Examples) -> None:
        from baseline.keras_training import array_batches, fit_keras
        from baseline.runtime import prepare
        from baseline.systems.decision_fusion import DecisionFusion

        prepare(seed=0)
        challenge = load_challenge("merc2017")
        self.model = DecisionFusion(challenge, list(examples.inputs), plan.units, plan.dense_units)
        _compile(self.model)
        shown = array_batches(examples.inputs, examples.one_hot, size=plan.batch)
        self.train: Callable[[], object] = lambda: fit_keras(self.model, shown, epochs=1, progress=False)
        inputs = array_batches(examples.inputs, size=plan.batch)
        self.predict: Callable[[], object] = lambda: self.model.predict(inputs, verbose=0)


class StockKeras:
    """The same layers, `keras.layers.LSTM` among them, as Keras' guides have it: `fit` and `predict` on arrays."""

    def __init__(self, plan: Plan, examples: Examples) -> None:
        self.model = stock_model(plan, load_challenge("merc2017"))
        _compile(self.model)
        self._plan, self._examples = plan, examples

    def train(self) -> None:
        """One epoch."""
        self.model.fit(self._examples.inputs, self._examples.one_hot, batch_size=self._plan.batch, verbose=0)

    def predict(self) -> None:
        """All windows."""
        self.model.predict(self._examples.inputs, batch_size=self._plan.batch, verbose=0)


def stock_model(plan: Plan, challenge: Challenge) -> Any:
    """A `keras.Model` whose weights are those of `DecisionFusion`, in the same order."""
    import keras
    from keras import layers

    from baseline.layers import GapStandardization
    from baseline.windows import window_length

    inputs, branches = {}, []
    for one in challenge.modalities:
        inputs[one.name] = keras.Input((window_length(challenge, one), one.features), name=one.name)
        x = GapStandardization()(inputs[one.name])  # (batch, frames, features)
        x = layers.Bidirectional(layers.LSTM(plan.units, return_sequences=True))(x)  # (batch, frames, 2 units)
        branches.append(layers.Bidirectional(layers.LSTM(plan.units))(x))  # (batch, 2 units)
    x = layers.Dense(plan.dense_units, activation="relu")(layers.Concatenate()(branches))  # (batch, dense units)
    return keras.Model(inputs, layers.Dense(len(challenge.task.labels), activation="softmax")(x))


def _compile(model: Any) -> None:
    import keras

    model.compile(keras.optimizers.RMSprop(LEARNING_RATE), loss="categorical_crossentropy", metrics=["accuracy"])


class PyTorch:
    """The same layers as `torch.nn.LSTM` of two layers a branch, without the standardization."""

    def __init__(self, plan: Plan, examples: Examples) -> None:
        import torch
        from torch import nn

        features = {name: values.shape[-1] for name, values in examples.inputs.items()}
        branches = nn.ModuleDict(
            {
                name: nn.LSTM(width, plan.units, LAYERS, batch_first=True, bidirectional=True)
                for name, width in features.items()
            }
        )
        labels = examples.one_hot.shape[1]
        joined = DIRECTIONS * plan.units * len(features)
        head = nn.Sequential(nn.Linear(joined, plan.dense_units), nn.ReLU(), nn.Linear(plan.dense_units, labels))
        optimizer = torch.optim.RMSprop([*branches.parameters(), *head.parameters()], LEARNING_RATE)
        loss = nn.CrossEntropyLoss()
        inputs = {name: torch.from_numpy(values) for name, values in examples.inputs.items()}
        one_hot = torch.from_numpy(examples.one_hot)
        slices = [slice(first, first + plan.batch) for first in range(0, plan.batch * plan.batches, plan.batch)]

        def scores(rows: slice) -> torch.Tensor:
            last = []
            for name, branch in branches.items():
                _, (hidden, _) = branch(inputs[name][rows])  # (layers × directions, batch, units)
                last += [hidden[-2], hidden[-1]]
            return head(torch.cat(last, dim=1))  # type: ignore[no-any-return]

        def train() -> None:
            for rows in slices:
                optimizer.zero_grad()
                loss(scores(rows), one_hot[rows]).backward()
                optimizer.step()

        def predict() -> None:
            with torch.inference_mode():
                for rows in slices:
                    torch.softmax(scores(rows), dim=1).numpy()

        self.train, self.predict = train, predict


class MatrixProducts:
    """The limit: the products of all LSTM layers alone, all frames of a batch in one, on all cores.

    A layer multiplies, for each direction, frames and last outputs, (batch × frames, features + units), by its weights,
    (features + units, 4 units): 610 million operations a window forward. Going back takes two such products for each:
    one for the gradient by the inputs, one for that by the weights. TensorFlow multiplies, with its own threads: by
    oneDNN, of NumPy's, PyTorch's and TensorFlow's products the fastest on x86.
    """

    def __init__(self, plan: Plan, examples: Examples) -> None:
        import tensorflow as tf

        random = np.random.default_rng(0)
        pairs = []
        for values in examples.inputs.values():
            for width in (values.shape[-1], DIRECTIONS * plan.units):
                one = random.normal(size=(plan.batch * values.shape[1], width + plan.units)).astype(np.float32)
                other = random.normal(size=(width + plan.units, 4 * plan.units)).astype(np.float32)
                pairs += [(tf.constant(one), tf.constant(other))] * DIRECTIONS

        def predict() -> None:
            for _ in range(plan.batches):
                for one, other in pairs:
                    tf.matmul(one, other)

        def train() -> None:
            for _ in range(3):
                predict()

        self.train, self.predict = train, predict


NETWORKS: Mapping[str, Callable[[Plan, Examples], Network]] = {
    "stock Keras": StockKeras,
    "PyTorch": PyTorch,
    "the kit": Kit,
    "the matrix products alone": MatrixProducts,
}
"""By the name that they have in tables."""
