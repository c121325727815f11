"""A score, wherever it is: in a report, in the folder of a training, or still to be made of a zip of predictions."""

from __future__ import annotations

import json
from pathlib import Path

from data_spec.corpus import RecordingFolder
from scorer import scoring, submission
from scorer.score_report import ScoreReport
from scorer.verdict import Verdict

TEST_REPORT = "test.json"
"""In the folder of a training, where the test's labels were there."""


class RefusedZipError(ValueError):
    """Predictions that cannot be scored; the verdict says why."""

    def __init__(self, path: Path, verdict: Verdict) -> None:
        super().__init__(f"{path}: refused: {verdict.faults[0]}" if verdict.faults else f"{path}: refused")
        self.verdict = verdict


def find_score(path: Path, labelled: RecordingFolder | None) -> ScoreReport:
    """The score of a system.

    Args:
        path: a folder of a training that was scored on the test, or a report (`scorer score --json`), or a zip of
            predictions.
        labelled: the recordings that a zip predicts, with their labels; may be None for the others.

    Raises:
        RefusedZipError: the zip is no legal submission.
        ValueError: something else, or there are no labels to score a zip with.
        CsvError: a file of labels is broken.
    """
    if path.suffix == ".zip":
        return score_zip(path, labelled)
    report = path / TEST_REPORT if path.is_dir() else path
    try:
        return ScoreReport.from_dict(json.loads(report.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path}: expected a zip of predictions, a report (`scorer score --json`), or a training's folder with "
            f"{TEST_REPORT} in it: {type(error).__name__}: {error}"
        ) from error


def score_zip(path: Path, labelled: RecordingFolder | None) -> ScoreReport:
    """The score of a zip of predictions. Raises as `find_score`."""
    if labelled is None or not labelled.labels:
        raise ValueError(f"{path}: expected a folder with labels to score a zip with, received none")
    times = {recording: truth.times for recording, truth in labelled.labels.items()}
    try:
        verdict = submission.read(path, times, labelled.challenge)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error}") from error
    if not verdict.accepted:
        raise RefusedZipError(path, verdict)
    return scoring.score(verdict.predictions, labelled.labels, labelled.challenge.task)
