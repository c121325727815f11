"""One trainer for all systems that are Keras models: batches, early stopping, a bar, and the learning curves.

A model is built and compiled by its system, after `baseline.runtime.prepare(seed)`, which fixes its initial weights and
the order in which it sees its examples. The same seed then trains the same model.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tqdm import tqdm

if TYPE_CHECKING:
    # Predicting needs no matplotlib, and neither does a bundle that a team sends.
    from baseline.run_folder import RunFolder

Rows = NDArray[np.int64]
"""Which examples, shape (chosen,)."""

Curves = list[dict[str, float]]
"""Of each epoch: `epoch` (from 1), `loss`, the metrics, and `validation_loss` and so on where there is a validation."""


def fit_keras(
    model: keras.Model,
    train: tf.data.Dataset,
    validation: tf.data.Dataset | None = None,
    *,
    epochs: int,
    patience: int | None = None,
    run: RunFolder | None = None,
    name: str = "training",
    callbacks: Sequence[keras.callbacks.Callback] = (),
    progress: bool = True,
) -> Curves:
    """Train a compiled model, and keep its learning curves.

    A schedule of the learning rate is the optimizer's (`keras.optimizers.schedules`, see `steps_of`).

    Args:
        model: compiled, made after `prepare(seed)`.
        train: batches from `batches` or `array_batches`, already in the order in which they are shown.
        validation: batches of other recordings.
        epochs: how many at most.
        patience: with it, training ends after so many epochs without a smaller validation loss, and the weights of the
            epoch with the smallest one are kept. Without it all epochs are trained and the last weights stay.
        run: where the curves are written, as `<name>.csv` and `<name>.png`.
        name: of the curves and of the bar, such as `speech`: a system may train several models in a run.
        callbacks: what else happens between the epochs.
        progress: whether a bar is shown on standard error.

    Raises:
        ValueError: patience without a validation.
    """
    if patience is not None and validation is None:
        raise ValueError("patience: expected batches of a validation to watch. Received: none")
    of_fit = list(callbacks)
    if patience is not None:
        of_fit.append(
            keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True, mode="min")
        )
    if progress:
        of_fit.append(ProgressBar(epochs, name))
    history = model.fit(
        train,
        validation_data=validation,
        epochs=epochs,
        callbacks=of_fit,
        shuffle=False,  # the batches are shuffled already
        verbose=0,
    )
    curves = _as_rows(history.history)
    if run is not None:
        run.write_curves(name, curves)
    return curves


def steps_of(examples: int, batch: int, epochs: int) -> int:
    """How many steps a training has, for schedules of the learning rate that end with it.

    >>> steps_of(examples=130, batch=64, epochs=5)
    15
    """
    return epochs * -(-examples // batch)


def array_batches(
    inputs: Any,
    targets: Any = None,
    weights: NDArray[np.float32] | None = None,
    *,
    size: int,
    rows: Rows | None = None,
    shuffle_seed: int | None = None,
) -> tf.data.Dataset:
    """Examples from arrays in batches: inputs, (inputs, targets) or (inputs, targets, weights).

    Args:
        inputs: one array or a mapping of arrays by name, shape (examples, …) each. They are not copied but for the
            batch at hand.
        targets: likewise.
        weights: how much each example counts, shape (examples,).
        size: examples in a batch; the last one may be smaller.
        rows: which examples, all by default.
        shuffle_seed: with it, every pass is in a new order, the same in every run.
    """
    parts = tuple(part for part in (inputs, targets, weights) if part is not None)
    arrays = parts if len(parts) > 1 else inputs
    if rows is None:
        rows = np.arange(len(tf.nest.flatten(inputs)[0]))
    return batches(
        lambda chosen: tf.nest.map_structure(lambda array: array[chosen], arrays),
        rows,
        size=size,
        shuffle_seed=shuffle_seed,
    )


def batches(
    load: Callable[[Rows], Any],
    rows: Rows,
    *,
    size: int,
    shuffle_seed: int | None = None,
    lengths_vary: bool = False,
) -> tf.data.Dataset:
    """Examples that are made when their batch comes up: cut from long recordings, augmented, padded to the longest.

    A batch is made on a thread of its own while the step before it runs, one batch after another. The data may go when
    nothing in Python holds the dataset: what TensorFlow alone knows of (one made inside `flat_map`) cannot be read.

    Args:
        load: rows → what the model takes of them: arrays, or mappings and tuples of arrays, shape (chosen, …) each;
            the structure and the types are the same for all rows. It is called once beforehand, with the first row.
        rows: the examples.
        size: examples in a batch; the last one may be smaller.
        shuffle_seed: with it, every pass is in a new order, the same in every run.
        lengths_vary: whether the second axis of arrays with three axes or more (frames) is longer in some batches.
    """
    loader = _Loader(load)
    example = load(rows[:1])
    flat = tf.nest.flatten(example)
    types = [tf.as_dtype(array.dtype) for array in flat]

    def batch(chosen: tf.Tensor) -> Any:
        # TensorFlow keeps the inner function as long as the process runs; the data may go with the batches before.
        held = weakref.ref(loader)
        # Not `stateful`, or `enable_op_determinism` undoes the prefetching: every step would wait for its batch.
        tensors = tf.numpy_function(lambda some: tf.nest.flatten(held().load(some)), [chosen], types, stateful=False)
        for tensor, array in zip(tensors, flat, strict=True):
            shape = list(array.shape[1:])
            if lengths_vary and len(shape) > 1:
                shape[0] = None
            tensor.set_shape((None, *shape))
        return tf.nest.pack_sequence_as(example, tensors)

    dataset = tf.data.Dataset.from_tensor_slices(rows)
    if shuffle_seed is not None:
        dataset = dataset.shuffle(len(rows), seed=shuffle_seed, reshuffle_each_iteration=True)
    # tf.data's autotuning thread keeps `fit` and `predict` from returning for seconds after the last batch.
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.batch(size).map(batch).prefetch(1).with_options(options)


@dataclass(frozen=True, eq=False)
class _Loader:
    """Keeps a function, and with it the data that it takes from."""

    load: Callable[[Rows], Any]


class ProgressBar(keras.callbacks.Callback):
    """One bar over all epochs, on standard error."""

    def __init__(self, epochs: int, name: str = "training") -> None:
        super().__init__()
        self._epochs, self._name = epochs, name

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Show an empty bar."""
        self._bar = tqdm(total=self._epochs * self.params["steps"], unit="batch", desc=self._name)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Move on."""
        self._bar.update()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Show how well it goes."""
        shown = {_plain(name): f"{value:.3f}" for name, value in (logs or {}).items()}
        self._bar.set_postfix({"epoch": f"{epoch + 1}/{self._epochs}", **shown})

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Leave the bar where training ended."""
        self._bar.close()


def _as_rows(history: dict[str, list[float]]) -> Curves:
    names = list(history)
    return [
        {"epoch": epoch, **dict(zip(map(_plain, names), map(float, values), strict=True))}
        for epoch, values in enumerate(zip(*history.values(), strict=True), start=1)
    ]


def _plain(name: str) -> str:
    """Keras' name of a curve, in words."""
    return f"validation_{name.removeprefix('val_')}" if name.startswith("val_") else name
