"""A file of Kinect joints: a CSV with a row for each frame of the sensor.

The header names the columns: `Time` in seconds, and `<joint>_x`, `<joint>_y`, `<joint>_z` in metres for each of the 25
joints, named as the Kinect for Windows SDK 2.0 names them. They are found by name, in any order; what else is in the
file, such as tracking states, is read over: since every column that counts must be there, none is lost by a slip of
spelling. A joint that was not seen has three empty fields. Lines end in LF or CRLF; quotes are not read.
"""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data_spec.csv_files import BYTE_ORDER_MARK, CsvError, CsvFault, format_time
from data_spec.features.body.joints import INDEX, JOINTS, Skeleton
from data_spec.features.resampling import LONGEST_BRIDGE
from data_spec.whole_file import whole_file

COLUMNS: Final = ("Time", *(f"{joint}_{axis}" for joint, axis in product(JOINTS, "xyz")))
"""In the order in which they are written."""

BODY_LENGTHS: Final = (
    ("ShoulderLeft", "ShoulderRight", 0.12, 0.8),
    ("SpineBase", "SpineShoulder", 0.2, 1.0),
    ("SpineShoulder", "Head", 0.08, 0.6),
)
"""Two joints, and the least and the most metres between them.

Ours: wide enough for children and for very tall adults in any posture. Centimetres, millimetres, inches and feet all
lie outside for one of the three.
"""

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def read_joints(path: Path) -> Skeleton:
    """The joints in a file.

    Raises:
        CsvError: the file cannot be read, lacks a column, has a field that is no number, a joint of which only part
            is there, times that do not increase or are too far apart to be seconds, or lengths that no body has in
            metres; names line and column.
    """
    lines = _lines(path)
    columns = _columns(path, lines[0].split(","))
    width = lines[0].count(",") + 1
    rows = np.empty((len(lines) - 1, len(COLUMNS)))
    for number, line in enumerate(lines[1:], start=2):
        fields = line.split(",")
        if len(fields) != width:
            raise CsvError(CsvFault(path, number, None, f"{width} columns", str(len(fields)) if line else "no text"))
        rows[number - 2] = [_number(path, number, name, fields[columns[name]]) for name in COLUMNS]
    times, positions = rows[:, 0].copy(), rows[:, 1:].reshape(-1, len(JOINTS), 3).astype(np.float32)
    _check_times(path, times)
    _check_whole(path, positions)
    _check_metres(path, positions)
    return Skeleton(times=times, positions=positions)


def write_joints(path: Path, skeleton: Skeleton) -> None:
    """Write joints so that they are read as they were: nine digits for positions, which is all of 32 bits.

    Raises:
        ValueError: not of a skeleton's shape, or nothing in it.
        OSError: the file cannot be written.
    """
    shape = (len(skeleton.times), len(JOINTS), 3)
    if skeleton.positions.shape != shape or not len(skeleton.times):
        raise ValueError(
            f"{path}: expected positions of shape (1 or more, 25, 3). Received: {skeleton.positions.shape}"
        )
    lines = [",".join(COLUMNS)]
    for seconds, frame in zip(skeleton.times.tolist(), skeleton.positions.reshape(-1, 75).tolist(), strict=True):
        lines.append(",".join([format_time(seconds), *("" if value != value else f"{value:.9g}" for value in frame)]))
    with whole_file(path) as file:
        file.write(("\n".join(lines) + "\n").encode())


def _lines(path: Path) -> list[str]:
    """The header and at least one line more."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CsvError(CsvFault(path, None, None, "a readable file", error.strerror or str(error))) from error
    lines = re.split(r"\r\n|\r|\n", content.removeprefix(BYTE_ORDER_MARK).decode(errors="replace"))
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise CsvError(CsvFault(path, 1, None, "a header that begins with Time", "an empty file"))
    if len(lines) == 1:
        raise CsvError(CsvFault(path, 2, None, "at least one row", "the end of the file"))
    return lines


def _columns(path: Path, names: list[str]) -> dict[str, int]:
    """Where each column is."""
    places: dict[str, int] = {}
    for place, name in enumerate(name.strip() for name in names):
        if name in places:
            raise CsvError(CsvFault(path, 1, name, "every column once", "it twice"))
        places[name] = place
    for name in COLUMNS:
        if name not in places:
            found = ",".join(names)
            shown = repr(found if len(found) <= 80 else f"{found[:79]}…")
            raise CsvError(CsvFault(path, 1, name, "a column of this name for a Kinect v2 skeleton", shown))
    return places


def _number(path: Path, line: int, column: str, text: str) -> float:
    """A field as a number; NaN where a joint was not seen."""
    text = text.strip(" \t")
    if not text and column != "Time":
        return np.nan
    # float() takes more than numbers: underscores, other scripts' digits, "nan", "infinity".
    number = float(text) if _NUMBER.fullmatch(text) else np.inf
    if column == "Time" and np.isfinite(number):
        return number
    if not abs(number) <= float(np.finfo(np.float32).max):
        expected = "seconds" if column == "Time" else "metres, or nothing where the joint was not seen"
        shown = repr(text if len(text) <= 40 else f"{text[:39]}…") if text else "nothing"
        raise CsvError(CsvFault(path, line, column, expected, shown))
    return number


def _check_times(path: Path, times: NDArray[np.float64]) -> None:
    if (falls := np.flatnonzero(np.diff(times) <= 0)).size:
        before, after = (format_time(time) for time in times[falls[0] : falls[0] + 2])
        raise CsvError(CsvFault(path, int(falls[0]) + 3, "Time", f"a time after {before}", after))
    # In milliseconds, every frame would be one alone, and all of the stream a gap.
    if len(times) > 1 and (step := float(np.median(np.diff(times)))) > LONGEST_BRIDGE:
        expected = f"seconds, at most {LONGEST_BRIDGE:g} from one row to the next"
        raise CsvError(CsvFault(path, None, "Time", expected, f"{step:.4g} (the median of all rows)"))


def _check_whole(path: Path, positions: NDArray[np.float32]) -> None:
    unseen = np.isnan(positions)
    if (partly := np.argwhere(unseen.any(axis=2) != unseen.all(axis=2))).size:
        frame, joint = partly[0]
        column = f"{JOINTS[joint]}_{'xyz'[int(np.argmax(unseen[frame, joint]))]}"
        raise CsvError(CsvFault(path, int(frame) + 2, column, "metres, as in the joint's other fields", "nothing"))


def _check_metres(path: Path, positions: NDArray[np.float32]) -> None:
    for one, other, least, most in BODY_LENGTHS:
        # In double precision: the squares of large numbers leave the range of 32 bits.
        apart = np.linalg.norm(positions[:, INDEX[one]].astype(float) - positions[:, INDEX[other]], axis=1)
        if (apart := apart[~np.isnan(apart)]).size and not least <= (length := float(np.median(apart))) <= most:
            expected = f"metres: {one} and {other} {least} to {most} apart"
            raise CsvError(CsvFault(path, None, f"{one}_x", expected, f"{length:.4g} (the median of all rows)"))
