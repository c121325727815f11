"""Making a corpus, reading its CSV files, and reading it again from its cache.

    python -m benchmarks corpus

- making: `python -m data_spec synthesize`, all its processes, beside two minutes of processor time
- first read: every CSV file of streams and labels, with the cache written, beside `pandas.read_csv` with its defaults
  on the same files, one after another, in one process
- second read: the same arrays from the cache, beside the same arrays from `.npy` files

The reader of `.npy` has one file for each array of a folder (the times of a modality, its values, and so on), all
recordings in a row, and is told beforehand where each recording begins. `loaded` is `numpy.load` as it comes: it
copies the files into memory, and does no more. `mapped` maps them, as the cache is, cuts them and adds up each array;
so does the kit. Files are in the system's cache for all of them. In a first read, the kit adds up each array too;
pandas does not.

A corpus of full size is made in a temporary folder; it takes 4 GB.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.report import Report
from benchmarks.side_by_side import alternate, ratios, timed
from data_spec.cache import FILE_NAME
from data_spec.corpus import Corpus

MAKING_SECONDS = 120.0
"""Of processor time, that a corpus of full size may take."""

SMALL = ["--recordings", "4", "--seconds", "2", "3", "4"]

Arrays = Mapping[str, Sequence[NDArray[Any]]]
"""Those of all recordings, by where they come from."""


def measure(quick: bool) -> Report:
    """Measure making, first read and second read."""
    report = Report("corpus", "A corpus: made, read from CSV, read again from its cache")
    with tempfile.TemporaryDirectory() as scratch:
        root, npy = Path(scratch, "corpus"), Path(scratch, "npy")
        made = alternate({"kit": lambda: make(root, SMALL if quick else [])}, turns=1 if quick else 3, warm_up=0)
        first = alternate(
            {"kit": lambda: read_first(root), "pandas": timed(lambda: read_with_pandas(root))},
            turns=1 if quick else 5,
            warm_up=0 if quick else 1,
        )
        lengths = save(read(root), npy)
        again = alternate(
            {
                "kit": timed(lambda: touch(read(root))),
                ".npy, mapped": timed(lambda: touch(map_npy(npy, lengths))),
                ".npy, loaded": timed(lambda: [np.load(npy / name) for name in lengths]),
            },
            turns=1 if quick else 15,
            warm_up=0 if quick else 2,
        )
        size = sum(path.stat().st_size for path in npy.iterdir())
        report.notes.append(f"{len(Corpus.open(root).read_recordings())} recordings, {size / 1e6:.0f} MB of arrays")
    report.add("making, processor time", made, "s")
    report.want(
        f"making: processor time as share of {MAKING_SECONDS:g} s",
        [seconds / MAKING_SECONDS for seconds in made["kit"]],
        at_most=1,
    )
    report.add("first read", first, "s")
    report.want("first read: times as fast as pandas.read_csv", ratios(first["pandas"], first["kit"]), at_least=2)
    report.add("second read", again, "s")
    for peer in (".npy, loaded", ".npy, mapped"):
        report.want(f"second read: time beside {peer}", ratios(again["kit"], again[peer]), at_most=1.5)
    return report


def make(root: Path, options: Sequence[str]) -> float:
    """Synthesize a corpus: seconds of processor time of all processes, the system's included."""
    shutil.rmtree(root, ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "data_spec", "synthesize", str(root), *options]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def read(root: Path) -> Arrays:
    """Every array of a corpus, as the kit reads it, from the cache where there is one."""
    corpus = Corpus.open(root)
    arrays: dict[str, list[NDArray[Any]]] = {}
    for split in corpus.splits:
        folder = corpus.folder(split.name)
        for recording, labels in folder.labels.items():
            # Where there are labels, the times to predict are theirs.
            parts = {"times": folder.templates[recording], "index": labels.index}
            parts |= {"agreement": labels.agreement, "values": labels.values}
            for part, array in parts.items():
                arrays.setdefault(f"{split.name}-labels-{part}.npy", []).append(array)
        for modality in corpus.challenge.modalities:
            for stream in folder.streams(modality.name).values():
                arrays.setdefault(f"{split.name}-{modality.name}-times.npy", []).append(stream.times)
                arrays.setdefault(f"{split.name}-{modality.name}-values.npy", []).append(stream.values)
    return arrays


def touch(arrays: Arrays) -> None:
    """Look at every number."""
    for some in arrays.values():
        for array in some:
            array.sum()


def read_first(root: Path) -> float:
    """Read every CSV file, without a cache: seconds."""
    for pack in root.rglob(FILE_NAME):
        pack.unlink()
    start = time.perf_counter()
    touch(read(root))
    return time.perf_counter() - start


def read_with_pandas(root: Path) -> None:
    """Read every CSV file of streams and labels."""
    for file in root.glob("*/*/*.csv"):
        pd.read_csv(file)


def save(arrays: Arrays, folder: Path) -> Mapping[str, Sequence[int]]:
    """Write a file of each array, all recordings in a row. Returns how many rows each recording has in it."""
    folder.mkdir()
    for name, some in arrays.items():
        np.save(folder / name, np.concatenate(some))
    return {name: [len(array) for array in some] for name, some in arrays.items()}


def map_npy(folder: Path, lengths: Mapping[str, Sequence[int]]) -> Arrays:
    """The arrays that were saved, as views of mapped files."""
    arrays = {}
    for name, rows in lengths.items():
        whole = np.asarray(np.load(folder / name, mmap_mode="r"))
        arrays[name] = [whole[first:end] for first, end in pairwise(accumulate(rows, initial=0))]
    return arrays
