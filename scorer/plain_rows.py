"""Prediction files as nearly every team writes them: their labels, read without taking rows apart.

There are two ways, both for tasks that name one label for a row. `TemplateLayouts` compares bytes: times stand as in
the template, and a row differs from it in one digit. `read_plain_rows` works out the times of rows such as
`12.34,0,0,1,0,0,0`, or with `0.0` and `1.0`. Each returns the labels, or None where it does not know the file: then
`scorer.prediction_file` takes the file apart and says what is wrong, if anything is. So neither way may take a file
that is refused there, nor find other labels in it; but either may give up on a file that is legal.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from data_spec.csv_files import format_time
from data_spec.stream import Flags, Times

Text = NDArray[np.uint8]
"""Bytes of a file, shape (bytes,)."""
Places = NDArray[np.int64]
"""Of one byte in each row, counted from the first byte of the file, shape (rows,)."""
LabelOfRows = NDArray[np.int8]
"""Which label each row names, shape (rows,)."""

LINE_END, COMMA, POINT, ZERO, ONE = b"\n,.01"

MOST_LAYOUT_BYTES = 24_000_000
"""As many bytes of layouts are kept: a public test of 143 recordings has 20 million."""

MOST_WHOLE_DIGITS = 4
MOST_DECIMALS = 20
ROUNDING = 1e-14
"""A time of so many digits is worked out to this share of it, or better: 24 roundings of 1.1e-16 each."""


class TemplateLayouts:
    """The bytes of templates as the kit writes them, compared with files whose times were left as they stand there.

    It pays where many files are read for the same templates, since making it takes as long as reading some of them.

    Args:
        templates: the times to predict, in seconds, shape (frames,), by recording.
        labels: how many labels there are.
        most_bytes: of all layouts together. The recordings that come after are read without one.
    """

    def __init__(self, templates: Mapping[str, Times], labels: int, most_bytes: int = MOST_LAYOUT_BYTES) -> None:
        self._labels = labels
        # By the array itself, which stays alive in here: no other one can have its identity.
        self._layouts: dict[int, tuple[Times, Text, NDArray[np.int32]]] = {}
        zeros = ",0" * labels + "\n"
        for times in templates.values():
            rows = [format_time(time) + zeros for time in times.tolist()]
            text = np.frombuffer("".join(rows).encode(), dtype=np.uint8)
            first_labels = np.cumsum([len(row) for row in rows], dtype=np.int32) - (len(zeros) - 1)
            most_bytes -= text.nbytes + first_labels.nbytes
            if most_bytes < 0:
                return
            self._layouts[id(times)] = (times, text, first_labels)

    def read(self, body: Text, times: Times) -> LabelOfRows | None:
        """The labels of a file whose other bytes are those of its template.

        Args:
            body: of the file, without its header; lines end in LF, the last one too.
            times: the very array that the layouts were made of.
        """
        if (layout := self._layouts.get(id(times))) is None:
            return None
        _, template, first_labels = layout
        if len(body) != len(template):
            return None
        return _changed_labels(body, body != template, first_labels, len(b",0"), self._labels)


def read_plain_rows(header: bytes, text: bytes, times: Times, tolerance: float, labels: int) -> LabelOfRows | None:
    """The labels of a file of which every row is a decimal number without an exponent, then zeros and a one.

    Args:
        header: the file's first line, with its LF.
        text: the file from its first byte to its last, which is an LF, as every line's is.
        times: of the template, in seconds, shape (rows,)
        tolerance: in seconds; a time is less than this away from the template's.
        labels: how many there are.
    """
    # What is read around a row can begin before it, in the header, and end behind it.
    file = np.frombuffer(text + bytes(MOST_DECIMALS), dtype=np.uint8)
    is_line_end = file == LINE_END
    # Counted first: the places of very many would take eight times the memory of the file.
    if len(times) == 0 or np.count_nonzero(is_line_end) != len(times) + 1:
        return None
    line_ends = np.flatnonzero(is_line_end)
    if line_ends[0] != len(header) - 1:
        return None
    starts, ends = line_ends[:-1] + 1, line_ends[1:]
    zeros = (b",0.0" if file[ends[0] - 2] == POINT else b",0") * labels
    commas = ends - len(zeros)
    if not _times_agree(file, starts, commas, times, tolerance):
        return None
    rows = _pieces(file, commas, len(zeros))  # (rows, bytes)
    is_changed = rows != np.frombuffer(zeros, dtype=np.uint8)
    first_labels = np.arange(1, rows.size, len(zeros))
    return _changed_labels(rows.ravel(), is_changed.ravel(), first_labels, len(zeros) // labels, labels)


def _changed_labels(
    text: Text, is_changed: Flags, first_labels: NDArray[np.integer], step: int, labels: int
) -> LabelOfRows | None:
    """Which label of each row is a one, where it is the one byte of its row that is not as in a row of zeros.

    Args:
        text: of all rows.
        is_changed: which bytes are not as in rows of zeros.
        first_labels: where the first label of each row stands.
        step: bytes from one label to the next.
        labels: how many there are.
    """
    changed = np.flatnonzero(is_changed)
    if len(changed) != len(first_labels) or not (text[changed] == ONE).all():
        return None
    # As many bytes as rows: if the first lies among the labels of the first row, the second among those of the
    # second, and so on, then no row has two, and none has none. What lies before them is a huge number here.
    label, within = np.divmod((changed - first_labels).astype(np.uint64), np.uint64(step))
    if within.any() or (label >= labels).any():
        return None
    return label.astype(np.int8)


def _times_agree(file: Text, starts: Places, commas: Places, times: Times, tolerance: float) -> bool:
    """Whether each text from its start up to its comma is a decimal number that is near enough, without a doubt."""
    points = commas
    for digits in range(MOST_WHOLE_DIGITS, 0, -1):
        points = np.where(file[starts + digits] == POINT, starts + digits, points)
    points = np.minimum(points, commas)  # a point may also stand in `0.0`; then the time has none
    whole, decimals = points - starts, np.maximum(commas - points - 1, 0)
    width = MOST_WHOLE_DIGITS + 1 + (most_decimals := int(decimals.max()))
    if whole.min() < 1 or whole.max() > MOST_WHOLE_DIGITS or most_decimals > MOST_DECIMALS:
        return False
    # Each row's digits with the points below one another: what is left of its number, or right of it, becomes 0.
    column = np.arange(-MOST_WHOLE_DIGITS, width - MOST_WHOLE_DIGITS, dtype=np.int8)
    left, right = whole.astype(np.int8)[:, None], decimals.astype(np.int8)[:, None]
    is_digit = (column >= -left) & (column <= right) & (column != 0)
    numbers = (_pieces(file, points - MOST_WHOLE_DIGITS, width) - np.uint8(ZERO)) * is_digit  # (rows, digits)
    if numbers.max() > 9:
        return False
    found = numbers @ 10.0 ** np.where(column < 0, -1 - column, -column)
    doubt = ROUNDING * (1 + found + np.abs(times))
    return bool((np.abs(found - times) + doubt < tolerance).all())


def _pieces(text: Text, starts: Places, width: int) -> NDArray[np.uint8]:
    """So many bytes from each of the places, shape (places, width); all of them lie within the text."""
    pieces = np.ndarray(len(text) - width + 1, dtype=f"V{width}", buffer=text, strides=(1,))
    return pieces[starts].view(np.uint8).reshape(-1, width)
