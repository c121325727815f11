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
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray
from pydantic import Field

from baseline.fused_lstm import LSTM, Bidirectional
from baseline.keras_files import MODEL_FILE, load_model, save_model
from baseline.keras_training import batches, fit_keras, steps_of
from baseline.labelled_windows import LabelledWindows
from baseline.layers import GapStandardization, JoinedBranches
from baseline.modality_subsets import ALL, all_and_each_alone, modalities_of
from baseline.runtime import prepare
from baseline.system import Published, Size, System, Table, TrainingData
from baseline.windows import (
    Windows,
    cut_windows,
    spread_over_frames,
    spread_probabilities,
    window_length,
)
from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from data_spec.task import FramewiseOneHot, expect_task

if TYPE_CHECKING:
    from baseline.run_folder import RunFolder

PREDICTED_AT_ONCE = 64
"""Windows."""


@dataclass(frozen=True)
class Settings:
    """What the overview leaves open, and how large the model is."""

    epochs: Annotated[int, Field(ge=1)] = 5
    batch: Annotated[int, Field(ge=1)] = 64
    """Windows in a step."""
    learning_rate: Annotated[float, Field(gt=0)] = 1e-3
    """At the beginning; it falls to 0 along a cosine, so that the last epoch is not a matter of luck."""
    units: Annotated[int, Field(ge=1)] = 100
    """Of each direction of each LSTM; a vector of twice as many comes out of a branch."""
    dense_units: Annotated[int, Field(ge=1)] = 100
    """Of the layer between the concatenation and the softmax."""


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
            alive.append(LSTM(units, return_sequences=True))
            x = Bidirectional(alive[-1], name=f"{name}_lstm_1")(x)  # (batch, frames, 2 units)
            alive.append(LSTM(units))
            x = Bidirectional(alive[-1], name=f"{name}_lstm_2")(x)  # (batch, 2 units)
            branches.append(x)
        x = JoinedBranches()(branches) if len(branches) > 1 else branches[0]  # (batch, modalities × 2 units)
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


@dataclass(frozen=True)
class TrainedDecisionFusion:
    """Gives every frame the label of its window."""

    model: DecisionFusion

    def predict(self, folder: RecordingFolder, recordings: Sequence[str]) -> dict[str, NDArray[np.int8]]:
        """The label of every frame to predict, by recording, shape (frames,). Raises CsvError."""
        windows, probabilities = self._probabilities(folder, recordings)
        task = expect_task(folder.challenge.task, FramewiseOneHot)
        return spread_over_frames(windows, probabilities.argmax(axis=1), folder.templates, task)

    def predict_probabilities(
        self, folder: RecordingFolder, recordings: Sequence[str]
    ) -> dict[str, NDArray[np.float32]]:
        """How probable each label is at every frame to predict, by recording, shape (frames, labels), rows sum to 1.

        The most probable label of a frame is the one that `predict` gives it.

        Raises:
            CsvError: a file is broken.
        """
        windows, probabilities = self._probabilities(folder, recordings)
        task = expect_task(folder.challenge.task, FramewiseOneHot)
        return spread_probabilities(windows, probabilities, folder.templates, task)

    def save(self, folder: Path) -> None:
        """Write `model.keras`."""
        save_model(self.model, folder / MODEL_FILE)

    def _probabilities(self, folder: RecordingFolder, recordings: Sequence[str]) -> tuple[Windows, NDArray[np.float32]]:
        """Windows, and the probabilities of their labels, shape (windows, labels)."""
        windows = cut_windows(folder, self.model.modalities, recordings)
        shown = batches(windows.inputs, np.arange(len(windows)), size=PREDICTED_AT_ONCE)
        return windows, self.model.predict(shown, verbose=0)


def load(folder: Path) -> TrainedDecisionFusion:
    """Read `model.keras`. Raises ModelError."""
    prepare(seed=0)
    return TrainedDecisionFusion(load_model(folder / MODEL_FILE, DecisionFusion))


def train(data: TrainingData, variant: str, settings: Settings, seed: int, run: RunFolder) -> TrainedDecisionFusion:
    """Fit a variant. The validation is watched, and decides nothing: it may be empty.

    Raises:
        ValueError: no labelled window, or an unknown variant.
        CsvError: a file is broken.
    """
    challenge = data.challenge
    modalities = modalities_of(variant, challenge)
    fitted = LabelledWindows.of(data.train, modalities)
    if not len(fitted):
        raise ValueError(
            f"{data.train.folder.path}: expected labelled recordings to train on, found "
            f"{len(data.train.recordings)} recordings with no labelled window"
        )
    prepare(seed)
    model = DecisionFusion(challenge, modalities, settings.units, settings.dense_units)
    for name in modalities:
        model.get_layer(f"{name}_standardized").adapt(fitted.windows.pieces[name].of(fitted.labelled))
    steps = steps_of(len(fitted), settings.batch, settings.epochs)
    rate = keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)
    model.compile(keras.optimizers.RMSprop(rate), loss="categorical_crossentropy", metrics=["accuracy"])
    watched = LabelledWindows.of(data.validation, modalities)
    validation = watched.batches(settings.batch) if len(watched) else None
    fit_keras(model, fitted.batches(settings.batch, seed), validation, epochs=settings.epochs, run=run)
    return TrainedDecisionFusion(model)


def settings(size: Size, variant: str) -> Settings:
    """The published model is small enough for two cores: only `tiny` differs."""
    return Settings(epochs=1, batch=8, units=2, dense_units=4) if size is Size.TINY else Settings()


MODALITIES = Table(
    "modalities",
    "Overview, Baseline solution: weighted accuracy of all modalities and of each alone",
    tuple(
        Published(variant, "weighted_accuracy", value)
        for variant, value in [(ALL, 0.525), ("audio", 0.32), ("face", 0.48), ("kinect", 0.36), ("eyes", 0.24)]
    ),
)

SYSTEM = System(
    name="decision_fusion",
    title="Decision fusion (naive baseline)",
    source="Multimodal Emotion Recognition Challenge 2017, overview, Baseline solution",
    kinds=frozenset({"framewise_one_hot"}),
    variants=all_and_each_alone,
    settings=settings,
    train=train,
    load=load,
    tables=(MODALITIES,),
    challenge="merc2017",
    needs_validation=False,
)
