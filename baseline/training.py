"""Training of the naive baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tqdm import tqdm

from baseline.runtime import prepare
from baseline.systems.decision_fusion import DecisionFusion
from baseline.windows import Windows, cut_windows, window_labels
from data_spec.corpus import RecordingFolder
from data_spec.stream import NO_LABEL


@dataclass(frozen=True)
class Settings:
    """What can be chosen about a training run; nothing of it changes the model's architecture."""

    epochs: int = 15
    patience: int = 4
    """Epochs without a greater validation accuracy after which training ends."""
    batch: int = 64
    learning_rate: float = 1e-3
    validation_share: float = 0.1
    """Of the recordings, that choose the epoch and are not trained on."""
    seed: int = 0


def train(
    folder: RecordingFolder, modalities: Sequence[str], settings: Settings, progress: bool = True
) -> DecisionFusion:
    """Train the naive baseline on a folder of labelled recordings; the epoch of greatest validation accuracy counts.

    Raises:
        ValueError: too few recordings with labels.
        CsvError: a file is broken.
    """
    prepare(settings.seed)
    windows = cut_windows(folder, modalities)
    labels = window_labels(windows, folder.labels, folder.challenge.task)
    held_out = _held_out(windows, settings)
    labelled = labels != NO_LABEL
    fitted, watched = labelled & ~held_out, labelled & held_out
    if not fitted.any() or not watched.any():
        raise ValueError(
            f"{folder.path}: expected at least two recordings with labels to train on and to validate with, "
            f"found {len(folder.labels)} recordings with {labelled.sum()} labelled windows"
        )
    model = DecisionFusion(folder.challenge, modalities)
    for name in modalities:
        model.get_layer(f"{name}_standardized").adapt(windows.inputs[name][fitted])
    model.compile(
        optimizer=keras.optimizers.RMSprop(settings.learning_rate),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    classes = len(folder.challenge.task.labels)
    training = batches(windows.select(fitted), labels[fitted], classes, settings.batch, shuffle_seed=settings.seed)
    validation = batches(windows.select(watched), labels[watched], classes, settings.batch)
    stop = keras.callbacks.EarlyStopping("val_accuracy", patience=settings.patience, restore_best_weights=True)
    callbacks = [stop, ProgressBar(settings.epochs)] if progress else [stop]
    model.fit(
        training, validation_data=validation, epochs=settings.epochs, callbacks=callbacks, shuffle=False, verbose=0
    )
    return model


def batches(
    windows: Windows,
    labels: NDArray[np.int64] | None,
    classes: int,
    size: int,
    shuffle_seed: int | None = None,
) -> tf.data.Dataset:
    """Windows in batches: (inputs by modality, one-hot labels), or inputs alone without `labels`.

    With a seed, every pass is in a new order, the same in every run.
    """
    one_hot = None if labels is None else np.eye(classes, dtype=np.float32)[labels]
    names = list(windows.inputs)

    def gather(rows: Any) -> list[NDArray[np.float32]]:
        chosen = [windows.inputs[name][rows] for name in names]
        return chosen if one_hot is None else [*chosen, one_hot[rows]]

    shapes = [(None, *windows.inputs[name].shape[1:]) for name in names] + ([] if labels is None else [(None, classes)])

    def batch(rows: Any) -> Any:
        tensors = tf.numpy_function(gather, [rows], [tf.float32] * len(shapes), stateful=False)
        for tensor, shape in zip(tensors, shapes, strict=True):
            tensor.set_shape(shape)
        inputs = dict(zip(names, tensors, strict=False))
        return inputs if labels is None else (inputs, tensors[-1])

    rows = tf.data.Dataset.range(len(windows))
    if shuffle_seed is not None:
        rows = rows.shuffle(len(windows), seed=shuffle_seed, reshuffle_each_iteration=True)
    # tf.data's autotuning thread keeps `fit` and `predict` from returning for seconds after the last batch.
    options = tf.data.Options()
    options.autotune.enabled = False
    return rows.batch(size).map(batch, num_parallel_calls=1).prefetch(1).with_options(options)


class ProgressBar(keras.callbacks.Callback):
    """One bar over all epochs, on standard error."""

    def __init__(self, epochs: int) -> None:
        super().__init__()
        self._epochs = epochs

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Show an empty bar."""
        self._bar = tqdm(total=self._epochs * self.params["steps"], unit="batch", desc="training")

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Move on."""
        self._bar.update()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Show how well it goes."""
        shown = {name: f"{value:.3f}" for name, value in (logs or {}).items()}
        self._bar.set_postfix({"epoch": f"{epoch + 1}/{self._epochs}", **shown})

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Leave the bar where training ended."""
        self._bar.close()


def save_model(model: DecisionFusion, path: Path) -> None:
    """Save a model as one `.keras` file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.stem}.part.keras")
    model.save(aside)
    aside.replace(path)


def _held_out(windows: Windows, settings: Settings) -> NDArray[np.bool_]:
    """Which windows belong to the recordings that choose the epoch, shape (windows,)."""
    recordings = np.unique(windows.recording)
    count = max(1, round(settings.validation_share * len(recordings)))
    chosen = np.random.default_rng(settings.seed).permutation(recordings)[:count]
    return np.isin(windows.recording, chosen)
