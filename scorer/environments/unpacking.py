"""Wheels → a folder of packages. Nothing of a wheel is run: files are written where wheels may have them, and no more.

`installer` (PyPA's) knows what goes where; scripts that a wheel only describes are a few lines of its own making. A
folder that is being filled holds no links, so that nothing can be written through one.
"""

from __future__ import annotations

import configparser
import errno
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.exceptions import InstallerError
from installer.sources import WheelFile

from scorer.environments.environment import EnvironmentRefused
from scorer.environments.prefix import PYTHON, SITE_PACKAGES, VERSION
from scorer.environments.wheel_house import Wheel
from scorer.verdict import shown, shown_name

if TYPE_CHECKING:
    import os

    from installer.records import RecordEntry
    from installer.sources import WheelContentElement
    from installer.utils import Scheme

MOST_BYTES = 32 * 2**30
"""Of all wheels of one environment when unpacked; one with TensorFlow for GPUs has some 8 GB."""

MOST_FILES = 1_000_000

BROKEN = (
    InstallerError,
    configparser.Error,
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    KeyError,
    EOFError,
    RuntimeError,  # NotImplementedError among them: a compression that zipfile does not know, or a password
    AssertionError,  # installer's own checks
)

WHEELS_FAULT = {errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL}
"""Errors of the file system that say that names contradict each other, not that a disk is full."""


def unpack(wheels: Sequence[Wheel], folder: Path, prefix: Path, tick: Callable[[], None]) -> None:
    """Write what is in the wheels into a folder, as they would be installed.

    Args:
        wheels: of different projects.
        folder: is filled.
        prefix: where the folder will be when it is used; scripts name it.
        tick: is called after each file; where it raises, the work ends.

    Raises:
        EnvironmentRefused: a wheel is broken, or has a path that leads out of it; names the wheel.
        OSError: it cannot be written.
    """
    destination = _Destination(folder, prefix, tick)
    room, files = MOST_BYTES, 0
    (folder / SITE_PACKAGES).mkdir(parents=True)
    for wheel in wheels:
        with _broken_wheel_named(wheel), zipfile.ZipFile(wheel.path) as opened:
            source = _Source(opened)
            room -= source.check_names()
            files += source.entries
            if room < 0 or files > MOST_FILES:
                raise EnvironmentRefused(
                    f"expected at most {MOST_BYTES:,} bytes in {MOST_FILES:,} files of packages, found more"
                )
            install(source, destination, {"INSTALLER": b"the challenge kit\n"})


class _Source(WheelFile):
    """A wheel, of which names are looked at before anything is written."""

    @property
    def entries(self) -> int:
        """How many files and folders there are."""
        return len(self._zipfile.infolist())

    def check_names(self) -> int:
        """How many bytes there are when unpacked. Raises ValueError for a path that leads out of the wheel."""
        for name in self._zipfile.namelist():
            parts = name.replace("\\", "/").split("/")
            if ".." in parts or parts[0] == "":
                raise ValueError(f"expected paths inside the wheel, found {shown_name(name)}")
        return sum(info.file_size for info in self._zipfile.infolist())

    def get_contents(self) -> Iterator[WheelContentElement]:
        """All files but bytecode: nobody has seen what it was made of."""
        for record, stream, is_executable in super().get_contents():
            if "__pycache__" not in record[0].split("/"):
                yield record, stream, is_executable


class _Destination(SchemeDictionaryDestination):
    """A folder that is filled. Two wheels may have the same file, as with pip: the later one's stays."""

    def __init__(self, folder: Path, prefix: Path, tick: Callable[[], None]) -> None:
        packages = str(folder / SITE_PACKAGES)
        super().__init__(
            {
                "purelib": packages,
                "platlib": packages,
                "headers": str(folder / "include" / f"python{VERSION}"),
                "scripts": str(folder / "bin"),
                "data": str(folder),
            },
            interpreter=str(prefix / PYTHON),
            script_kind="posix",
            overwrite_existing=True,
        )
        self._tick = tick

    def write_file(
        self, scheme: Scheme, path: str | os.PathLike[str], stream: BinaryIO, is_executable: bool
    ) -> RecordEntry:
        written = super().write_file(scheme, path, stream, is_executable)
        self._tick()
        return written


@contextmanager
def _broken_wheel_named(wheel: Wheel) -> Iterator[Any]:
    """What is raised on a wheel that cannot be unpacked, as an EnvironmentRefused."""
    try:
        yield
    except OSError as error:
        if error.errno not in WHEELS_FAULT:
            raise
        raise EnvironmentRefused(f"{wheel.path.name}: expected a wheel, found {shown(str(error.strerror))}") from error
    except BROKEN as error:
        reason = shown(str(error.args[-1] if error.args else error))  # installer's errors have the wheel before it
        raise EnvironmentRefused(f"{wheel.path.name}: expected a whole wheel: {reason}") from error
