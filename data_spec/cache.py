"""A binary cache of CSV files, so that they are parsed once.

One pack is one file, beside the CSV files of one folder: the streams of a modality of one split, its labels, or its
templates. It holds the arrays of each recording, then an index that says where they lie. The index keeps size, time
of the last change and of the last change of the file's own entry of every CSV file; a file that changed since is
parsed again, alone. A pack moves with its folder, is built anew where the folder is copied, and whoever cannot look
into a file cannot look into its pack. Deleting it costs time and nothing else, and where it cannot be written the
arrays are held in memory.

```
for each recording: its arrays, each with zeros up to a multiple of 8 bytes
index (JSON) · its length (8 bytes) · its CRC-32 (8 bytes) · MAGIC
```

The end is checked whenever a pack is opened: one that was cut off or damaged there is built again. The arrays have no
check of their own, no more than the numbers in a CSV file have.
"""

from __future__ import annotations

import io
import json
import os
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from data_spec.csv_files import entries_in
from data_spec.whole_file import whole_file

FILE_NAME = ".pack"
"""Hidden, as what is no recording in a folder of recordings is."""
MAGIC = b"PACK0001"
"""Another number where the form of a pack, or what is read from a CSV file, changes."""
_WORD = 8
"""Bytes of a number at the end of a pack; arrays lie at multiples of it."""
_BLOCK = 1 << 25
"""Bytes that are written at once. The system keeps in large pages what comes in large blocks, and what it maps in such
pages is read several times as fast as the same bytes that came recording by recording."""
_TICK = 0.02
"""Seconds after which the clock of a disk has surely gone on: before Linux 6.13 it goes in steps of up to 10 ms."""

T = TypeVar("T")


class Part(NamedTuple):
    """One of the arrays of a recording. All of them have as many rows.

    Attributes:
        dtype: of its numbers.
        columns: how many stand in a row; None where there is no such axis.
    """

    dtype: type[np.generic]
    columns: int | None = None


@dataclass(frozen=True)
class FileKind(Generic[T]):
    """What the CSV files of a folder hold.

    Attributes:
        form: all that the reading of a file depends on, as a text: the pack of another form is not used.
        read: parses one file.
        parts: the arrays in which a pack holds what is read.
        take_apart: makes these arrays of what is read.
        put_together: makes it of these arrays again.
    """

    form: str
    read: Callable[[Path], T]
    parts: tuple[Part, ...]
    take_apart: Callable[[T], tuple[NDArray[Any], ...]]
    put_together: Callable[..., T]


@dataclass(frozen=True)
class _Index:
    """What a pack holds, by recording; as it comes out of JSON, since a second read is little else than this.

    Attributes:
        form: of what its files held.
        places: where the first array of a recording lies, in bytes, and how many rows each of its arrays has.
        states: of its files before they were read.
    """

    form: str
    places: dict[str, list[int]]
    states: dict[str, list[int]]


class Pack(Mapping[str, T]):
    """What the CSV files of a folder hold, by recording; the arrays are views of the pack, not to be changed."""

    def __init__(self, content: NDArray[np.uint8], kind: FileKind[T], index: _Index) -> None:
        self._content, self._kind, self._index = content, kind, index

    def __getitem__(self, recording: str) -> T:
        offset, rows = self._index.places[recording]
        arrays = []
        for dtype, columns in self._kind.parts:
            shape = (rows,) if columns is None else (rows, columns)
            array: NDArray[Any] = np.ndarray(shape, dtype, self._content, offset)
            arrays.append(array)
            offset += _padded(array.nbytes)
        return self._kind.put_together(*arrays)

    def __iter__(self) -> Iterator[str]:
        return iter(self._index.places)

    def __len__(self) -> int:
        return len(self._index.places)

    @property
    def states(self) -> Mapping[str, list[int]]:
        """What the files were like before they were read: see `_state`."""
        return self._index.states


