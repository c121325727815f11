"""A folder with a `bin/python` of its own, as `venv` makes them, but such that it works in a sandbox.

`venv` links to the interpreter as it was called, often by way of links in somebody's home. A sandbox shows the
interpreter at its true place alone, so that is where these links lead.
"""

from __future__ import annotations

import platform
import sys
from pathlib import Path, PurePosixPath

from scorer.sandbox.launch import interpreter

PYTHON = PurePosixPath("bin", "python")
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
SITE_PACKAGES = PurePosixPath("lib", f"python{VERSION}", "site-packages")
PROGRAMS = ("python", "python3", f"python{VERSION}")

READABLE = 0o644
OPEN = 0o755
"""Modes: the job's user is nobody on this machine."""


def write_python(folder: Path, *, system_packages: bool = False) -> None:
    """Make `folder` the prefix of a Python; what lies in it already stays. It may be moved afterwards.

    Args:
        folder: where; its `SITE_PACKAGES` are the packages that this Python finds.
        system_packages: whether it also finds those of the interpreter itself.

    Raises:
        OSError: it cannot be written, or one of the programs is there already.
    """
    python = interpreter()
    configuration = {
        "home": str(python.parent),
        "include-system-site-packages": str(system_packages).lower(),
        "version": platform.python_version(),
    }
    (folder / "bin").mkdir(exist_ok=True)
    with (folder / "pyvenv.cfg").open("x", encoding="utf-8") as file:
        file.writelines(f"{key} = {value}\n" for key, value in configuration.items())
    for name in PROGRAMS:
        (folder / "bin" / name).symlink_to(python)


def make_readable(folder: Path) -> None:
    """Let everybody read what is in a folder, and run what its owner may run; links are left alone."""
    folder.chmod(OPEN)
    for path in folder.rglob("*"):
        if path.is_symlink():
            continue
        path.chmod(OPEN if path.is_dir() or path.stat().st_mode & 0o100 else READABLE)
