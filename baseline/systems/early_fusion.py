"""Early fusion: the modalities aligned, concatenated frame by frame, and one network over the sequence of a segment.

Williams, Kleinegesse, Comanescu, Radu: Recognizing Emotions in Video Using Multimodal DNN Feature Fusion (2018),
sections 3 to 5: features averaged to the frames of the text (`baseline.alignment`), segments cut to their last `maxlen`
frames or padded at the left (`baseline.segments`), batch normalisation, one to three LSTM, bidirectional LSTM or
convolutional layers, fully connected layers with dropout, and an intensity in [0, 3] for each of six emotions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from baseline.architecture_variants import every_variant, parse_variant
from baseline.bounded import Bounded
from baseline.fused_lstm import LSTM, Bidirectional
from baseline.keras_files import MODEL_FILE, load_model, save_model
from baseline.keras_training import array_batches, fit_keras
from baseline.published.williams2018 import BIMODAL, CHALLENGE, PAPER, TRIMODAL, UNIMODAL
from baseline.run_folder import RunFolder
from baseline.runtime import prepare
from baseline.segments import cut_segments, reference_modality
from baseline.system import Part, Size, System, TrainingData
from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from data_spec.task import SegmentIntensities, expect_task
from data_spec.whole_file import whole_file

ARCHITECTURES = ("blstm", "lstm", "cnn")
"""First the one that the paper chose."""
INPUT_FILE = "input.json"


@dataclass(frozen=True)
class Settings:
    """The paper's hyper-parameters (section 4.4); where it searched, the grid is named."""

    maxlen: int = 20
    """Frames of a segment, from 15, 20, 25, 30."""
    layers: int = 1
    """Recurrent or convolutional, from 1, 2, 3."""
    dense_layers: int = 1
    """Fully connected, from 1, 2, 3; each is followed by dropout."""
    dropout: float = 0.1
    """From 0.1, 0.2."""
    units: int = 64
    """Of a recurrent layer, in each direction. The paper does not tell a convolution's filters: here as many."""
    dense_units: int = 100
    batch: int = 64
    """Segments in a step."""
    epochs: int = 200
    """At most."""
    patience: int = 10
    """Epochs without a smaller validation loss after which training stops."""

    def __post_init__(self) -> None:
        for name in ("maxlen", "layers", "dense_layers", "units", "dense_units", "batch", "epochs", "patience"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: expected 1 or more. Received: {getattr(self, name)}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout: expected a share from 0 to below 1. Received: {self.dropout}")


def settings(size: Size, variant: str) -> Settings:
    """The settings of a size, the same for every variant."""
    if size is Size.TINY:
        return Settings(maxlen=6, units=4, dense_units=8, epochs=2)
    return Settings(epochs=40, patience=5) if size is Size.SMALL else Settings()


# --- the network ---------------------------------------------------------------------------------------------


def network(architecture: str, features: int, emotions: int, chosen: Settings, most: float = 3.0) -> keras.Model:
    """A segment's frames, shape (batch, maxlen, features), → its intensities from 0 to `most`, shape (batch, emotions).

    Args:
        architecture: one of `ARCHITECTURES`.
        features: of all modalities together.
        emotions: how many.
        chosen: lengths and sizes.
        most: the greatest intensity.
    """
    inputs = keras.Input((chosen.maxlen, features), name="frames")  # (batch, maxlen, features)
    # Keras' momentum of .99 would follow mean and variance over some hundred steps, more than a small corpus has in the
    # epochs by which early stopping judges.
    x = layers.BatchNormalization(momentum=0.9)(inputs)  # (batch, maxlen, features)
    # While it loads a model, Keras knows layers by their id(): those that Bidirectional copies must live until then.
    alive = []
    for number in range(1, chosen.layers + 1):
        if architecture == "cnn":
            x = layers.Conv1D(chosen.units, 3, padding="same", activation="relu")(x)  # (batch, frames, units)
            x = layers.MaxPooling1D(2, padding="same")(x)  # (batch, ⌈frames / 2⌉, units)
            continue
        alive.append(LSTM(chosen.units, return_sequences=number < chosen.layers))
        x = Bidirectional(alive[-1])(x) if architecture == "blstm" else alive[-1](x)  # (batch, frames, units)
    if architecture == "cnn":
        x = layers.Flatten()(x)  # (batch, frames × units)
    for _ in range(chosen.dense_layers):
        x = layers.Dense(chosen.dense_units, activation="relu")(x)  # (batch, dense units)
        x = layers.Dropout(chosen.dropout)(x)
    # "Followed by a linear activation function that bounded values between 0 and 3" (section 4.4).
    outputs = Bounded(0.0, most, name="intensities")(layers.Dense(emotions)(x))  # (batch, emotions)
    return keras.Model(inputs, outputs, name=f"early_fusion_{architecture}")


# --- training and prediction ---------------------------------------------------------------------------------


def variants(challenge: Challenge) -> tuple[str, ...]:
    """Every architecture with every subset of the modalities."""
    return every_variant(ARCHITECTURES, challenge)


class EarlyFusion:
    """A trained network and what its input is made of."""

    def __init__(self, model: keras.Model, modalities: Sequence[str]) -> None:
        self.model, self.modalities = model, tuple(modalities)

    def predict(self, folder: RecordingFolder, recordings: Sequence[str]) -> dict[str, NDArray[np.float64]]:
        """The intensities of every segment of each recording, shape (segments, emotions). Raises CsvError."""
        segments = cut_segments(folder, recordings, self.modalities, self.model.input_shape[1])
        found = np.zeros((0, self.model.output_shape[1]))
        if len(segments):
            found = self.model.predict(array_batches(segments.values, size=256), verbose=0).astype(np.float64)
        return {recording: found[segments.recording == recording] for recording in recordings}

    def save(self, folder: Path) -> None:
        """Write the model and, beside it, which modalities it takes."""
        save_model(self.model, folder / MODEL_FILE)
        with whole_file(folder / INPUT_FILE) as file:
            file.write(json.dumps({"modalities": self.modalities}).encode())


def load(folder: Path) -> EarlyFusion:
    """What `EarlyFusion.save` wrote. Raises ValueError where it is something else."""
    model = load_model(folder / MODEL_FILE, keras.Model)
    try:
        modalities = json.loads((folder / INPUT_FILE).read_text(encoding="utf-8"))["modalities"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{folder / INPUT_FILE}: expected the modalities of early fusion: {error}") from error
    return EarlyFusion(model, modalities)


def train(data: TrainingData, variant: str, chosen: Settings, seed: int, run: RunFolder | None = None) -> EarlyFusion:
    """Fit a variant; the epoch with the smallest validation loss is kept.

    Raises:
        ValueError: no such variant, or no labelled segment in one of the parts.
        CsvError: a file is broken.
    """
    architecture, modalities = parse_variant(variant, ARCHITECTURES, data.challenge)
    fitted, watched = (_examples(part, modalities, chosen.maxlen) for part in (data.train, data.validation))
    prepare(seed)
    task = expect_task(data.challenge.task, SegmentIntensities)
    model = network(architecture, fitted[0].shape[-1], len(task.emotions), chosen, task.most)
    model.compile("adam", loss="mean_absolute_error")
    fit_keras(
        model,
        array_batches(*fitted, size=chosen.batch, shuffle_seed=seed),
        array_batches(*watched, size=chosen.batch),
        epochs=chosen.epochs,
        patience=chosen.patience,
        run=run,
    )
    if run is not None:
        reference = reference_modality(data.challenge)
        run.write_note(f"Streams are aligned to the frames of {reference.name!r}, {reference.rate} per second.")
    return EarlyFusion(model, modalities)


def _examples(part: Part, modalities: Sequence[str], maxlen: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Frames, shape (segments, maxlen, features), and intensities, shape (segments, emotions). Raises ValueError."""
    labels = part.folder.labels
    labelled = [recording for recording in part.recordings if recording in labels and len(labels[recording].times)]
    if not labelled:
        raise ValueError(f"{part.folder.path}: expected recordings with labelled segments, found none")
    segments = cut_segments(part.folder, labelled, modalities, maxlen)
    return segments.values, np.concatenate([labels[name].values for name in labelled]).astype(np.float32)


SYSTEM = System(
    name="early_fusion",
    title="Early fusion",
    source=f"{PAPER}, sections 3 to 5",
    kinds=frozenset({"segment_intensities"}),
    variants=variants,
    settings=settings,
    train=train,
    load=load,
    tables=(UNIMODAL, BIMODAL, TRIMODAL, CHALLENGE),
    challenge="mosei",
)
