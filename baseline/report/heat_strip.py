"""A stream as a strip: time from left to right, a line for each column, colour where a value is unusual."""

from __future__ import annotations

import base64
import io

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray
from PIL import Image

from baseline.report.contents import Gap, ShownStream
from baseline.report.svg import Attributes, drawing, element
from baseline.report.texts import clock, gap_text
from baseline.report.time_scale import TimeScale

HEIGHT = 64
MOST_PIECES = 600
"""Pieces of time in a strip at the most: as many as a page has points, half."""

OUTERMOST = 0.05
"""The share of the frames, under the median and over it, that are in full colour."""

LOW, HIGH = (58, 134, 217), (224, 122, 44)
"""Blue under the median, orange over it: no kind of colour blindness confuses them. The median is transparent."""

_LEVELS = 24
"""Shades of each colour."""


def heat_strip(shown: ShownStream, scale: TimeScale) -> Markup:
    """The drawing of one stream, its gaps hatched and named."""
    name, gaps = shown.modality.name, shown.gaps(scale.seconds)
    parts: list[Markup] = []
    if shown.stream is not None and shown.stream.present.any():
        picture = _png(deviations(shown, scale.seconds))
        image = {"href": f"data:image/png;base64,{base64.b64encode(picture).decode()}", "preserveAspectRatio": "none"}
        parts.append(element("image", {"class": "heat", "width": "100%", "height": HEIGHT, **image}))
    parts += scale.grid
    parts += [mark for gap in gaps for mark in gap_marks(gap, scale, HEIGHT)]
    heard = "; gaps: " + gap_text(gaps) if gaps else "; no gaps"
    title = f"{name}: {shown.modality.features} columns over {clock(scale.seconds)}{heard}"
    return drawing(title, HEIGHT, "strip", *parts)


def gap_marks(gap: Gap, scale: TimeScale, height: float, text: str = "gap") -> list[Markup]:
    """A hatched rectangle, and a word in it where there is room."""
    span = scale.span(gap.begin, gap.end)
    title = element("title", {}, f"{text}: {clock(gap.begin)} to {clock(gap.end)}")
    marks = [element("rect", {"class": "gap", **span, "height": height}, title)]
    if (room := scale.room(gap.begin, gap.end, text)) != "none":
        middle: Attributes = {"x": scale.x((gap.begin + gap.end) / 2), "y": height / 2 + 4.5, "text-anchor": "middle"}
        marks.append(element("text", {"class": f"gap-name room-{room}", **middle}, text))
    return marks


def deviations(shown: ShownStream, seconds: float) -> NDArray[np.float64]:
    """How far a stream's values lie from their median, over pieces of time.

    The scale is the recording's own, of each column, over the frames that carry data: 0 is the median, 1 the value
    that `OUTERMOST` of the frames are over, -1 the one that as many are under; so a single jump, as body movements
    have, leaves the rest of a column visible. A column that never changes is 0.

    Args:
        shown: has a stream with data.
        seconds: how long the recording is.

    Returns:
        -1 to 1, shape (pieces, columns), NaN where a piece has no data.
    """
    assert shown.stream is not None
    stream, present = shown.stream, shown.stream.present
    values = _scaled(stream.values[present].astype(np.float64))
    pieces = max(1, min(MOST_PIECES, int(seconds * shown.modality.rate + 1e-6)))
    places = (stream.times[present] + 0.5 / shown.modality.rate) / seconds * pieces
    piece = np.clip(places.astype(np.int64), 0, pieces - 1)
    sums = np.zeros((pieces, values.shape[1]))
    np.add.at(sums, piece, values)
    counts = np.bincount(piece, minlength=pieces)[:, None]
    with np.errstate(invalid="ignore"):
        return np.where(counts > 0, sums / np.where(counts > 0, counts, 1), np.nan)


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each column from -1 to 1 around its median, shape (frames, columns)."""
    least, low, median, high, most = np.quantile(values, [0, OUTERMOST, 0.5, 1 - OUTERMOST, 1], axis=0)
    # A flag that is seldom set has its median at its ends.
    over = np.where(high > median, high, most) - median
    under = median - np.where(low < median, low, least)
    scale = np.where(values > median, over, under)
    # What was interpolated between equal values differs in its last digits.
    changes = scale > 1e-5 * np.median(np.abs(values), axis=0)
    scaled = np.divide(values - median, scale, out=np.zeros_like(values), where=changes)
    return np.asarray(np.clip(scaled, -1, 1))


def _png(values: NDArray[np.float64]) -> bytes:
    """Values from -1 to 1, shape (pieces, columns), as a picture of a few colours, the first column at the top."""
    level = np.rint(np.nan_to_num(values) * _LEVELS) + _LEVELS
    numbers = np.ascontiguousarray(level.T.astype(np.uint8))  # (columns, pieces)
    picture = Image.frombytes("P", (numbers.shape[1], numbers.shape[0]), numbers.tobytes())
    picture.putpalette([part for number in range(2 * _LEVELS + 1) for part in (LOW if number < _LEVELS else HIGH)])
    opacity = bytes(round(255 * abs(number - _LEVELS) / _LEVELS) for number in range(2 * _LEVELS + 1))
    file = io.BytesIO()
    picture.save(file, "PNG", transparency=opacity, optimize=True)
    return file.getvalue()
