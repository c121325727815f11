"""Zips as teams upload them: the templates of a test set filled in, each zip more or less right, no two the same."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from data_spec.challenge import Challenge
from data_spec.corpus import LABELS_FOLDER
from data_spec.csv_files import csv_files_in, read_labels
from data_spec.publish import ORGANISERS
from data_spec.stream import NO_LABEL, Labels

LEAST_RIGHT, MOST_RIGHT = 0.3, 0.9
"""The share of rows that the worst and the best zip have right, about."""

FRAMES_OF_A_GUESS = 50
"""Systems do not change their mind in every frame."""

Template = tuple[str, bytes, Sequence[bytes], Labels]
"""A file's name, its header, its times as they stand in it, and what is true."""


def write_zips(folder: Path, published: Path, challenge: Challenge, count: int) -> list[Path]:
    """Write zips for the test set of the challenge's first stage, worst first.

    Args:
        folder: a new one, which they are written to.
        published: what `data_spec publish` wrote.
        challenge: each frame of its recordings has one label.
        count: how many.
    """
    folder.mkdir(parents=True)
    paths = [folder / f"{number:03d}.zip" for number in range(count)]
    rights: list[float] = np.linspace(LEAST_RIGHT, MOST_RIGHT, count).tolist()
    numbered = [*zip(paths, rights, range(count), strict=True)]
    processes = min(count, os.cpu_count() or 1)
    with ProcessPoolExecutor(processes) as pool:
        list(
            pool.map(partial(_write_some, published, challenge), [numbered[one::processes] for one in range(processes)])
        )
    return paths


def _write_some(published: Path, challenge: Challenge, numbered: Sequence[tuple[Path, float, int]]) -> None:
    templates = list(_read_templates(published, challenge))
    labels = len(challenge.task.labels)
    values = [f",{','.join('01'[one == given] for one in range(labels))}".encode() for given in range(labels)]
    for path, right, seed in numbered:
        random = np.random.default_rng(seed)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, header, times, truth in templates:
                guesses = -(-len(times) // FRAMES_OF_A_GUESS)
                wrong_by = random.integers(1, labels, size=guesses) * (random.random(guesses) >= right)
                known = np.where(truth.index == NO_LABEL, 0, truth.index)
                given = (known + wrong_by.repeat(FRAMES_OF_A_GUESS)[: len(times)]) % labels
                lines = [time + values[label] for time, label in zip(times, given.tolist(), strict=True)]
                archive.writestr(f"{challenge.submission.folder}/{name}", b"\n".join([header, *lines, b""]))


def _read_templates(published: Path, challenge: Challenge) -> Iterator[Template]:
    split = challenge.split(challenge.stages[0].split)
    labels = published / ORGANISERS / split.folder / LABELS_FOLDER
    for file in csv_files_in(published / split.audience / split.folder / challenge.submission.folder):
        header, *rows = file.read_bytes().splitlines()
        yield (
            file.name,
            header,
            [row.partition(b",")[0] for row in rows],
            read_labels(labels / file.name, challenge.task),
        )
