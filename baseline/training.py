"""Training of the naive baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
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
from data_spec.whole_file import whole_file


@dataclass(frozen=True)
class Settings:
    """What can be chosen about a training run; nothing of it changes the model's architecture."""

    epochs: int = 5
    batch: int = 64
    """Windows in a step."""
    learning_rate: float = 1e-3
    """At the beginning; it falls to 0 along a cosine, so that the last epoch is not a matter of luck."""
    validation_share: float = 0.0
    """Of the recordings, that are not trained on: how well they are predicted is shown, and decides nothing."""
    seed: int = 0


def train(
    folder: RecordingFolder, modalities: Sequence[str], settings: Settings, progress: bool = True
) -> DecisionFusion:
    """Train the naive baseline on a folder of labelled recordings.

    Raises:
        ValueError: too few recordings with labels.
        CsvError: a file is broken.
    """
    prepare(settings.seed)
    windows = cut_windows(folder, modalities)
    labels = window_labels(windows, folder.labels, folder.challenge.task)
    held_out = _held_out(windows, settings)
    labelled = labels != NO_LABEL
    fitted, watched = np.flatnonzero(labelled & ~held_out), np.flatnonzero(labelled & held_out)
    if not len(fitted):
        raise ValueError(
            f"{folder.path}: expected labelled recordings to train on, found {len(folder.labels)} recordings "
            f"with {labelled.sum()} labelled windows, {len(watched)} of them held out"
        )
    model = DecisionFusion(folder.challenge, modalities)
    for name in modalities:
        model.get_layer(f"{name}_standardized").adapt(windows.inputs[name][fitted])
    steps = settings.epochs * -(-len(fitted) // settings.batch)
    rate = keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)
    model.compile(keras.optimizers.RMSprop(rate), loss="categorical_crossentropy", metrics=["accuracy"])
    one_hot = np.eye(len(folder.challenge.task.labels), dtype=np.float32)[labels]  # (windows, labels)
    model.fit(
        batches(windows, settings.batch, one_hot, fitted, shuffle_seed=settings.seed),
        validation_data=batches(windows, settings.batch, one_hot, watched) if len(watched) else None,
        epochs=settings.epochs,
        callbacks=[ProgressBar(settings.epochs)] if progress else [],
        shuffle=False,  # the batches are shuffled already
        verbose=0,
    )
    return model


def batches(
    windows: Windows,
    size: int,
    one_hot: NDArray[np.float32] | None = None,
    rows: NDArray[np.int64] | None = None,
    shuffle_seed: int | None = None,
) -> tf.data.Dataset:
    """Windows in batches: (inputs by modality, labels), or inputs alone where there are no labels.

    Args:
        windows: are not copied but for the batch at hand.
        size: windows in a batch; the last one may be smaller.
        one_hot: the labels, shape (windows, labels).
        rows: which windows, all by default, shape (chosen,).
        shuffle_seed: with it, every pass is in a new order, the same in every run.
    """
    arrays = [*windows.inputs.values()] + ([] if one_hot is None else [one_hot])

    def gather(chosen: NDArray[np.int64]) -> list[NDArray[np.float32]]:
        return [array[chosen] for array in arrays]

    def batch(chosen: tf.Tensor) -> Any:
        tensors = tf.numpy_function(gather, [chosen], [tf.float32] * len(arrays), stateful=False)
        for tensor, array in zip(tensors, arrays, strict=True):
            tensor.set_shape((None, *array.shape[1:]))
        inputs = dict(zip(windows.inputs, tensors, strict=False))
        return inputs if one_hot is None else (inputs, tensors[-1])

    if rows is None:
        rows = np.arange(len(windows))
    dataset = tf.data.Dataset.from_tensor_slices(rows)
    if shuffle_seed is not None:
        dataset = dataset.shuffle(len(rows), seed=shuffle_seed, reshuffle_each_iteration=True)
    # tf.data's autotuning thread keeps `fit` and `predict` from returning for seconds after the last batch.
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.batch(size).map(batch).prefetch(1).with_options(options)


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
    with TemporaryDirectory() as folder:
        # Keras takes a name that ends in .keras, and no open file.
        model.save(Path(folder) / "model.keras")
        with whole_file(path) as file:
            file.write((Path(folder) / "model.keras").read_bytes())


def _held_out(windows: Windows, settings: Settings) -> NDArray[np.bool_]:
    """Which windows belong to recordings that are not trained on, shape (windows,)."""
    recordings = np.unique(windows.recording)
    count = round(settings.validation_share * len(recordings))
    chosen = np.random.default_rng(settings.seed).permutation(recordings)[:count]
    return np.isin(windows.recording, chosen)
