"""Pack what was published: one zip for each audience, with nothing in it that the audience must not have."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from data_spec.challenge import FILE_NAME, Challenge
from data_spec.corpus import LABELS_FOLDER
from data_spec.csv_files import csv_files_in
from data_spec.whole_file import whole_file

LEVEL = 1
"""Of compression: on streams the highest one saves a tenth more, and takes four times as long."""

ZIP64_BYTES = 1 << 30
"""From this size on a file is packed in the form that may be larger than 4 GB."""


def pack_downloads(
    published: Path,
    challenge: Challenge,
    downloads: Path,
    progress: Callable[[Sequence[Path]], Iterable[Path]] = iter,
) -> None:
    """Pack each audience's part of what `data_spec publish` wrote into `downloads`.

    `<audience>.zip` holds one folder `<audience>/`; `<audience>.zip.sha256` is for `sha256sum -c`. The same
    files make the same zip, whenever it is made.

    Args:
        published: the folder with a folder for each audience.
        challenge: says which splits are whose, and with labels or without.
        downloads: a folder, to which both files are written for each audience.
        progress: wraps the files; shows a bar, or nothing.
    """
    audiences = sorted({split.audience for split in challenge.splits.folders})
    files = [file for audience in audiences for file in files_for(published, challenge, audience)]
    for audience, own in groupby(progress(files), key=lambda file: file.relative_to(published).parts[0]):
        path = downloads / f"{audience}.zip"
        with whole_file(path) as target:
            os.fchmod(target.fileno(), 0o600)
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
                for file in own:
                    _add(archive, file, file.relative_to(published).as_posix())
        with path.open("rb") as packed:
            digest = hashlib.file_digest(packed, "sha256").hexdigest()
        with whole_file(path.with_name(f"{path.name}.sha256")) as target:
            os.fchmod(target.fileno(), 0o600)
            target.write(f"{digest}  {path.name}\n".encode("ascii"))


def files_for(published: Path, challenge: Challenge, audience: str) -> Iterator[Path]:
    """The published files that an audience is given: of its own splits the streams, and templates or labels.

    They are named, not found: whatever else somebody left in the folder, such as the list of actors or the
    labels of a test, is not among them.
    """
    yield from (path for path in [published / audience / FILE_NAME] if path.is_file())
    streams = [modality.folder for modality in challenge.modalities]
    for split in challenge.splits.folders:
        if split.audience != audience:
            continue
        given = LABELS_FOLDER if split.labels == "published" else challenge.submission.folder
        for folder in (*streams, given):
            yield from csv_files_in(published / audience / split.folder / folder)


def _add(archive: zipfile.ZipFile, file: Path, name: str) -> None:
    """Copy a file into the zip, piece by piece, dated 1980: the same files always make the same zip."""
    large = file.stat().st_size >= ZIP64_BYTES
    with file.open("rb") as source, archive.open(name, "w", force_zip64=large) as target:
        shutil.copyfileobj(source, target)
