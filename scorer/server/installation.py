"""Make a data folder from a published corpus: all that the server needs, and nothing half made."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from data_spec.challenge import FILE_NAME, Challenge, load_challenge
from data_spec.corpus import LABELS_FOLDER
from data_spec.publish import ORGANISERS
from data_spec.whole_folder import whole_folder
from scorer.server import migrations
from scorer.server.accounts.models import Role
from scorer.server.accounts.passwords import Passwords
from scorer.server.accounts.service import register
from scorer.server.config import SECRET_KEY_BYTES, sqlite_url
from scorer.server.data_folder import DataFolder, DataFolderError, labels_version
from scorer.server.db import open_engine, writing
from scorer.server.stages.service import create_stages


@dataclass(frozen=True)
class Administrator:
    """The organiser's account, with the password that is shown once."""

    email: str
    password: str


def install(root: Path, published: Path, *, admin_email: str | None = None) -> Administrator | None:
    """Make `root` a data folder for the challenge that `data_spec publish` wrote to `published`.

    Returns: the organiser's account, if one was asked for.

    Raises:
        CorpusError: something is in the way at `root`.
        DataFolderError: `published` lacks a file.
        ChallengeError: the published challenge is broken.
        Refusal: the e-mail address is not accepted.
    """
    challenge = _published_challenge(published)
    with whole_folder(root) as folder:
        folder.chmod(0o700)
        data = DataFolder(folder)
        _write_secret_key(data)
        data.storage.create()
        _copy_corpus(data, published, challenge)
        return _create_database(data, challenge, admin_email)


def _published_challenge(published: Path) -> Challenge:
    path = published / ORGANISERS / FILE_NAME
    if not path.is_file():
        raise DataFolderError(
            f"{path}: expected the challenge, found nothing. Publish a corpus first: "
            f"python -m data_spec publish CORPUS {published}"
        )
    return load_challenge(path)


def _write_secret_key(data: DataFolder) -> None:
    data.secrets.mkdir(mode=0o700)
    data.session_key.touch(mode=0o600)
    data.session_key.write_text(secrets.token_hex(SECRET_KEY_BYTES), encoding="ascii")


def _copy_corpus(data: DataFolder, published: Path, challenge: Challenge) -> None:
    data.corpus.mkdir(mode=0o700)
    shutil.copyfile(published / ORGANISERS / FILE_NAME, data.corpus / FILE_NAME)
    for stage in challenge.stages:
        split = challenge.split(stage.split)
        places = (
            (published / ORGANISERS / split.folder / LABELS_FOLDER, LABELS_FOLDER),
            (published / split.audience / split.folder / challenge.submission.folder, challenge.submission.folder),
        )
        for source, name in places:
            _copy_csv_files(source, data.corpus / split.folder / name)
        recordings = data.recordings(challenge, stage.split)
        if set(recordings.labels) != set(recordings.templates):
            odd = sorted(set(recordings.labels) ^ set(recordings.templates))[0]
            raise DataFolderError(
                f"{split.folder}: expected labels and a template of each recording, found one of {odd!r}"
            )


def _copy_csv_files(source: Path, target: Path) -> None:
    """Copy the CSV files of a folder, readable by their owner only."""
    files = sorted(source.glob("*.csv"))
    if not files:
        raise DataFolderError(f"{source}: expected a folder with CSV files, found none")
    target.parent.mkdir(mode=0o700, exist_ok=True)
    target.mkdir(mode=0o700)
    for file in files:
        copy = target / file.name
        copy.touch(mode=0o600)
        shutil.copyfile(file, copy)


def _create_database(data: DataFolder, challenge: Challenge, admin_email: str | None) -> Administrator | None:
    data.database.touch(mode=0o600)
    engine = open_engine(sqlite_url(data))
    try:
        migrations.upgrade(engine)
        with Session(engine) as session:
            versions = {
                stage.split: labels_version(data.recordings(challenge, stage.split).path) for stage in challenge.stages
            }
            with writing(session):
                create_stages(session, challenge, versions)
            if admin_email is None:
                return None
            password = secrets.token_urlsafe(18)
            account = register(
                session,
                Passwords(),
                email=admin_email,
                display_name="Organiser",
                password=password,
                role=Role.ORGANISER,
            )
            return Administrator(account.email, password)
    finally:
        engine.dispose()
