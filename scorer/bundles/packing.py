"""A folder with a team's code → the zip that is sent. The same files make the same zip, whenever it is made."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from data_spec.whole_file import whole_file
from scorer.bundles.contents import is_harmless

SKIPPED_FOLDERS = frozenset(
    {
        "__pycache__",
        ".git",
        ".hg",
        ".svn",
        ".idea",
        ".vscode",
        ".venv",
        ".ipynb_checkpoints",
        ".hypothesis",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
    }
)
SKIPPED_SUFFIXES = (".pyc", ".pyo", ".swp", "~")
"""What tools leave beside one's own files."""

FIRST_DATE = (1980, 1, 1, 0, 0, 0)
"""A fixed date: a zip otherwise differs with the minute it was written in."""

ZIP64_BYTES = 1 << 30
"""From this size on a file is packed in the form that may be larger than 4 GB."""


class PackingError(ValueError):
    """A folder that cannot be packed; the message names what is in the way."""


def pack(folder: Path, out: Path, *, add: Sequence[Path] = ()) -> list[str]:
    """Pack a folder, such that what is in it is at the top of the zip.

    What version control, editors and Python leave is left out, and so is `out` itself.

    Args:
        folder: with `bundle.yaml` and all the rest.
        out: the zip; whole or not at all.
        add: further files and folders; each goes to the top under its last name.

    Returns:
        The paths in the zip, sorted.

    Raises:
        PackingError: no folder, a link, a pipe or a name that no zip can hold, or two files of one name.
        OSError: something cannot be read or written.
    """
    if not folder.is_dir():
        raise PackingError(f"{folder}: expected a folder, found {'a file' if folder.exists() else 'nothing'}")
    files: dict[str, Path] = {}
    # A link inside the folder is refused; one that is named is meant.
    added = [(path, (path if path.name not in {"", ".."} else path.resolve()).name, path.resolve()) for path in add]
    for source, inside, path in [(folder, "", folder), *added]:
        found = list(_files_in(path, inside, out))
        if not found:
            raise PackingError(f"{source}: expected files, found none that are packed")
        for file, name in found:
            if name in files:
                raise PackingError(f"{file}: expected one file {name} in the bundle, found {files[name]} as well")
            files[name] = file
    names = sorted(files)
    with whole_file(out) as target, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            _write(archive, files[name], name)
    return names


def _files_in(path: Path, name: str, out: Path) -> Iterator[tuple[Path, str]]:
    """Each file to pack at a path or below it, with its own name in the zip."""
    if _is_skipped(name) or (out.exists() and path.exists() and path.samefile(out)):
        return
    mode = path.lstat().st_mode
    if stat.S_ISDIR(mode):
        for inner in path.iterdir():
            yield from _files_in(inner, f"{name}/{inner.name}" if name else inner.name, out)
        return
    if not stat.S_ISREG(mode):
        kind = f"a link to {os.readlink(path)}; name that itself to add it" if stat.S_ISLNK(mode) else "neither"
        raise PackingError(f"{path}: expected a file or a folder, found {kind}")
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise PackingError(f"{os.fsencode(path)!r}: expected a name in UTF-8, found another") from error
    yield path, name


def _is_skipped(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last in SKIPPED_FOLDERS or last.endswith(SKIPPED_SUFFIXES) or is_harmless(name)


def _write(archive: zipfile.ZipFile, file: Path, name: str) -> None:
    entry = zipfile.ZipInfo(name, date_time=FIRST_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, wherever it is packed
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    large = file.stat().st_size >= ZIP64_BYTES
    with file.open("rb") as source, archive.open(entry, "w", force_zip64=large) as target:
        shutil.copyfileobj(source, target)
