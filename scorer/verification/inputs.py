"""The folder that a bundle is given: streams and templates of one test set, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from data_spec.challenge import FILE_NAME, dump_challenge
from data_spec.corpus import RecordingFolder
from scorer.verdict import Predictions
from scorer.verification.disguise import Disguise, delay, draw_disguises

READABLE = 0o644
OPEN = 0o755
"""Modes: the job's user is nobody on this machine."""


@dataclass(frozen=True)
class Inputs:
    """A folder of inputs.

    Attributes:
        folder: the same as a folder of recordings.
        recordings: what each recording there is called in truth, by its name there.
    """

    folder: RecordingFolder
    recordings: Mapping[str, str]

    def in_truth(self, predictions: Predictions) -> Predictions:
        """Predictions under the recordings' true names."""
        return {self.recordings[name]: labels for name, labels in predictions.items()}


def write_inputs(source: RecordingFolder, to: Path, recordings: Sequence[str], *, disguised: bool) -> Inputs:
    """Copy recordings into a new folder, with their templates; where asked, under other names and times.

    Sound and pictures have no times in them that could be moved: recordings that have some keep theirs.

    Raises:
        ValueError: a row of a file does not begin with a time.
        OSError: a file cannot be read or written.
    """
    challenge = source.challenge
    disguises = draw_disguises(recordings) if disguised else {name: Disguise(name, 0) for name in recordings}
    if not all(modality.is_table for modality in challenge.modalities):
        disguises = {recording: Disguise(one.name, 0) for recording, one in disguises.items()}
    suffixes = {modality.folder: modality.suffix for modality in challenge.modalities}
    to.mkdir()
    _write(to / FILE_NAME, [dump_challenge(challenge).encode()])
    for folder, suffix in {**suffixes, challenge.submission.folder: ".csv"}.items():
        (to / folder).mkdir()
        (to / folder).chmod(OPEN)
        for recording, disguise in disguises.items():
            file = source.path / folder / f"{recording}{suffix}"
            if file.is_file():  # a missing modality is a missing file
                _copy(file, to / folder / f"{disguise.name}{suffix}", disguise.seconds)
    to.chmod(OPEN)
    return Inputs(RecordingFolder(to, challenge), {one.name: recording for recording, one in disguises.items()})


def _copy(source: Path, target: Path, seconds: int) -> None:
    if seconds == 0:
        shutil.copyfile(source, target)
        target.chmod(READABLE)
        return
    with source.open("rb") as file:
        try:
            _write(target, delay(file, seconds))
        except ValueError as error:
            raise ValueError(f"{source}: {error}") from error


def _write(target: Path, pieces: Iterable[bytes]) -> None:
    with target.open("xb") as file:
        file.writelines(pieces)
    target.chmod(READABLE)
