"""The scorer without a server: the same zips, read and scored in as many processes as there are cores."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Self

from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from scorer import scoring, submission
from scorer.plain_rows import TemplateLayouts
from scorer.server.data_folder import DataFolder

_loaded: list[tuple[Challenge, RecordingFolder, TemplateLayouts | None]] = []
"""What this process scores with; none, until it is loaded."""


class ScorerAlone:
    """Processes with templates and labels loaded, which wait for zips.

    Args:
        data: the data folder of a server.
    """

    def __init__(self, data: Path) -> None:
        # Fresh processes: they share nothing with what this one has open.
        self._pool = ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), initializer=_load, initargs=(data,))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown()

    def score(self, zips: Sequence[Path]) -> list[float]:
        """The score of each, for the first stage."""
        return list(self._pool.map(_score, zips))


def _load(data: Path) -> None:
    folder = DataFolder(data)
    challenge = folder.load_challenge()
    recordings = folder.recordings(challenge, challenge.stages[0].split)
    _ = recordings.templates, recordings.labels
    _loaded.append((challenge, recordings, submission.layouts_of(recordings.templates, challenge)))


def _score(path: Path) -> float:
    challenge, recordings, layouts = _loaded[0]
    verdict = submission.read(path, recordings.templates, challenge, layouts)
    return scoring.score(verdict.predictions, recordings.labels, challenge.task).score