def open_pack(folder: Path, kind: FileKind[T]) -> Pack[T]:
    """What the CSV files in `folder` hold, from the cache where it is still true.

    Processes may call this at once: each writes a whole pack of its own, and the last to end leaves it.

    Args:
        folder: holds `<recording>.csv` files; need not exist (no recording has this modality).
        kind: of its files; what its `read` raises is passed on, and the cache stays as it was.
    """
    files = entries_in(folder, ".csv")
    # In the order of the recordings: `id1-2.csv` is before `id1.csv`.
    states = dict(sorted((entry.name.removesuffix(".csv"), _state(entry)) for entry in files))
    path = folder / FILE_NAME
    known = _load(path, kind)
    if known.states == states:
        return known
    _wait_for_another_tick(states)
    try:
        with whole_file(path, _BLOCK) as file:
            Path(file.name).chmod(_mode(files))
            index = _write(file, folder, states, known, kind)
            # Mapped before it is moved: what is found in its place afterwards may be another process's.
            content = np.asarray(np.memmap(file.name, np.uint8, "r"))
    except OSError:
        # The corpus is on a read-only or a full disk.
        memory = io.BytesIO()
        index = _write(memory, folder, states, known, kind)
        content = np.frombuffer(memory.getvalue(), np.uint8)
    return Pack(content, kind, index)


def _write(file: BinaryIO, folder: Path, states: dict[str, list[int]], known: Pack[T], kind: FileKind[T]) -> _Index:
    """Write a whole pack: recordings that are known as they are, all others as they are read, one after another."""

    def arrays_of(recording: str) -> tuple[NDArray[Any], ...]:
        # The state was taken before the file is read: one that changes meanwhile is read again next time.
        if known.states.get(recording) == states[recording]:
            return kind.take_apart(known[recording])
        return kind.take_apart(kind.read(folder / f"{recording}.csv"))

    index = _Index(kind.form, {}, states)
    offset = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for recording, arrays in zip(states, pool.map(arrays_of, states), strict=True):
            index.places[recording] = [offset, len(arrays[0])]
            for part, array in zip(kind.parts, arrays, strict=True):
                content = np.ascontiguousarray(array, part.dtype)
                file.write(content.data)
                file.write(bytes(_padded(content.nbytes) - content.nbytes))
                offset += _padded(content.nbytes)
    text = json.dumps(asdict(index)).encode()
    file.write(text + len(text).to_bytes(_WORD) + zlib.crc32(text).to_bytes(_WORD) + MAGIC)
    file.flush()
    return index


def _load(path: Path, kind: FileKind[T]) -> Pack[T]:
    """The pack in a file; an empty one where there is none of this form."""
    empty: Pack[T] = Pack(np.empty(0, np.uint8), kind, _Index(kind.form, {}, {}))
    try:
        content = np.asarray(np.memmap(path, np.uint8, "r"))
        text_end = len(content) - 2 * _WORD - len(MAGIC)
        length, checksum = (int(number) for number in content[text_end : -len(MAGIC)].view(">u8"))
        text = content[text_end - length : text_end].tobytes()
        if content[-len(MAGIC) :].tobytes() != MAGIC or zlib.crc32(text) != checksum:
            return empty
        index = _Index(**json.loads(text))
    except (OSError, ValueError):
        return empty
    return Pack(content, kind, index) if index.form == kind.form else empty


def _state(entry: os.DirEntry[str]) -> list[int]:
    """Size in bytes of a file as it is now, and when it changed last; of a link to nothing, what no file has.

    Of the two times, in nanoseconds, the second cannot be set: an archive that is unpacked over a corpus may leave
    other bytes of the same size and of the same first time.
    """
    try:
        stat = entry.stat()
    except OSError:
        return [-1, -1, -1]
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


def _wait_for_another_tick(states: Mapping[str, list[int]]) -> None:
    """Let files that changed just now get old, so that a change after they are read shows in their states."""
    youngest = max((changed_ns for *_, changed_ns in states.values()), default=0)
    # The clock of a disk in the network may be ahead of ours: it is not waited for.
    time.sleep(min(max(0.0, youngest / 1e9 + _TICK - time.time()), _TICK))


def _mode(files: Sequence[os.DirEntry[str]]) -> int:
    """The permissions of a pack: everybody's to read where all of its files are, else the owner's alone.

    What a link leads to may be everybody's in a folder that is not.
    """
    is_everybodys = all(entry.stat().st_mode & 0o004 and not entry.is_symlink() for entry in files)
    return 0o644 if is_everybodys else 0o600


def _padded(size: int) -> int:
    """The least multiple of a word that is not less than a size, in bytes."""
    return -(-size // _WORD) * _WORD
