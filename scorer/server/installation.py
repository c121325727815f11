"""Make a data folder from a published corpus: all that the server needs, and nothing half made."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from data_spec.challenge import FILE_NAME, Challenge, load_challenge
from data_spec.corpus import LABELS_FOLDER
from data_spec.publish import ORGANISERS
from data_spec.whole_folder import whole_folder
from scorer import SCORER_VERSION
from scorer.server import migrations
from scorer.server.accounts.passwords import Passwords
from scorer.server.audit.service import record
from scorer.server.config import SECRET_KEY_BYTES, database_url, sqlite_url
from scorer.server.data_folder import DataFolder, DataFolderError, check_labels, labels_version
from scorer.server.db import open_engine, writing
from scorer.server.downloads.packing import pack_downloads
from scorer.server.new_database import new_database
from scorer.server.organiser.appointment import appoint
from scorer.server.stages.service import create_stages


@dataclass(frozen=True)
class Administrator:
    """The organiser's account, with the password that is shown once."""

    email: str
    password: str


def install(
    root: Path,
    published: Path,
    *,
    admin_email: str | None = None,
    environment: Mapping[str, str] | None = None,
    progress: Callable[[Sequence[Path]], Iterable[Path]] = iter,
) -> Administrator | None:
    """Make `root` a data folder for the challenge that `data_spec publish` wrote to `published`.

    It is there when all of it is, and not before; a database that is elsewhere is filled or left as it was.

    Args:
        root: the data folder to make.
        published: what `data_spec publish` wrote.
        admin_email: of the organiser's account, if there is to be one.
        environment: may name another database than the folder's own; by default the process's variables.
        progress: wraps the files that are packed for download; shows a bar, or nothing.

    Returns: the organiser's account, if one was asked for.

    Raises:
        CorpusError: something is in the way at `root`.
        DataFolderError: `published` lacks a file, or the database that is named is in use or cannot be opened.
        ConfigError: what names the database is no address of one.
        ChallengeError: the published challenge is broken.
        Refusal: the e-mail address is not accepted.
    """
    challenge = _published_challenge(published)
    url = database_url(DataFolder(root), environment)
    is_own = url == sqlite_url(DataFolder(root))
    with nullcontext() if is_own else new_database(url), whole_folder(root) as folder:
        folder.chmod(0o700)
        data = DataFolder(folder)
        _write_secrets(data)
        data.storage.create()
        for made in (data.downloads, data.broker, data.mails):
            made.mkdir(mode=0o700)
        _copy_corpus(data, published, challenge)
        pack_downloads(published, challenge, data.downloads, progress)
        if is_own:
            data.database.touch(mode=0o600)
        return _fill_database(sqlite_url(data) if is_own else url, data, challenge, admin_email)


def _published_challenge(published: Path) -> Challenge:
    path = published / ORGANISERS / FILE_NAME
    if not path.is_file():
        raise DataFolderError(
            f"{path}: expected the challenge, found nothing. Publish a corpus first: "
            f"python -m data_spec publish CORPUS {published}"
        )
    return load_challenge(path)


def _write_secrets(data: DataFolder) -> None:
    data.secrets.mkdir(mode=0o700)
    for file in (data.session_key, data.metrics_token):
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(SECRET_KEY_BYTES), encoding="ascii")


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
        check_labels(recordings.labels, recordings.templates, split.folder)


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


def _fill_database(url: str, data: DataFolder, challenge: Challenge, admin_email: str | None) -> Administrator | None:
    engine = open_engine(url)
    try:
        migrations.upgrade(engine)
        with Session(engine) as session:
            versions = {
                stage.split: labels_version(data.recordings(challenge, stage.split).path) for stage in challenge.stages
            }
            with writing(session):
                create_stages(session, challenge, versions)
                details = {"challenge": challenge.name, "data_versions": versions, "scorer_version": SCORER_VERSION}
                record(session, account=None, action="server.init", subject="server", details=details)
            if admin_email is None:
                return None
            appointed = appoint(session, Passwords(), email=admin_email)
            assert appointed.password is not None  # nobody had an account before
            return Administrator(appointed.account.email, appointed.password)
    finally:
        engine.dispose()
