"""How long a corpus takes to read: from its CSV files, then from the cache, beside the same bytes from `.npy`.

    python -m benchmarks.corpus_reading corpus

Every stream is read to its last byte and every label parsed or taken from the cache. The first row is
measured on a copy of the links to the files, so that the corpus keeps its cache.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from data_spec.cache import FOLDER
from data_spec.challenge import FILE_NAME
from data_spec.corpus import Corpus


def read_all(root: Path) -> tuple[float, int, int]:
    """Read everything: seconds, recordings, and bytes of all streams."""
    start, size, recordings = time.perf_counter(), 0, 0
    corpus = Corpus.open(root)
    for split in corpus.splits:
        folder = corpus.folder(split.name)
        recordings += len(folder.labels)
        for modality in corpus.challenge.modalities:
            for stream in folder.streams(modality.name).values():
                stream.values.sum()
                size += stream.values.nbytes + stream.times.nbytes
    return time.perf_counter() - start, recordings, size


def read_npy(path: Path) -> float:
    """Read one `.npy` file to its last byte: seconds."""
    start = time.perf_counter()
    np.load(path, mmap_mode="r").sum(axis=0)
    return time.perf_counter() - start


def main(root: Path) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(dir=root.resolve().parent) as scratch:
        copy = Path(scratch) / "corpus"
        for file in root.rglob("*"):
            if file.is_file() and FOLDER not in file.parts:
                (copy / file.relative_to(root)).parent.mkdir(parents=True, exist_ok=True)
                os.link(file, copy / file.relative_to(root))
        first, recordings, size = read_all(copy)
        plain = Path(scratch) / "plain.npy"
        np.save(plain, np.ones((size // 400, 100), dtype=np.float32))
        pairs = [(read_all(copy)[0], read_npy(plain)) for _ in range(5)]
    again, npy = (median(times) for times in zip(*pairs, strict=True))
    print(f"{recordings} recordings, {size / 1e6:.0f} MB of streams, {os.cpu_count()} cores")  # noqa: T201
    print(f"first read (CSV)     {first:8.2f} s")  # noqa: T201
    print(f"second read (cache)  {again:8.2f} s, {again / npy:.2f} × the same bytes from one .npy ({npy:.2f} s)")  # noqa: T201


if __name__ == "__main__":
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / FILE_NAME).is_file():
        sys.exit(f"expected one corpus, a folder with {FILE_NAME}; received {sys.argv[1:] or 'nothing'}")
    main(Path(sys.argv[1]))
