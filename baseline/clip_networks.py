"""The networks of Table 2: what makes a vector of a clip's speech, or of its face, and what tells the answer from it.

Source: Vidal et al. 2020, section 5 and Table 2. Each function of this file is a column of the table, or its last row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import layers, ops
from numpy.typing import NDArray

from baseline.clip_problems import Problem
from baseline.layers import GapStandardization

SPEECH, FACE, AUDIOVISUAL = "speech", "face", "audiovisual"


@keras.saving.register_keras_serializable(package="baseline")
class ShownFrames(layers.Layer):  # type: ignore[misc]
    """Which frames of a clip there are: those that are not all zeros, and the first one in any case.

    Shorter clips of a batch are padded with zeros at their ends. A clip without a face has its first frame, of zeros:
    an LSTM that is shown no frame at all fails on some devices.

    Input shape: (batch, frames, features). Output shape: (batch, frames), whether.
    """

    def call(self, inputs: Any) -> Any:
        """Look."""
        shown = ops.any(ops.not_equal(inputs, 0), axis=-1)  # (batch, frames)
        return ops.concatenate([ops.ones_like(shown[:, :1]), shown[:, 1:]], axis=1)


def speech_branch(features: int, units: int = 256) -> keras.Model:
    """Functionals of a clip, (batch, features) → (batch, units); as in Table 2 the first layer has no activation.

    Its layer `standardized` is to be adapted to the functionals of the training. Those of a clip without speech are
    zeros, and stay so.
    """
    inputs = keras.Input((features,), name=SPEECH)  # (batch, features)
    x = GapStandardization(name="standardized")(inputs)
    x = layers.Dense(units)(x)  # (batch, units)
    x = layers.Dropout(0.3)(x)
    x = layers.Dense(units, activation="relu")(x)
    x = layers.Dropout(0.3)(x)
    x = layers.Dense(units, activation="relu")(x)
    return keras.Model(inputs, x, name=f"{SPEECH}_branch")


def face_branch(features: int, lstm_units: int = 512) -> keras.Model:
    """Frames of a clip's face, (batch, frames, features) → the LSTM's last output, (batch, LSTM units)."""
    inputs = keras.Input((None, features), name=FACE)  # (batch, frames, features)
    shown = ShownFrames(name="shown")(inputs)  # (batch, frames)
    x = inputs
    for units in (512, 256, 128):
        x = layers.Dense(units, activation="relu")(x)  # (batch, frames, units)
        x = layers.Dropout(0.5)(x)
    x = layers.LSTM(lstm_units)(x, mask=shown)  # (batch, LSTM units)
    return keras.Model(inputs, x, name=f"{FACE}_branch")


def audiovisual_head(speech: int, face: int, units: int = 256) -> keras.Model:
    """What the branches say, (batch, speech) and (batch, face) → (batch, units)."""
    inputs = {SPEECH: keras.Input((speech,), name=SPEECH), FACE: keras.Input((face,), name=FACE)}
    x = layers.Concatenate()([inputs[SPEECH], inputs[FACE]])  # (batch, speech + face)
    x = layers.Dense(units, activation="relu")(x)  # (batch, units)
    x = layers.Dense(units, activation="relu")(x)
    return keras.Model(inputs, x, name=f"{AUDIOVISUAL}_head")


def with_output(body: keras.Model, problem: Problem, mean: NDArray[Any], deviation: NDArray[Any]) -> keras.Model:
    """A model that ends with the problem's output: probabilities of its labels, or its attributes, linear.

    Attributes are told in their own unit: the linear layer's outputs are scaled by the deviation of the training and
    moved by its mean. The concordance, and so the training, is the same with and without; it only begins nearby.

    Args:
        body: gives a vector of a clip; its inputs are named.
        problem: what is asked.
        mean: of each attribute in the training, shape (attributes,); unused for labels.
        deviation: likewise the standard deviation.
    """
    inputs = _inputs_of(body)
    x = body(inputs if len(inputs) > 1 else next(iter(inputs.values())))  # (batch, units)
    if problem.labels:
        x = layers.Dense(len(problem.labels), activation="softmax", name="output")(x)  # (batch, labels)
    else:
        x = layers.Dense(len(mean), name="output")(x)  # (batch, attributes)
        x = layers.Rescaling(deviation.tolist(), offset=mean.tolist(), name="unit")(x)
    return keras.Model(inputs, x, name=problem.name)


def joined(branches: Mapping[str, keras.Model], trained_head: keras.Model) -> keras.Model:
    """The audiovisual model as one, for prediction: the branches, frozen, and what was trained on their outputs."""
    inputs: dict[str, Any] = {}
    vectors: dict[str, Any] = {}
    for name, branch in branches.items():
        branch.trainable = False
        inputs |= _inputs_of(branch)
        vectors[name] = branch(inputs[name])  # (batch, units)
    return keras.Model(inputs, trained_head(vectors), name=f"{AUDIOVISUAL}_{trained_head.name}")


def _inputs_of(model: keras.Model) -> dict[str, Any]:
    """New inputs, by name, of the shapes of a model's."""
    return {one.name: keras.Input(one.shape[1:], name=one.name) for one in model.inputs}
