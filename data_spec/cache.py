"""A binary cache beside a corpus, so that its CSV files are parsed once.

One pack is one file and holds one modality of one split: of each recording its times and values, then an
index that says where they lie. The index keeps size and modification time of every CSV file; a file that
changed since is parsed again, alone. Deleting the cache costs time and nothing else, and where it cannot
be written the streams are held in memory.

```
for each recording: times (float64), values (float32), zeros up to a multiple of 8 bytes
index (JSON) · its length (8 bytes) · its CRC-32 (8 bytes) · MAGIC
```
"""

from __future__ import annotations

import io
import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from data_spec.csv_files import csv_files_in
from data_spec.stream import Stream
from data_spec.whole_file import whole_file

FOLDER = ".cache"
MAGIC = b"STREAMS2"
_WORD = 8
"""Bytes of a number at the end of a pack; times lie at multiples of it."""


@dataclass(frozen=True)
class _Entry:
    """Where a stream lies in the pack, in bytes, and what its CSV file was like before it was read."""

    offset: int
    frames: int
    size: int
    modified_ns: int


class StreamPack(Mapping[str, Stream]):
    """All streams of one folder of CSV files, by recording; their arrays are views of the pack, not to be changed."""

    def __init__(self, content: NDArray[np.uint8], features: int, entries: Mapping[str, _Entry]) -> None:
        self._content, self._features, self._entries = content, features, entries

    def __getitem__(self, recording: str) -> Stream:
        entry = self._entries[recording]
        middle = entry.offset + entry.frames * 8
        end = middle + entry.frames * self._features * 4
        times = self._content[entry.offset : middle].view(np.float64)
        values = self._content[middle:end].view(np.float32).reshape(entry.frames, self._features)
        return Stream(times=times, values=values)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def holds(self, file: Path) -> bool:
        """Whether the stream of this CSV file is in the pack, as the file is now."""
        entry = self._entries.get(file.stem)
        return entry is not None and (entry.size, entry.modified_ns) == _state(file)


def open_pack(folder: Path, features: int, read: Callable[[Path], Stream]) -> StreamPack:
    """The streams of the CSV files in `folder`, from the cache where it is still true.

    Processes may call this at once: each writes a whole pack of its own, and the last to end leaves it.

    Args:
        folder: holds `<recording>.csv` files; need not exist (no recording has this modality).
        features: columns beside the time.
        read: parses one file; what it raises is passed on, and the cache stays as it was.
    """
    files = csv_files_in(folder)
    path = folder.parent / FOLDER / f"{folder.name}.pack"
    known = _load(path, features)
    if len(known) == len(files) and all(map(known.holds, files)):
        return known
    try:
        with whole_file(path) as file:
            entries = _write(file, files, features, known, read)
            # Mapped before it is moved: what is found in its place afterwards may be another process's.
            content = np.asarray(np.memmap(file.name, np.uint8, "r"))
    except OSError:
        # The corpus is on a read-only or a full disk.
        memory = io.BytesIO()
        entries = _write(memory, files, features, known, read)
        content = np.frombuffer(memory.getvalue(), np.uint8)
    return StreamPack(content, features, entries)


def _write(
    file: BinaryIO, files: Sequence[Path], features: int, known: StreamPack, read: Callable[[Path], Stream]
) -> dict[str, _Entry]:
    """Write a whole pack: streams that are known as they are, all others as they are read, one after another."""

    def stream(csv_file: Path) -> tuple[Stream, tuple[int, int]]:
        # The state is taken before the file is read: one that changes meanwhile is read again next time.
        state = _state(csv_file)
        return (known[csv_file.stem] if known.holds(csv_file) else read(csv_file)), state

    entries: dict[str, _Entry] = {}
    offset = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for csv_file, (one, state) in zip(files, pool.map(stream, files), strict=True):
            entries[csv_file.stem] = _Entry(offset, len(one.times), *state)
            content = one.times.astype(np.float64).tobytes() + one.values.astype(np.float32).tobytes()
            content += bytes(-len(content) % _WORD)
            file.write(content)
            offset += len(content)
    index = {"features": features, "entries": {name: astuple(entry) for name, entry in entries.items()}}
    text = json.dumps(index).encode()
    file.write(text + len(text).to_bytes(_WORD) + zlib.crc32(text).to_bytes(_WORD) + MAGIC)
    file.flush()
    return entries


def _load(path: Path, features: int) -> StreamPack:
    """The pack in a file; an empty one where there is none of this form."""
    empty = StreamPack(np.empty(0, np.uint8), features, {})
    try:
        content = np.asarray(np.memmap(path, np.uint8, "r"))
        text_end = len(content) - 2 * _WORD - len(MAGIC)
        length, checksum = (int(number) for number in content[text_end : -len(MAGIC)].view(">u8"))
        text = content[text_end - length : text_end].tobytes()
        if content[-len(MAGIC) :].tobytes() != MAGIC or zlib.crc32(text) != checksum:
            return empty
        index = json.loads(text)
    except (OSError, ValueError):
        return empty
    if index["features"] != features:
        return empty
    return StreamPack(content, features, {name: _Entry(*fields) for name, fields in index["entries"].items()})


def _state(file: Path) -> tuple[int, int]:
    """Size and time of the last change; of a file that is gone, what no file has."""
    try:
        stat = file.stat()
    except OSError:
        return -1, -1
    return stat.st_size, stat.st_mtime_ns
