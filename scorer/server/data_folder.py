"""The one folder that holds everything a server keeps: database, secrets, labels, uploads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data_spec.challenge import FILE_NAME, Challenge, load_challenge
from data_spec.corpus import LABELS_FOLDER, RecordingFolder
from data_spec.csv_files import csv_files_in
from data_spec.stream import Labels, Times
from scorer.server.storage.local import LocalStorage


class DataFolderError(ValueError):
    """A data folder that cannot be used, or cannot be made; the message says what is missing where."""


@dataclass(frozen=True)
class DataFolder:
    """Where each thing is.

    ```
    DATA/
      kit.db                              the database (SQLite, unless another is configured)
      secrets/session.key                 signs the cookies
      secrets/metrics.token               lets who has it read the metrics
      corpus/challenge.yaml               the challenge that is run
      corpus/<split>/{labels,prediction}  the labels to score with, the templates to check with
      corpus/<split>/versions/            later labels, which `rescore` brought, by their version
      submissions/                        uploaded zips by their SHA-256
      downloads/<audience>.zip            what participants, and who is admitted, may download
      inputs/<split>/<version>/           streams and templates of a test set, unpacked from there for verification
      environments/                       what bundles require, built once for each list of requirements
      runs/                               what is being verified; removed at its end
      broker/                             messages that wake workers (unless Redis or RabbitMQ does)
      mails/                              mails as files (unless an SMTP server takes them)
    ```
    """

    root: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "kit.db"

    @property
    def secrets(self) -> Path:
        """For the server's own eyes."""
        return self.root / "secrets"

    @property
    def session_key(self) -> Path:
        """The key that signs cookies."""
        return self.secrets / "session.key"

    @property
    def metrics_token(self) -> Path:
        """The token that whoever reads the metrics shows."""
        return self.secrets / "metrics.token"

    @property
    def corpus(self) -> Path:
        """Labels and templates."""
        return self.root / "corpus"

    @property
    def downloads(self) -> Path:
        """A zip for each audience."""
        return self.root / "downloads"

    @property
    def inputs(self) -> Path:
        """Streams and templates of test sets, unpacked for verification by `verification.unpacked_inputs`."""
        return self.root / "inputs"

    @property
    def environments(self) -> Path:
        """What bundles require, built."""
        return self.root / "environments"

    @property
    def runs(self) -> Path:
        """A folder for each verification that runs."""
        return self.root / "runs"

    @property
    def broker(self) -> Path:
        """Messages that wake workers."""
        return self.root / "broker"

    @property
    def mails(self) -> Path:
        """Mails as files, where no SMTP server is configured."""
        return self.root / "mails"

    @property
    def storage(self) -> LocalStorage:
        """The uploads, unless they are kept elsewhere: `storage.creation.create_storage` knows."""
        return LocalStorage(self.root / "submissions")

    def load_challenge(self) -> Challenge:
        """The challenge that this folder was made for.

        Raises:
            DataFolderError: this is no data folder.
            ChallengeError: its challenge file is broken.
        """
        if not (self.corpus / FILE_NAME).is_file():
            raise DataFolderError(
                f"{self.root}: expected a data folder, found none. "
                f"Make one: python -m scorer init {self.root} --corpus OUT"
            )
        return load_challenge(self.corpus / FILE_NAME)

    def recordings(self, challenge: Challenge, split: str, data_version: str | None = None) -> RecordingFolder:
        """The labels and templates of a split.

        Args:
            challenge: whose split it is.
            split: its name.
            data_version: of the labels; None for those that `init` brought.

        Raises:
            DataFolderError: there are no labels of that version.
        """
        folder = self.corpus / challenge.split(split).folder
        if data_version is None:
            return RecordingFolder(folder, challenge)
        kept = self.kept_labels(challenge, split, data_version)
        if kept.is_dir():
            return RecordingFolder(kept, challenge)  # without templates: the times of its labels are the same
        if (found := labels_version(folder)) != data_version:
            raise DataFolderError(
                f"{folder / LABELS_FOLDER}: expected labels of version {data_version}, found {found}. "
                f"To score with other labels: python -m scorer rescore {self.root} --labels FOLDER"
            )
        return RecordingFolder(folder, challenge)

    def kept_labels(self, challenge: Challenge, split: str, data_version: str) -> Path:
        """The folder in which a later version of a split's labels is, if there is one."""
        return self.corpus / challenge.split(split).folder / "versions" / data_version


def labels_version(folder: Path) -> str:
    """The hash over the names and bytes of all labels in a split's folder, in hexadecimal digits."""
    digest = hashlib.sha256()
    for file in csv_files_in(folder / LABELS_FOLDER):
        digest.update(f"{file.name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def check_labels(labels: Mapping[str, Labels], templates: Mapping[str, Times], where: Path | str) -> None:
    """Raise DataFolderError where labels are not of the recordings and times that the templates ask for."""
    if odd := sorted(labels.keys() ^ templates.keys()):
        raise DataFolderError(f"{where}: expected labels and a template of each recording, found one of {odd[0]!r}")
    for recording, times in templates.items():
        if not np.array_equal(labels[recording].times, times):
            raise DataFolderError(
                f"{where}: expected labels at the times of the template, found others of {recording!r}"
            )
