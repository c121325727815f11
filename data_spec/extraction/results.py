"""The result of one recording: a folder that is there when all of it is.

```
WORK/<recording>/
  report.json           what was done: the last file that is written
  <modality>.npy        values, from the time 0 on, every frame one step after the one before
```

Faces are not projected yet, and are kept as 16-bit floats: half the disk, for a rounding of at most 1/2048 of a value.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.lib.format import dtype_to_descr, open_memmap, write_array_header_1_0
from numpy.typing import DTypeLike, NDArray

from data_spec.extraction.settings import RATES, FileState
from data_spec.stream import Stream

REPORT_FILE: Final = "report.json"
UNFINISHED_FOLDER: Final = ".unfinished"
"""In the work folder: what is being made. No recording has a name that begins with a dot."""

PIECE_FRAMES: Final = 4096
"""Frames that are held in memory at once."""


@dataclass(frozen=True)
class Report:
    """What was done with one recording.

    Attributes:
        recording: its name.
        files: as they were read.
        settings: `Settings.as_json`.
        seconds: how long it is: the longest of its sound and pictures.
        modalities: those for which there was something; the others have no file.
        notes: what a user should know, such as "no face in any picture".
    """

    recording: str
    files: tuple[FileState, ...]
    settings: dict[str, Any]
    seconds: float
    modalities: tuple[str, ...]
    notes: tuple[str, ...]


def read_report(work: Path, recording: str) -> Report | None:
    """The report of a finished recording, or None where there is none that is whole."""
    try:
        content = json.loads((work / recording / REPORT_FILE).read_text(encoding="utf-8"))
        return Report(
            recording=str(content["recording"]),
            files=tuple(FileState(**file) for file in content["files"]),
            settings=dict(content["settings"]),
            seconds=float(content["seconds"]),
            modalities=tuple(content["modalities"]),
            notes=tuple(content["notes"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_result(work: Path, recording: str) -> dict[str, Stream]:
    """The streams of a finished recording, by modality; the values are memory-mapped, not to be changed.

    The face is not projected yet: shape (frames, features of the embedding), 16-bit floats.

    Raises:
        FileNotFoundError: the recording is not finished.
        ValueError: a file of it is not whole.
    """
    report = read_report(work, recording)
    if report is None:
        raise FileNotFoundError(f"{work / recording}: expected the result of an extraction, found none that is whole")
    streams = {}
    for name in report.modalities:
        values = open_memmap(work / recording / f"{name}.npy", mode="r")
        streams[name] = Stream(np.arange(len(values)) / RATES[name], values)
    return streams


def begin_result(work: Path, recording: str) -> Path:
    """An empty folder to write a result into, `WORK/.unfinished/<recording>/<chance>`.

    What an earlier run left half-written is removed. A job that goes on nevertheless, such as one on a cluster that
    was left by Ctrl-C, finds its folder gone and fails: it can never put its report on what this one has half written.
    """
    shutil.rmtree(work / UNFINISHED_FOLDER / recording, ignore_errors=True)
    folder = work / UNFINISHED_FOLDER / recording / os.urandom(4).hex()
    folder.mkdir(parents=True)
    return folder


def end_result(folder: Path) -> None:
    """Remove a folder of `begin_result`, where it was not put in its place."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()


def save_stream(folder: Path, modality: str, stream: Stream, frames: int) -> bool:
    """Write one stream of a result, piece by piece: cut to so many frames, or lengthened with zeros, which are a gap.

    Returns:
        whether there is anything in it beside zeros.

    Raises:
        ValueError: the stream does not begin at 0 or is not of the modality's rate, or has a value that is not finite.
    """
    rate = RATES[modality]
    kept = min(frames, len(stream.times))
    if not np.allclose(stream.times[:kept] * rate, np.arange(kept), atol=1e-3):
        raise ValueError(f"{modality}: expected times from 0 on in steps of 1/{rate} s. Received: others")
    kind = np.float16 if modality == "face" else np.float32
    anything = False

    def pieces() -> Iterator[NDArray[np.floating]]:
        nonlocal anything
        for begin in range(0, frames, PIECE_FRAMES):
            piece = np.zeros((min(PIECE_FRAMES, frames - begin), stream.values.shape[1]), dtype=kind)
            there = stream.values[begin : min(begin + PIECE_FRAMES, kept)]
            with np.errstate(over="ignore"):
                piece[: len(there)] = there
            if not np.isfinite(piece).all():
                raise ValueError(
                    f"{modality}: expected values that {np.dtype(kind)} can hold. Received: NaN or larger ones"
                )
            anything = anything or bool(there.any())
            yield piece

    write_array(folder / f"{modality}.npy", kind, (frames, stream.values.shape[1]), pieces())
    return anything


def write_array(path: Path, kind: DTypeLike, shape: tuple[int, int], pieces: Iterable[NDArray[np.floating]]) -> None:
    """Write a `.npy` file piece by piece.

    Written as a file, not through a memory map: a disk that is full is then an OSError; a map would kill the process.

    Args:
        path: the file.
        kind: the type of its numbers.
        shape: of all rows together.
        pieces: the rows, each piece of shape (n, columns).

    Raises:
        OSError: it cannot be written.
    """
    kind = np.dtype(kind)
    with path.open("wb") as file:
        write_array_header_1_0(file, {"descr": dtype_to_descr(kind), "fortran_order": False, "shape": shape})
        for piece in pieces:
            file.write(np.ascontiguousarray(piece, dtype=kind).tobytes())


def finish_result(work: Path, folder: Path, report: Report) -> None:
    """Write the report, then put the folder in the place of the finished one, when all of it is on the disk."""
    # In ASCII: a file's name may be of bytes that are no text.
    text = json.dumps(asdict(report), indent=1)
    (folder / REPORT_FILE).write_text(text + "\n", encoding="ascii")
    for name in (REPORT_FILE, *(f"{modality}.npy" for modality in report.modalities)):
        with (folder / name).open("rb+") as file:
            os.fsync(file.fileno())
    finished = work / report.recording
    # Outdated, or there would be no new one.
    shutil.rmtree(finished, ignore_errors=True)
    folder.replace(finished)
