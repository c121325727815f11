"""The streams of a recording → its CSV files in a split's folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from data_spec.challenge import Challenge
from data_spec.csv_files import write_stream
from data_spec.features.columns import column_names
from data_spec.modality import Modality
from data_spec.stream import Labels, Stream
from data_spec.whole_file import whole_file

PIECE_FRAMES = 30_000
"""Rows that are turned into text at once: ten minutes of face."""


def write_streams(
    folder: Path, recording: str, streams: Mapping[str, Stream], challenge: Challenge, from_pose: bool
) -> None:
    """Write the CSV files of one recording, piece by piece: memory stays flat however long it is.

    Args:
        folder: a split's, such as CORPUS/train; made where it is not there.
        recording: its name.
        streams: by modality, each of the challenge's columns; no others are touched.
        challenge: names folders, and says whose headers have names.
        from_pose: whether a film's pose stands in for a Kinect: its columns are named so.

    Raises:
        ValueError: a stream is not of its modality's shape, or a value in it is not finite.
    """
    for name, stream in streams.items():
        modality = challenge.modality(name)
        _write(folder / modality.folder / f"{recording}.csv", stream, modality, column_names(name, from_pose))


def within(labels: Labels, streams: Mapping[str, Stream]) -> dict[str, Stream]:
    """The streams without the frames before the first label and after the last.

    Raises:
        ValueError: the labels are of another time than the streams.
    """
    first, last = float(labels.times[0]), float(labels.times[-1])
    cut = {}
    for name, stream in streams.items():
        # Labels' times were printed and read again: their last digits may differ.
        begin = int(np.searchsorted(stream.times, first - 1e-6))
        end = int(np.searchsorted(stream.times, last + 1e-6, side="right"))
        if begin >= end:
            spans = f"{stream.times[0]:g} to {stream.times[-1]:g} s"
            raise ValueError(f"expected labels at times of the recording, {spans}. Received: {first:g} to {last:g} s")
        cut[name] = Stream(stream.times[begin:end], stream.values[begin:end])
    return cut


def _write(path: Path, stream: Stream, modality: Modality, names: Sequence[str] | None) -> None:
    if len(stream.times) <= PIECE_FRAMES:
        write_stream(path, stream, modality, names)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as aside, whole_file(path) as file:
        for begin in range(0, len(stream.times), PIECE_FRAMES):
            part = slice(begin, begin + PIECE_FRAMES)
            write_stream(Path(aside) / "piece.csv", Stream(stream.times[part], stream.values[part]), modality, names)
            with (Path(aside) / "piece.csv").open("rb") as piece:
                if begin:
                    piece.readline()
                shutil.copyfileobj(piece, file)
