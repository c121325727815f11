"""Make a data folder and its database from a backup: all of it, or nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path

from data_spec.whole_folder import whole_folder
from scorer.server.backup.filling import fill_database
from scorer.server.backup.manifest import FOLDERS, SUBMISSIONS, BackupError, Manifest, Progress, submission_member
from scorer.server.backup.unpacking import unpack
from scorer.server.config import database_url, load_settings, sqlite_url
from scorer.server.data_folder import DataFolder
from scorer.server.new_database import new_database
from scorer.server.storage import Storage
from scorer.server.storage.creation import create_storage


def restore(
    archive: Path, root: Path, *, environment: Mapping[str, str] | None = None, progress: Progress = iter
) -> Manifest:
    """Make `root` the data folder that was backed up, with its database, whichever kind either was.

    Every file is compared with its hash before anything is made of it. The folder is there when all of it
    is, and a database elsewhere is filled or left as it was. Uploads that go to a storage elsewhere go there
    once the rest has succeeded; they lie under their hashes, where nobody looks without a row.

    Args:
        archive: the backup.
        root: a new or empty folder.
        environment: may name another database and storage than the folder's own; by default the process's variables.
        progress: wraps the names of the files that are unpacked.

    Raises:
        CorpusError: something is in the way at `root`.
        BackupError: the backup is not what was made, or holds what no server has.
        DataFolderError: the database that is named is in use or cannot be opened, or there is no challenge.
        ConfigError: an environment variable cannot be used, or there is no secret key in the backup.
        StorageAway: the uploads cannot be kept.
        OSError: a file cannot be read or written.
    """
    url = database_url(DataFolder(root), environment)
    is_own = url == sqlite_url(DataFolder(root))
    with nullcontext() if is_own else new_database(url), whole_folder(root) as folder:
        folder.chmod(0o700)
        data = DataFolder(folder)
        with tempfile.TemporaryDirectory(dir=folder) as aside:
            unpacked = Path(aside)
            manifest = unpack(archive, unpacked, progress)
            _make_folders(data, unpacked)
            settings = load_settings(data, environment)
            storage = create_storage(settings)
            if is_own:
                data.database.touch(mode=0o600)
            fill_database(settings.database_url, unpacked, manifest)
            _keep_uploads(storage, unpacked)
    return manifest


def _make_folders(data: DataFolder, unpacked: Path) -> None:
    for name in FOLDERS:
        if (unpacked / name).is_dir():
            shutil.move(unpacked / name, data.root / name)
    for made in (data.downloads, data.broker, data.mails):
        made.mkdir(mode=0o700, exist_ok=True)
    data.storage.create()
    data.load_challenge()


def _keep_uploads(storage: Storage, unpacked: Path) -> None:
    for file in sorted((unpacked / SUBMISSIONS).glob("*")):
        with file.open("rb") as source:
            kept = storage.keep(source, most_bytes=file.stat().st_size)
        if kept.sha256 != file.name:
            raise BackupError(f"{submission_member(file.name)!r}: expected bytes of this hash, found others")
        file.unlink()
