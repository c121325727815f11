"""The one folder that holds everything a server keeps: database, secrets, labels, uploads."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from data_spec.challenge import FILE_NAME, Challenge, load_challenge
from data_spec.corpus import LABELS_FOLDER, RecordingFolder
from scorer.server.storage import Storage


class DataFolderError(ValueError):
    """A data folder that cannot be used, or cannot be made; the message says what is missing where."""


@dataclass(frozen=True)
class DataFolder:
    """Where each thing is.

    ```
    DATA/
      kit.db                              the database (SQLite, unless another is configured)
      secrets/session.key                 signs the cookies
      corpus/challenge.yaml               the challenge that is run
      corpus/<split>/{labels,prediction}  the labels to score with, the templates to check with
      submissions/                        uploaded zips by their SHA-256
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
    def corpus(self) -> Path:
        """Labels and templates."""
        return self.root / "corpus"

    @property
    def storage(self) -> Storage:
        """The uploads."""
        return Storage(self.root / "submissions")

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

    def recordings(self, challenge: Challenge, split: str) -> RecordingFolder:
        """The labels and templates of a split."""
        return RecordingFolder(self.corpus / challenge.split(split).folder, challenge)


def labels_version(folder: Path) -> str:
    """The hash over the names and bytes of all labels in a split's folder, in hexadecimal digits."""
    digest = hashlib.sha256()
    for file in sorted((folder / LABELS_FOLDER).glob("*.csv")):
        digest.update(f"{file.name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
