"""A run folder as a system that predicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from baseline.registry import find_system
from baseline.run_folder import RunFolder
from baseline.system import Predictor, System
from data_spec.challenge import FILE_NAME, Challenge, load_challenge
from data_spec.corpus import RecordingFolder


@dataclass(frozen=True)
class TrainedRun:
    """What `baseline train` wrote.

    Attributes:
        system: what was trained.
        challenge: on which challenge.
        predictor: the trained system.
        configuration: see `baseline.training.configuration`.
    """

    system: System
    challenge: Challenge
    predictor: Predictor
    configuration: Mapping[str, Any]


def load_run(path: Path) -> TrainedRun:
    """The run in a folder.

    Raises:
        ValueError: it is none, or its model cannot be read.
        ChallengeError: its copy of the challenge cannot be read.
    """
    run = RunFolder(path)
    configuration = run.read_configuration()
    system = find_system(configuration["system"])
    return TrainedRun(system, load_challenge(path / FILE_NAME), system.load(run.model_folder), configuration)


def check_same_challenge(challenge: Challenge, folder: RecordingFolder) -> None:
    """A run predicts folders of its own challenge. Raises ValueError."""
    asked = folder.challenge
    if (asked.modalities, asked.task) != (challenge.modalities, challenge.task):
        raise ValueError(
            f"{folder.path}: expected the streams and labels of {challenge.name!r}, found those of {asked.name!r}"
        )
    if not folder.templates:
        raise ValueError(f"{folder.path}: expected templates in a folder {challenge.submission.folder!r}, found none")
