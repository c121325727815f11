"""A team's code as a zip: the bundle in it, or every reason why there is none.

The one way by which a bundle is read: the participant's `bundle check`, the server and the verification all come
here. What the zip may contain stands in `contents.py`, what its files must be in `checking.py`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from data_spec.competition import Verification
from scorer.archive import Archive, ArchiveError, open_archive
from scorer.bundles.checking import check_files
from scorer.bundles.contents import folder_around, sort_entries
from scorer.bundles.manifest import MANIFEST, Manifest
from scorer.verdict import WHOLE_ZIP, Fault, shown_name

MAX_FAULTS = 100
"""How many faults of a bundle are listed; of the others the number is told."""

FILE_MODE = 0o644
FOLDER_MODE = 0o755
"""Of what is unpacked: whoever runs it is another user than the server, and may not change it."""


@dataclass(frozen=True)
class Bundle:
    """A team's code, complete and safe to unpack.

    Attributes:
        manifest: how it is run.
        requirements: the text of its lock, or of its `requirements.txt` where it has none.
        requirements_name: which of the two it is.
        files: size in bytes of each file when unpacked, by its path.
    """

    manifest: Manifest
    requirements: str
    requirements_name: str
    files: Mapping[str, int]
    _archive: Archive = field(repr=False)
    _positions: Mapping[str, int] = field(repr=False)

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises KeyError where there is none of that name."""
        return self._archive.read(self._positions[name])

    def unpack(self, folder: Path) -> None:
        """Write all files into a new folder: it is there with all of them, or not at all.

        Raises:
            FileExistsError: there is something at its place.
            OSError: it cannot be written.
        """
        folder.mkdir(parents=True)
        try:
            folder.chmod(FOLDER_MODE)
            made = {folder}
            for name in self.files:
                _make_folders((folder / name).parent, made)
                with (folder / name).open("xb") as file:
                    os.fchmod(file.fileno(), FILE_MODE)
                    file.write(self.read(name))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


@dataclass(frozen=True)
class BundleVerdict:
    """The outcome of a check.

    Attributes:
        faults: the reasons of refusal; none when the bundle is accepted.
        notes: what else its owner should know.
        bundle: None when it is refused.
    """

    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()
    bundle: Bundle | None = None

    @property
    def accepted(self) -> bool:
        """Whether the code can be run."""
        return self.bundle is not None


def read(source: Path | BinaryIO, rules: Verification) -> BundleVerdict:
    """Read a bundle and compare it with the rules.

    Nothing that is in the zip raises: whatever is wrong with it becomes a fault of the verdict. All of it stays in
    memory as long as the bundle does.

    Args:
        source: the zip.
        rules: the limits of the zip, and the sections of the report.

    Raises:
        OSError: the source itself cannot be read.
    """
    try:
        archive = open_archive(source, rules.bundle)
    except ArchiveError as error:
        return BundleVerdict((Fault(WHOLE_ZIP, None, None, error.expected, error.found),))
    contents = sort_entries(archive.entries)
    if around := folder_around(contents.files):
        expected = f"{MANIFEST} at the top of the zip, with no folder around it"
        fault = Fault(shown_name(f"{around}/{MANIFEST}"), None, None, expected, f"all in {shown_name(f'{around}/')}")
        return BundleVerdict((fault, *contents.faults), contents.notes)
    checked = check_files(archive, contents.files, rules)
    faults, notes = [*contents.faults, *checked.faults], [*contents.notes, *checked.notes]
    if faults or checked.manifest is None or checked.requirements is None:
        if len(faults) > MAX_FAULTS:
            notes.append(f"not listed: {len(faults) - MAX_FAULTS:,} further faults")
        return BundleVerdict(tuple(faults[:MAX_FAULTS]), tuple(notes))
    sizes = {name: archive.entries[position].size for name, position in contents.files.items()}
    name, text = checked.requirements
    return BundleVerdict((), tuple(notes), Bundle(checked.manifest, text, name, sizes, archive, contents.files))


def _make_folders(folder: Path, made: set[Path]) -> None:
    if folder in made:
        return
    _make_folders(folder.parent, made)
    folder.mkdir()
    folder.chmod(FOLDER_MODE)
    made.add(folder)
