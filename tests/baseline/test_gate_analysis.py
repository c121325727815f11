"""The gates are those of Keras' own layer, and a cell that follows a feature is found."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d
from scipy.stats import pearsonr

from baseline.gate_analysis import (
    HIDDEN,
    OUTPUT_GATE,
    best_cells,
    chance_level,
    draw_cells,
    lstm_activations,
    pearson_cc,
    recording_activations,
)
from baseline.media_sequences import Sequences
from baseline.post_processing import Chain
from baseline.sequence_predictor import SequencePredictor
from baseline.system import Size
from baseline.systems.end_to_end import network, settings, speech_network
from tests.baseline.conversations import make_corpus


def slow(seed: int, *shape: int) -> np.ndarray:
    return np.asarray(gaussian_filter1d(np.random.default_rng(seed).normal(size=shape), 20, axis=0))


def test_outputs_are_those_of_the_layer_and_gates_are_what_they_pass_through() -> None:
    layer = keras.layers.LSTM(7, return_sequences=True, return_state=True)
    inputs = np.random.default_rng(0).normal(0, 2, (3, 12, 5)).astype(np.float32)
    outputs, _, memory = layer(inputs)

    found = lstm_activations(layer, inputs)

    np.testing.assert_allclose(found[HIDDEN], outputs, atol=1e-5)
    gates = found[OUTPUT_GATE]
    assert ((gates > 0) & (gates < 1)).all()
    np.testing.assert_allclose(gates[:, -1] * np.tanh(memory), np.asarray(outputs)[:, -1], atol=1e-5)


def test_the_cell_that_follows_a_feature_is_found_and_is_better_than_chance() -> None:
    activations = {("lstm_1", OUTPUT_GATE): slow(1, 2000, 30), ("lstm_2", HIDDEN): slow(2, 2000, 30)}
    features = {"loudness": -2 * activations["lstm_2", HIDDEN][:, 11] + 0.02 * slow(3, 2000) + 5}

    cells = best_cells(activations, features, window=1, most=3)

    assert len(cells) == 3
    first = cells[0]
    assert (first.layer, first.activation, first.cell) == ("lstm_2", HIDDEN, 11)
    assert first.pearson_cc == pytest.approx(
        pearsonr(activations["lstm_2", HIDDEN][:, 11], features["loudness"]).statistic, abs=1e-9
    )
    assert first.pearson_cc < -0.99
    assert abs(cells[1].pearson_cc) < 0.5
    assert first.chance < 0.6


def test_what_no_cell_follows_is_no_better_than_chance() -> None:
    activations = {("lstm_1", HIDDEN): slow(4, 1000, 200)}
    feature = slow(5, 1000)

    (best,) = best_cells(activations, {"mean F0": feature}, window=1, most=1)

    assert abs(best.pearson_cc) > 0.2  # the best of 200 slow signals always correlates a little
    assert abs(best.pearson_cc) < 1.2 * best.chance
    assert best.chance == chance_level(activations["lstm_1", HIDDEN], feature)


def test_frames_without_the_feature_do_not_count() -> None:
    values, feature = slow(6, 300, 4), slow(7, 300)
    feature[100:200] = np.nan
    known = np.isfinite(feature)

    expected = [pearsonr(values[known, cell], feature[known]).statistic for cell in range(4)]

    np.testing.assert_allclose(pearson_cc(values, feature), expected, atol=1e-9)
    assert not pearson_cc(values, np.full(300, np.nan)).any()
    assert not pearson_cc(np.ones((300, 2)), feature).any()


def test_the_activations_of_a_recording_are_those_of_its_sequences_one_after_the_other(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "corpus", seconds=3.4)  # 85 frames: three sequences of 25, and one of the last 25
    tiny = settings(Size.TINY, "speech")
    model = network([speech_network(tiny, 25)], tiny, 2)
    system = SequencePredictor(model, tiny.sequence(25), [Chain(), Chain()])
    folder = corpus.folder("test")
    sequences = Sequences(folder, ["test0"], system.forms, system.form, tmp_path / "media")

    found = recording_activations(system, sequences, "test0")

    assert set(found) == {(f"lstm_{layer}", kind) for layer in (1, 2) for kind in (OUTPUT_GATE, HIDDEN)}
    assert found["lstm_2", HIDDEN].shape == (85, 4)
    # What the last layer gives is what the network makes its prediction of.
    weight, bias = model.get_layer("attributes").get_weights()
    np.testing.assert_allclose(found["lstm_2", HIDDEN] @ weight + bias, system.raw(sequences)["test0"], atol=1e-5)


def test_the_plot_has_a_panel_for_each_feature_with_the_cell_in_its_title() -> None:
    activations = {("lstm_1", HIDDEN): slow(8, 400, 5)}
    features = {"loudness": activations["lstm_1", HIDDEN][:, 3], "mean F0": np.full(400, np.nan)}
    cells = best_cells(activations, features, window=5)

    figure = draw_cells(cells, activations, features, np.arange(400) / 25, window=5)

    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles[0].startswith("loudness: output of cell 3 in lstm_1, r = ")
    assert titles[1].startswith("mean F0: ")
    figure.savefig(Path("/dev/null"), format="png")
