"""Streams and templates of a test set, as participants were given them: unpacked once from the published zip."""

from __future__ import annotations

import hashlib
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from scorer.server.data_folder import DataFolder, DataFolderError

CHUNK_BYTES = 8 * 2**20


@dataclass(frozen=True)
class UnpackedInputs:
    """A test set without labels.

    Attributes:
        folder: its streams and templates.
        version: the SHA-256 of the zip that they come from.
    """

    folder: RecordingFolder
    version: str


def unpack_inputs(
    data: DataFolder, challenge: Challenge, split_name: str, work: Path, tick: Callable[[], None]
) -> UnpackedInputs:
    """The streams and templates of a split, from the zip of its audience; what was unpacked before is not again.

    Args:
        data: where the zip is, and where its files go.
        challenge: whose split it is.
        split_name: its name.
        work: an existing folder of the caller, in the data folder: there the files are made ready.
        tick: called now and then: a large zip takes minutes. What it raises is passed on.

    Raises:
        DataFolderError: the zip is not there, is broken, or lacks the test set.
        OSError: a file cannot be read or written.
    """
    split = challenge.split(split_name)
    archive = data.downloads / f"{split.audience}.zip"
    if not archive.is_file():
        raise DataFolderError(
            f"{archive}: expected the zip with the test set {split_name!r}, found none. `scorer init` makes one."
        )
    version = _sha256(archive, tick)
    target = data.inputs / split_name / version
    if not target.is_dir():
        aside = work / f"inputs-{split_name}"
        _unpack(archive, f"{split.audience}/{split.folder}", _folders(challenge), aside, tick)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            aside.replace(target)
        except OSError:
            if not target.is_dir():  # somebody else was faster, with the same files
                raise
    return UnpackedInputs(RecordingFolder(target, challenge), version)


def _folders(challenge: Challenge) -> frozenset[str]:
    return frozenset([challenge.submission.folder, *(modality.folder for modality in challenge.modalities)])


def _sha256(file: Path, tick: Callable[[], None]) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK_BYTES):
            digest.update(chunk)
            tick()
    return digest.hexdigest()


def _unpack(archive: Path, prefix: str, folders: frozenset[str], target: Path, tick: Callable[[], None]) -> None:
    target.mkdir(mode=0o700)
    try:
        with zipfile.ZipFile(archive) as opened:
            for info, folder, name in _wanted(opened, prefix, folders):
                tick()
                (target / folder).mkdir(exist_ok=True)
                with opened.open(info) as source, (target / folder / name).open("xb") as copy:
                    shutil.copyfileobj(source, copy)
    except (zipfile.BadZipFile, EOFError) as error:
        raise DataFolderError(f"{archive}: expected a zip that can be unpacked, found a broken one: {error}") from error
    if not any(target.iterdir()):
        raise DataFolderError(f"{archive}: expected files {prefix}/…, found none")


def _wanted(
    opened: zipfile.ZipFile, prefix: str, folders: frozenset[str]
) -> Iterator[tuple[zipfile.ZipInfo, str, str]]:
    """The files of the test set, with the folder and the name that each has in it; whatever else there is stays."""
    name_of_file = re.compile(rf"{re.escape(prefix)}/([^/]+)/([^/]+\.csv)")
    for info in opened.infolist():
        found = name_of_file.fullmatch(info.filename)
        if found is not None and found[1] in folders:
            yield info, found[1], found[2]
