"""A binary cache beside a corpus, so that its CSV files are parsed once.

One pack holds one modality of one split: all its frames in one array each for times and values, and an
index that says which rows are whose. The index keeps size and modification time of every CSV file; a
file that changed since is parsed again, alone. Deleting the cache costs time and nothing else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data_spec.stream import Stream

FOLDER = ".cache"
_VERSION = 1


@dataclass(frozen=True)
class _Entry:
    first: int
    frames: int
    size: int
    modified_ns: int


class StreamPack(Mapping[str, Stream]):
    """All streams of one folder of CSV files, by recording; arrays are mapped from disk, not copied."""

    def __init__(self, times: np.ndarray, values: np.ndarray, entries: Mapping[str, _Entry]) -> None:
        self._times, self._values, self._entries = times, values, entries

    def __getitem__(self, recording: str) -> Stream:
        entry = self._entries[recording]
        rows = slice(entry.first, entry.first + entry.frames)
        return Stream(times=self._times[rows], values=self._values[rows])

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def open_pack(folder: Path, features: int, read: Callable[[Path], Stream]) -> StreamPack:
    """The streams of the CSV files in `folder`, from the cache where it is still true.

    Args:
        folder: holds `<recording>.csv` files; need not exist (no recording has this modality).
        features: columns beside the time.
        read: parses one file; what it raises is passed on, and the cache stays as it was.
    """
    files = sorted(folder.glob("*.csv"))
    cache = folder.parent / FOLDER / folder.name
    known = _load(cache, features)
    stats = {file: file.stat() for file in files}

    def is_known(file: Path) -> bool:
        entry = known._entries.get(file.stem)
        stat = stats[file]
        return entry is not None and (entry.size, entry.modified_ns) == (stat.st_size, stat.st_mtime_ns)

    if len(known) == len(files) and all(map(is_known, files)):
        return known

    def stream(file: Path) -> Stream:
        return known[file.stem] if is_known(file) else read(file)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        streams = list(pool.map(stream, files))
    entries, first = {}, 0
    for file, one in zip(files, streams, strict=True):
        stat = stats[file]
        entries[file.stem] = _Entry(first, len(one.times), stat.st_size, stat.st_mtime_ns)
        first += len(one.times)
    _save(cache, features, streams, entries)
    return _load(cache, features)


def _load(cache: Path, features: int) -> StreamPack:
    empty = StreamPack(np.empty(0), np.empty((0, features), np.float32), {})
    try:
        index = json.loads((cache / "index.json").read_text())
        if index["version"] != _VERSION or index["features"] != features:
            return empty
        # The arrays carry the name of the index that was written after them, so they are its own.
        times = np.load(cache / f"times-{index['stamp']}.npy", mmap_mode="r")
        values = np.load(cache / f"values-{index['stamp']}.npy", mmap_mode="r")
        entries = {name: _Entry(*fields) for name, fields in index["entries"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return empty
    return StreamPack(times, values, entries)


def _save(cache: Path, features: int, streams: Sequence[Stream], entries: Mapping[str, _Entry]) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    stamp = os.urandom(8).hex()
    frames = sum(len(stream.times) for stream in streams)
    times = np.lib.format.open_memmap(cache / f"times-{stamp}.npy", "w+", np.float64, (frames,))
    values = np.lib.format.open_memmap(cache / f"values-{stamp}.npy", "w+", np.float32, (frames, features))
    for stream, entry in zip(streams, entries.values(), strict=True):
        rows = slice(entry.first, entry.first + entry.frames)
        times[rows], values[rows] = stream.times, stream.values
    times.flush()
    values.flush()
    index = {
        "version": _VERSION,
        "features": features,
        "stamp": stamp,
        "entries": {
            name: (entry.first, entry.frames, entry.size, entry.modified_ns) for name, entry in entries.items()
        },
    }
    aside = cache / f"index-{stamp}.json"
    aside.write_text(json.dumps(index))
    aside.replace(cache / "index.json")
    for old in cache.glob("*.npy"):
        if stamp not in old.name:
            old.unlink(missing_ok=True)
