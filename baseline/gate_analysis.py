"""Which cells of a recurrent network follow which prosodic features of a recording it has not seen.

End-to-end multimodal emotion recognition, section V-B-1 and Fig. 2: cells of the speech network are found whose
activations correlate with the range of the RMS energy, the loudness and the mean of the fundamental frequency. The best
of some hundred cells correlates with anything that changes slowly; how far is told beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.special import expit

from baseline.media_sequences import Sequences
from baseline.plots import BLUE, RED
from baseline.sequence_predictor import SequencePredictor

Activations = NDArray[np.float64]
"""Of each cell in each frame, shape (frames, cells)."""

OUTPUT_GATE, HIDDEN = "output gate", "output"
"""What is looked at of a cell: how far its output gate is open, and what passes through it."""

CHANCE_SHIFTS = 20


@dataclass(frozen=True)
class Cell:
    """One cell that follows a feature.

    Attributes:
        feature: that it follows.
        layer: name of its layer.
        activation: `OUTPUT_GATE` or `HIDDEN`.
        cell: number of the cell in its layer.
        pearson_cc: correlation of the activation with the feature, -1 to 1.
        chance: what |r| the best cell reaches with the feature moved to another time (see `chance_level`).
    """

    feature: str
    layer: str
    activation: str
    cell: int
    pearson_cc: float
    chance: float


def lstm_activations(layer: keras.layers.LSTM, inputs: NDArray[np.floating]) -> dict[str, NDArray[np.float64]]:
    """The output gates and the outputs of an LSTM layer, which Keras keeps to itself.

    Args:
        layer: of Keras' default activations.
        inputs: shape (sequences, frames, features).

    Returns:
        Under `OUTPUT_GATE` values of 0 to 1, under `HIDDEN` of -1 to 1, shape (sequences, frames, cells) each.
    """
    kernel, recurrent, bias = (np.asarray(weight, dtype=np.float64) for weight in layer.get_weights())
    sequences, frames, cells = *inputs.shape[:2], layer.units
    hidden, memory = np.zeros((sequences, cells)), np.zeros((sequences, cells))
    gates, outputs = np.empty((sequences, frames, cells)), np.empty((sequences, frames, cells))
    for frame in range(frames):
        driven = inputs[:, frame] @ kernel + hidden @ recurrent + bias  # (sequences, 4 cells)
        enter, forget, candidate, leave = np.split(driven, 4, axis=1)
        memory = expit(forget) * memory + expit(enter) * np.tanh(candidate)
        gates[:, frame] = expit(leave)
        outputs[:, frame] = hidden = gates[:, frame] * np.tanh(memory)
    return {OUTPUT_GATE: gates, HIDDEN: outputs}


def recording_activations(
    system: SequencePredictor, sequences: Sequences, recording: str
) -> dict[tuple[str, str], Activations]:
    """The activations of each LSTM layer through a recording, by (layer, activation).

    Where sequences overlap, the frames are those of the earlier one.
    """
    firsts = [first for name, first in sequences.places if name == recording]
    parts = [sequences.inputs(recording, first, system.forms, random=None) for first in firsts]
    inputs = {key: np.stack([part[key] for part in parts]) for key in parts[0]}
    lstms = [layer for layer in system.model.layers if isinstance(layer, keras.layers.LSTM)]
    below = keras.Model(system.model.input, [layer.input for layer in lstms])
    driving = below.predict(inputs, batch_size=1, verbose=0)  # what goes into each layer
    frames = len(sequences.media[recording].times)
    result = {}
    for layer, values in zip(lstms, driving, strict=True):
        for activation, pieces in lstm_activations(layer, values).items():
            whole = np.empty((frames, layer.units))
            # From the last to the first, so that the earlier one stays.
            for first, piece in zip(reversed(firsts), reversed(pieces), strict=True):
                whole[first : first + len(piece)] = piece[: frames - first]
            result[layer.name, activation] = whole
    return result


def best_cells(
    activations: Mapping[tuple[str, str], Activations],
    features: Mapping[str, NDArray[np.float64]],
    window: int,
    most: int = 10,
) -> list[Cell]:
    """The cells that correlate most with each feature, in either direction, the best first.

    Args:
        activations: by (layer, activation).
        features: by name, shape (frames,), NaN where a feature is not known.
        window: frames over which activations are averaged, as the features are.
        most: cells of a feature.
    """
    smooth = {key: smoothed(values, window) for key, values in activations.items()}
    cells: list[Cell] = []
    for name, feature in features.items():
        every = np.concatenate([pearson_cc(values, feature) for values in smooth.values()])
        owners = [(key, cell) for key, values in smooth.items() for cell in range(values.shape[1])]
        chance = chance_level(np.concatenate([*smooth.values()], axis=1), feature)
        for place in np.argsort(-np.abs(every), kind="stable")[:most].tolist():
            (layer, activation), cell = owners[place]
            cells.append(Cell(name, layer, activation, cell, float(every[place]), chance))
    return cells


def smoothed(values: Activations, window: int) -> Activations:
    """The mean over a window around each frame, shape (frames, cells)."""
    return np.asarray(uniform_filter1d(values, max(window, 1), axis=0, mode="nearest"))


def pearson_cc(values: Activations, feature: NDArray[np.float64]) -> NDArray[np.float64]:
    """The correlation of each cell with a feature where that is known, 0 where either is constant, shape (cells,).

    >>> pearson_cc(np.array([[0.0, 5.0], [1.0, 3.0], [7.0, 1.0]]), np.array([1.0, 2.0, np.nan])).tolist()
    [1.0, -1.0]
    """
    known = np.isfinite(feature)
    if not known.any():
        return np.zeros(values.shape[1])
    x, y = values[known] - values[known].mean(axis=0), feature[known] - feature[known].mean()
    scale = np.sqrt((x**2).sum(axis=0) * (y**2).sum())
    correlations: NDArray[np.float64] = np.divide(y @ x, scale, out=np.zeros(values.shape[1]), where=scale > 0)
    return correlations


def chance_level(values: Activations, feature: NDArray[np.float64]) -> float:
    """The |r| of the best cell with the feature at another time: what is found where nothing is to be found.

    The feature is moved round by 20 shifts, each a tenth of the recording or more from its own place; of the best
    cells' |r| it is the 95th percentile.
    """
    frames = len(feature)
    shifts = np.unique(np.linspace(0.1 * frames, 0.9 * frames, CHANCE_SHIFTS).astype(int))
    best = [np.abs(pearson_cc(values, np.roll(feature, shift))).max(initial=0.0) for shift in shifts]
    return float(np.quantile(best, 0.95))


def draw_cells(
    cells: Sequence[Cell],
    activations: Mapping[tuple[str, str], Activations],
    features: Mapping[str, NDArray[np.float64]],
    times: NDArray[np.float64],
    window: int,
) -> Figure:
    """The best cell of each feature beside it, each brought to 0 to 1, as in Fig. 2.

    A cell that goes against its feature is drawn upside down.
    """
    best = {cell.feature: cell for cell in reversed(cells)}
    figure = Figure(figsize=(9, 2.1 * len(features) + 0.6), layout="constrained")
    for axes, (name, feature) in zip(
        figure.subplots(len(features), 1, sharex=True, squeeze=False)[:, 0], features.items(), strict=True
    ):
        cell = best[name]
        values = smoothed(activations[cell.layer, cell.activation], window)[:, cell.cell]
        axes.plot(times, _unit_range(feature), color=RED, linewidth=1.2, label="prosodic feature")
        axes.plot(times, _unit_range(np.sign(cell.pearson_cc) * values), color=BLUE, linewidth=1.2, label="activation")
        axes.set_title(
            f"{name}: {cell.activation} of cell {cell.cell} in {cell.layer}, r = {cell.pearson_cc:.2f} "
            f"(best of all by chance: {cell.chance:.2f})",
            fontsize="medium",
            loc="left",
        )
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_yticks([0, 1])
    axes.set_xlabel("seconds")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper right", ncols=2, frameon=False)
    return figure


def _unit_range(values: NDArray[np.float64]) -> NDArray[np.float64]:
    least, most = np.nanmin(values, initial=np.inf), np.nanmax(values, initial=-np.inf)
    return (values - least) / (most - least) if most > least else np.zeros_like(values)
