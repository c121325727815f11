"""The kit's own environment: what this Python has installed, lent to bundles that ask for nothing else.

A bundle sees the installed packages and no more: neither the kit's checkout, from which the kit itself runs, nor the
other folders of the virtual environment. Versions decide; what is installed has no hash that a lock could name.
"""

from __future__ import annotations

import hashlib
import platform
import site
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from scorer.environments.aside import folder_aside
from scorer.environments.environment import Environment
from scorer.environments.prefix import PYTHON, SITE_PACKAGES, make_readable, write_python
from scorer.environments.requirements import Asked
from scorer.sandbox.launch import interpreter


@dataclass(frozen=True)
class Unmet:
    """A requirement that is not satisfied, and what is installed instead, None for nothing."""

    requirement: str
    installed: str | None

    def __str__(self) -> str:
        return f"{self.requirement} ({'not installed' if self.installed is None else f'installed: {self.installed}'})"


class KitEnvironment:
    """What is installed in some folders of packages; by default those of this Python."""

    def __init__(self, folders: Sequence[Path] | None = None) -> None:
        self.folders = tuple(_package_folders() if folders is None else folders)

    @cached_property
    def installed(self) -> Mapping[str, Distribution]:
        """What is installed, by its plain name; where one is there twice, the one that an import finds."""
        found: dict[str, Distribution] = {}
        for one in distributions(path=[str(folder) for folder in self.folders]):
            with suppress(FileNotFoundError):  # what the backport of importlib.metadata raises, once it is imported
                # A folder that an interrupted installation left has metadata without a name.
                if one.metadata["Name"]:
                    found.setdefault(canonicalize_name(one.metadata["Name"]), one)
        return found

    @property
    def sha256(self) -> str:
        """Of the version of Python, and of the names and versions of all that is installed."""
        lines = [platform.python_version(), *(f"{name}=={self.installed[name].version}" for name in self.installed)]
        return hashlib.sha256("\n".join([lines[0], *sorted(lines[1:])]).encode()).hexdigest()

    def unmet(self, asked: Sequence[Asked]) -> list[Unmet]:
        """The requirements that are not satisfied, those of their extras among them; none: all are."""
        seen: set[str] = set()
        return [unmet for one in asked for unmet in self._unmet(one.requirement, "", seen)]

    def _unmet(self, requirement: Requirement, extra: str, seen: set[str]) -> Iterator[Unmet]:
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            return
        if f"{requirement} {extra}" in seen:
            return
        seen.add(f"{requirement} {extra}")
        found = self.installed.get(canonicalize_name(requirement.name))
        if found is None or not requirement.specifier.contains(found.version, prereleases=True):
            yield Unmet(str(requirement), None if found is None else found.version)
            return
        for wanted in sorted(map(canonicalize_name, requirement.extras)):
            if wanted not in map(canonicalize_name, found.metadata.get_all("Provides-Extra") or ()):
                continue  # as pip: an extra that is unknown asks for nothing
            for line in found.requires or ():
                try:
                    inner = Requirement(line)
                except InvalidRequirement:
                    continue
                if inner.marker is not None and "extra" in str(inner.marker):
                    yield from self._unmet(inner, wanted, seen)

    def prepare(self, cache: Path) -> Environment:
        """What a sandbox needs to run this Python with these packages.

        Args:
            cache: a folder for prefixes; it is made, and what is found there is used.

        Raises:
            OSError: it cannot be written.
        """
        description = f"the kit's own environment: Python {platform.python_version()}, {len(self.installed)} packages"
        if sys.prefix == sys.base_prefix:
            return Environment(self.folders, self.sha256, description, str(interpreter()))
        inside = [folder for folder in self.folders if folder.is_relative_to(sys.prefix)]
        packages = inside[0] if inside else self.folders[0]
        key = hashlib.sha256(f"{packages}\n{interpreter()}\n{len(self.folders)}".encode()).hexdigest()
        prefix = cache.absolute() / f"kit-{key[:16]}"
        if not prefix.is_dir():
            with folder_aside(prefix) as folder:
                link = folder / SITE_PACKAGES
                link.parent.mkdir(parents=True)
                link.symlink_to(packages)
                write_python(folder, system_packages=len(inside) < len(self.folders))
                make_readable(folder)
        return Environment((prefix, *self.folders), self.sha256, description, str(prefix / PYTHON))


def _package_folders() -> list[Path]:
    """Where this Python finds packages: those of its prefix, and the system's where it sees them; not the user's."""
    return [folder for folder in map(Path, site.getsitepackages()) if folder.is_dir()]
