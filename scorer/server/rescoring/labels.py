"""New labels of a split: checked, and kept beside the old ones."""

from __future__ import annotations

import shutil
from pathlib import Path

from data_spec.challenge import Challenge
from data_spec.corpus import LABELS_FOLDER, RecordingFolder
from data_spec.csv_files import csv_files_in
from data_spec.whole_folder import whole_folder
from scorer.server.data_folder import DataFolder, DataFolderError, check_labels, labels_version


def keep_labels(data: DataFolder, challenge: Challenge, split: str, source: Path) -> str:
    """Copy labels into the data folder, where they are used by nobody until a rescore makes them live.

    Args:
        data: the data folder.
        challenge: its challenge.
        split: which the labels are of.
        source: the folder `labels`, or the one that it is in.

    Returns:
        Their version. Labels that are kept already stay as they are.

    Raises:
        DataFolderError: there are none, or not of the recordings and times that were asked for.
        CsvError: a file cannot be read.
    """
    folder = source.parent if source.name == LABELS_FOLDER else source
    files = csv_files_in(folder / LABELS_FOLDER)
    if not files:
        raise DataFolderError(f"{source}: expected labels {LABELS_FOLDER}/*.csv, found none")
    check_labels(RecordingFolder(folder, challenge).labels, data.recordings(challenge, split).templates, folder)
    version = labels_version(folder)
    kept = data.kept_labels(challenge, split, version)
    if kept.is_dir() or version == labels_version(data.recordings(challenge, split).path):
        return version
    kept.parent.mkdir(mode=0o700, exist_ok=True)
    with whole_folder(kept) as aside:
        for made in (aside, aside / LABELS_FOLDER):
            made.mkdir(exist_ok=True)
            made.chmod(0o700)
        for file in files:
            copy = aside / LABELS_FOLDER / file.name
            copy.touch(mode=0o600)
            shutil.copyfile(file, copy)
        if labels_version(aside) != version:
            raise DataFolderError(f"{folder}: expected labels that stay as they are, found them changed meanwhile")
    return version
