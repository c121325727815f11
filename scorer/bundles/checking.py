"""The files of a bundle, compared with the rules.

What each of them must be stands in a file of its own: the manifest in `manifest_file.py`, the program that it starts
in `program.py`, what is to be installed in `requirements.py`, the report in `report.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data_spec.competition import Verification
from scorer.archive import Archive, ArchiveError
from scorer.bundles import manifest_file, requirements
from scorer.bundles.manifest import MANIFEST, Manifest
from scorer.bundles.manifest_file import field_fault, read_manifest
from scorer.bundles.program import check_program, check_version, find_program
from scorer.bundles.report import REPORT, check_report
from scorer.bundles.text_file import MOST_BYTES, TextRefused, check_size, decode
from scorer.verdict import Fault, shown, shown_name


@dataclass
class Checked:
    """What is known of the files of a bundle.

    Attributes:
        manifest: None where it cannot be used.
        requirements: the name and the text of what is to be installed; None where there is none.
        faults: why it is refused.
        notes: what else its owner should know.
    """

    manifest: Manifest | None = None
    requirements: tuple[str, str] | None = None
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def check_files(archive: Archive, positions: Mapping[str, int], rules: Verification) -> Checked:
    """Look at every file.

    Args:
        archive: the zip.
        positions: where each file is in it, by its path in the bundle.
        rules: what the report must have, and what a run is given.
    """
    checker = _Checker(archive, positions, rules)
    checker.check_bytes()
    checker.check_manifest()
    checker.check_requirements()
    checker.check_report()
    return checker.checked


class _Checker:
    def __init__(self, archive: Archive, positions: Mapping[str, int], rules: Verification) -> None:
        self._archive = archive
        self._positions = positions
        self._rules = rules
        self.checked = Checked()

    def check_bytes(self) -> None:
        """Every file can be unpacked: a wrong checksum is not to show when the code is run."""
        for name, position in self._positions.items():
            try:
                self._archive.read(position)
            except ArchiveError as error:
                self._refuse(Fault(shown_name(name), None, None, error.expected, error.found))

    def check_manifest(self) -> None:
        """How it is run: that it can be, and by what is there."""
        if (text := self._text(MANIFEST, manifest_file.MOST_BYTES)) is None:
            return
        manifest, faults = read_manifest(text)
        self._refuse(*faults)
        if manifest is None:
            return
        self.checked.manifest = manifest
        self._refuse(*check_version(manifest.python))
        self._check_program(manifest)
        for model in manifest.models:
            if not self._holds(model):
                self._refuse(field_fault("models", "models that are in the bundle", f"{shown(model)}, which is not"))
        self._note_wishes(manifest)

    def check_requirements(self) -> None:
        """What is to be installed."""
        name = requirements.choose(self._positions.keys())
        if name is None:
            self._refuse(_absent(f"{requirements.LOCK} or {requirements.PLAIN}"))
            return
        if name == requirements.LOCK and requirements.PLAIN in self._positions:
            self.checked.notes.append(f"not read: {requirements.PLAIN}, since there is a {name}")
        if (text := self._text(name)) is not None:
            self._refuse(*requirements.check_requirements(name, text))
            self.checked.requirements = name, text

    def check_report(self) -> None:
        """What the team says of its system."""
        if (text := self._text(REPORT)) is not None:
            self._refuse(*check_report(text, self._rules.report_sections))

    def _check_program(self, manifest: Manifest) -> None:
        program, faults = find_program(manifest.command, self._positions.keys())
        self._refuse(*faults)
        if program is not None:
            if (text := self._text(program)) is not None:
                self._refuse(*check_program(program, text))
        elif not faults:
            self.checked.notes.append(f"{MANIFEST}, command: starts no Python program of the bundle; not looked at")

    def _note_wishes(self, manifest: Manifest) -> None:
        wishes, given = manifest.hardware, self._rules.run.memory_bytes
        if wishes.gpu:
            self.checked.notes.append(f"{MANIFEST}, hardware.gpu: a wish; the code must also run where there is none")
        if wishes.memory_bytes is not None and wishes.memory_bytes > given:
            self.checked.notes.append(f"{MANIFEST}, hardware.memory_bytes: a wish; a run is given {given:,} bytes")

    def _holds(self, path: str) -> bool:
        folder = f"{path.removesuffix('/')}/"
        return path in self._positions or any(name.startswith(folder) for name in self._positions)

    def _text(self, name: str, most: int = MOST_BYTES) -> str | None:
        """The text of a file, None where it has none; why, is among the faults then."""
        if (position := self._positions.get(name)) is None:
            spelt = [shown_name(other) for other in self._positions if other.casefold() == name.casefold()]
            self._refuse(_absent(name, spelt[0] if spelt else "none"))
            return None
        try:
            check_size(name, self._archive.entries[position].size, most)
            return decode(name, self._archive.read(position))
        except TextRefused as error:
            self._refuse(error.fault)
        except ArchiveError:  # named already, among all that cannot be unpacked
            pass
        return None

    def _refuse(self, *faults: Fault) -> None:
        self.checked.faults += faults


def _absent(name: str, found: str = "none") -> Fault:
    return Fault(name, None, None, "this file in the bundle", found)
