"""The wheel house: a folder of wheels that the organiser has chosen, from which environments are built.

It is filled with pip, on a machine with a network and of the same kind as the server:
`pip download --only-binary=:all: --dest wheels -r requirements.txt`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from scorer.environments.environment import EnvironmentRefused

MOST_NAMED = 8
"""Versions in a message."""


@dataclass(frozen=True)
class Wheel:
    """One wheel, as its file name tells it."""

    path: Path
    name: str
    version: Version

    @cached_property
    def sha256(self) -> str:
        """Of the file. Raises OSError."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


class WheelHouse:
    """The wheels in a folder. Source distributions are left alone: to build one is to run it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def wheels(self) -> Mapping[str, Wheel]:
        """All wheels, by file name. Raises EnvironmentRefused where the folder cannot be read."""
        try:
            files = sorted(path for path in self.folder.iterdir() if path.suffix == ".whl" and path.is_file())
        except OSError as error:
            raise EnvironmentRefused(f"the wheel house cannot be read: {error.strerror}") from error
        found = {}
        for path in files:
            try:
                name, version, _, _ = parse_wheel_filename(path.name)
            except InvalidWheelFilename:
                continue
            found[path.name] = Wheel(path, name, version)
        return found

    def tell(self, name: str) -> str:
        """What is there of a project, in words; its name in its plain spelling."""
        versions = sorted({wheel.version for wheel in self.wheels.values() if wheel.name == name}, reverse=True)
        if versions:
            more = f" and {len(versions) - MOST_NAMED} more" if len(versions) > MOST_NAMED else ""
            return f"{name} {', '.join(map(str, versions[:MOST_NAMED]))}{more}"
        if any(_is_source_of(path, name) for path in self.folder.iterdir()):
            return f"{name} as source only, which is not built: that would run it"
        return f"no {name}"


def _is_source_of(path: Path, name: str) -> bool:
    try:
        return parse_sdist_filename(path.name)[0] == name
    except InvalidSdistFilename:
        return False
