"""The emotions over time: how probable each of them is, and which one each frame is given."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from baseline.report.colours import label_class
from baseline.report.contents import Gap, RecordingReport
from baseline.report.heat_strip import gap_marks
from baseline.report.names import shortest
from baseline.report.runs import runs_of
from baseline.report.svg import Attributes, drawing, element
from baseline.report.texts import clock, whole_percent
from baseline.report.time_scale import TimeScale
from data_spec.stream import NO_LABEL

ROW_HEIGHT = 52
BAND_HEIGHT = 34
_FIGURES = 16
"""Room over the bars of a row for their figures."""


def probability_row(report: RecordingReport, number: int, scale: TimeScale) -> Markup:
    """How probable one label is over time: a bar for each run of equal probability, full where it is the largest."""
    label, edges = report.model.challenge.task.labels[number], report.edges
    values, index = report.probabilities[:, number], report.index
    bars: list[Markup] = []
    for run in runs_of(np.column_stack([values, index == number])):
        begin, end, value = float(edges[run.first]), float(edges[run.end]), float(values[run.first])
        title = element("title", {}, f"{label}: {whole_percent(value)} from {clock(begin)} to {clock(end)}")
        height = value * (ROW_HEIGHT - _FIGURES - 1)
        place = {**scale.span(begin, end), "y": ROW_HEIGHT - 1 - height, "height": max(height, 0.75)}
        kind = "bar chosen" if index[run.first] == number else "bar"
        bars.append(element("rect", {"class": f"{kind} {label_class(number)}", **place}, title))
        if (room := scale.room(begin, end, whole_percent(value))) != "none":
            figure: Attributes = {"class": f"figure room-{room}", "x": scale.x(begin), "dx": 3, "y": _FIGURES - 4}
            bars.append(element("text", figure, whole_percent(value)))
    base: Attributes = {"class": "base", "x1": "0", "x2": "100%", "y1": ROW_HEIGHT - 0.5, "y2": ROW_HEIGHT - 0.5}
    mean = whole_percent(float(values.mean()))
    told = f"Probability of {label} over time: {mean} on average, {whole_percent(float(values.max()))} at the most"
    return drawing(told, ROW_HEIGHT, "row", *scale.grid, element("line", base), *bars)


def predicted_band(report: RecordingReport, scale: TimeScale) -> Markup:
    """The label of every frame, as predicted."""
    return _band("Predicted", report.index, report, scale)


def truth_band(report: RecordingReport, scale: TimeScale) -> Markup:
    """The label of every frame, as the annotators gave it."""
    assert report.truth is not None
    return _band("Labelled by people", report.truth.index, report, scale)


def _band(what: str, index: NDArray[np.int8], report: RecordingReport, scale: TimeScale) -> Markup:
    labels, edges = report.model.challenge.task.labels, report.edges
    letters = shortest(labels)
    parts: list[Markup] = []
    told = []
    for run in runs_of(index):
        number, begin, end = int(index[run.first]), float(edges[run.first]), float(edges[run.end])
        if number == NO_LABEL:
            told.append(f"a tie from {clock(begin)} to {clock(end)}")
            parts += gap_marks(Gap(begin, end), scale, BAND_HEIGHT, "tie")
            continue
        told.append(f"{labels[number]} from {clock(begin)} to {clock(end)}")
        title = element("title", {}, told[-1])
        kind = label_class(number)
        parts.append(
            element("rect", {"class": f"piece {kind}", **scale.span(begin, end), "height": BAND_HEIGHT}, title)
        )
        if begin > 0:
            line = {"class": "edge", "x1": scale.x(begin), "x2": scale.x(begin), "y1": "0", "y2": "100%"}
            parts.append(element("line", line))
        parts += _names(labels[number], letters[number], label_class(number), begin, end, scale)
    shown = ", ".join(told[:12]) + (f" and {len(told) - 12} more" if len(told) > 12 else "")
    return drawing(f"{what}: {shown}", BAND_HEIGHT, "band", *parts)


def _names(label: str, letters: str, kind: str, begin: float, end: float, scale: TimeScale) -> list[Markup]:
    """The name of a piece, and its first letters for widths on which the name has no room."""
    room, room_of_letters = scale.room(begin, end, label), scale.room(begin, end, letters)
    place: Attributes = {"x": scale.x((begin + end) / 2), "y": BAND_HEIGHT / 2 + 5, "text-anchor": "middle"}
    texts = [element("text", {"class": f"name {kind} room-{room}", **place}, label)] if room != "none" else []
    if room_of_letters != "none" and (room == "none" or (room == "broad" and room_of_letters == "any")):
        shown = "room-narrow" if room == "broad" else f"room-{room_of_letters}"
        texts.append(element("text", {"class": f"name {kind} {shown}", **place}, letters))
    return texts
