"""The one trainer of Keras models: what it shows to a model, when it ends, and what it keeps."""

from __future__ import annotations

import csv
import gc
import threading
import weakref
from itertools import chain
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from baseline.keras_training import array_batches, batches, fit_keras
from baseline.run_folder import RunFolder
from baseline.runtime import prepare

X = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
Y = (X @ np.array([[1.0], [-2.0], [0.5]], dtype=np.float32)).astype(np.float32)


def linear_model(rate: float = 0.05) -> keras.Model:
    prepare(seed=7)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(rate), loss="mse")
    return model


def examples(seed: int | None = 0) -> keras.utils.PyDataset:
    return array_batches(X, Y, size=16, shuffle_seed=seed)


def test_a_training_leaves_its_learning_curves_in_the_run(tmp_path: Path) -> None:
    curves = fit_keras(
        linear_model(), examples(), examples(None), epochs=3, run=RunFolder(tmp_path), name="line", progress=False
    )
    assert [row["epoch"] for row in curves] == [1, 2, 3]
    assert curves[-1]["loss"] < curves[0]["loss"]
    assert curves[-1]["validation_loss"] < curves[0]["validation_loss"]
    with (tmp_path / "line.csv").open() as file:
        assert [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)] == curves
    assert (tmp_path / "line.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_seed_trains_the_same_model() -> None:
    def weights() -> NDArray[np.float32]:
        model = linear_model()
        fit_keras(model, examples(), epochs=2, progress=False)
        return np.concatenate([one.ravel() for one in model.get_weights()])

    np.testing.assert_array_equal(weights(), weights())


def test_with_patience_training_ends_when_the_validation_is_no_better_and_the_best_weights_stay() -> None:
    model = linear_model(rate=0.2)
    # The validation wants the opposite: every step away from the start is a worse one, after the first or second.
    opposite = array_batches(X, -Y, size=16)
    curves = fit_keras(model, examples(), opposite, epochs=30, patience=3, progress=False)
    losses = [row["validation_loss"] for row in curves]
    best = int(np.argmin(losses))
    assert len(losses) == best + 1 + 3 < 30
    assert model.evaluate(opposite, verbose=0) == pytest.approx(losses[best])


def test_patience_needs_a_validation() -> None:
    with pytest.raises(ValueError, match="expected batches of a validation"):
        fit_keras(linear_model(), examples(), epochs=1, patience=2, progress=False)


def test_a_bar_shows_how_far_it_is_and_how_well_it_goes(capsys: pytest.CaptureFixture[str]) -> None:
    fit_keras(linear_model(), examples(), examples(None), epochs=2, name="line")
    shown = capsys.readouterr().err
    assert "line: 100%" in shown
    assert "8/8" in shown
    assert "validation_loss=" in shown


def test_every_pass_over_shuffled_batches_is_in_a_new_order_that_repeats_from_run_to_run() -> None:
    numbers = np.arange(20, dtype=np.float32)[:, None]

    def passes() -> list[list[list[float]]]:
        dataset = array_batches({"eyes": numbers}, numbers, size=6, shuffle_seed=1)
        return [[inputs["eyes"].numpy()[:, 0].tolist() for inputs, _ in dataset] for _ in range(2)]

    first, second = passes()
    assert first != second
    assert sorted(chain(*first)) == sorted(chain(*second)) == numbers[:, 0].tolist()
    assert passes() == [first, second]


def test_inputs_targets_and_weights_of_the_chosen_examples_stay_together() -> None:
    numbers = np.arange(20, dtype=np.float32)
    chosen = np.array([3, 5, 7, 8, 11, 13, 17, 19])
    seen: list[float] = []
    for inputs, targets, weights in array_batches(
        {"eyes": numbers[:, None]}, numbers[:, None] % 6, numbers / 2, size=3, rows=chosen, shuffle_seed=3
    ):
        np.testing.assert_array_equal(targets.numpy(), inputs["eyes"].numpy() % 6)
        np.testing.assert_array_equal(weights.numpy(), inputs["eyes"].numpy()[:, 0] / 2)
        seen.extend(inputs["eyes"].numpy()[:, 0].tolist())
    assert sorted(seen) == chosen.tolist()


def test_examples_of_different_lengths_are_padded_batch_by_batch() -> None:
    lengths = np.array([2, 5, 3, 1])

    def load(rows: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        frames = np.zeros((len(rows), lengths[rows].max(), 2), dtype=np.float32)
        for place, row in enumerate(rows):
            frames[place, : lengths[row]] = row + 1
        return frames, lengths[rows, None].astype(np.float32)

    shown = [inputs.numpy().shape for inputs, _ in batches(load, np.arange(4), size=2, lengths_vary=True)]
    assert shown == [(2, 5, 2), (2, 3, 2)]


def test_the_next_batch_is_made_while_a_step_runs() -> None:
    prepare(seed=0)
    made = threading.Semaphore(0)

    def load(rows: NDArray[np.int64]) -> NDArray[np.float32]:
        made.release()
        return rows.astype(np.float32)

    shown = iter(batches(load, np.arange(8), size=2))
    assert next(shown).numpy().tolist() == [0, 1]
    # The example, the batch that was taken, and the next one, which nobody has asked for yet.
    assert all(made.acquire(timeout=20) for _ in range(3))


def test_the_data_go_when_their_batches_go() -> None:
    class Data:
        values = X

    data = Data()
    alive = weakref.ref(data)
    shown = batches(lambda rows, data=data: data.values[rows], np.arange(8), size=2)
    del data
    assert len(list(shown)) == 4
    assert alive() is not None
    del shown
    gc.collect()
    assert alive() is None


def test_inputs_alone_are_batches_to_predict() -> None:
    predicted = linear_model().predict(array_batches(X, size=10), verbose=0)
    assert predicted.shape == (64, 1)
