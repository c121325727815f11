"""The naive baseline of the 2017 challenge: a branch for each modality, their last outputs concatenated.

Overview, Baseline solution: "For each modality their own branch with 2 bidirectional LSTM layers of 200
nodes learns high-level feature representation from a sequence of features, i.e. for audio data with the
dimension of 36 and 400 frames length it estimates a single vector of 200 features. Then after
concatenation of features from 4 channels, two stacked fully-connected dense layers with 100 and 6 nodes
make the prediction for input 4 seconds of data. Missing data is replaced with zeros […] softmax […]
Weights are optimized by Rmsprop solver corresponding to categorical entropy loss minimization."
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from baseline.layers import GapStandardization
from baseline.windows import window_length
from data_spec.challenge import Challenge


@keras.saving.register_keras_serializable(package="baseline")
class DecisionFusion(keras.Model):
    """Streams of one window → probabilities of its labels. It carries its challenge, so a saved one needs nothing else.

    Input: by modality, shape (batch, frames, features), as in the files, zeros for gaps.
    Output: shape (batch, labels), each row sums to 1.

    Args:
        challenge: what the streams and the labels are.
        modalities: which of the challenge's modalities are used, in this order.
        units: of each direction of each LSTM; a vector of twice as many comes out of a branch.
        dense_units: of the layer between the concatenation and the softmax.
    """

    def __init__(
        self,
        challenge: Challenge | dict[str, Any],
        modalities: Sequence[str],
        units: int = 100,
        dense_units: int = 100,
        **kwargs: Any,
    ) -> None:
        challenge = Challenge.model_validate(challenge)
        inputs, branches = {}, []
        # While it loads a model, Keras knows layers by their id(): the ones that Bidirectional copies must
        # live until all are made, or a later one takes over an id and is confused with an earlier one.
        alive = []
        for name in modalities:
            modality = challenge.modality(name)
            shape = (window_length(challenge, modality), modality.features)
            inputs[name] = keras.Input(shape, name=name)  # (batch, frames, features)
            x = GapStandardization(name=f"{name}_standardized")(inputs[name])  # (batch, frames, features)
            alive.append(layers.LSTM(units, return_sequences=True))
            x = layers.Bidirectional(alive[-1], name=f"{name}_lstm_1")(x)  # (batch, frames, 2 units)
            alive.append(layers.LSTM(units))
            x = layers.Bidirectional(alive[-1], name=f"{name}_lstm_2")(x)  # (batch, 2 units)
            branches.append(x)
        x = layers.Concatenate()(branches) if len(branches) > 1 else branches[0]  # (batch, modalities × 2 units)
        x = layers.Dense(dense_units, activation="relu", name="dense")(x)  # (batch, dense units)
        outputs = layers.Dense(len(challenge.task.labels), activation="softmax", name="label")(x)  # (batch, labels)
        super().__init__(inputs=inputs, outputs=outputs, **kwargs)
        self.challenge = challenge
        self.modalities = tuple(modalities)
        self.units, self.dense_units = units, dense_units

    def get_config(self) -> dict[str, Any]:
        """All that builds the same model again."""
        return {
            "challenge": self.challenge.model_dump(mode="json", exclude_none=True, exclude={"synthetic"}),
            "modalities": list(self.modalities),
            "units": self.units,
            "dense_units": self.dense_units,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> DecisionFusion:
        """Build it again."""
        return cls(**config)
