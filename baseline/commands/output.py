"""Places to write to, looked at before the work begins: training takes minutes, and must not be lost at its end."""

from __future__ import annotations

import os
from pathlib import Path

import click


def file_to_write(context: click.Context, parameter: click.Parameter, path: Path) -> Path:
    """A callback of click's: the path, where a file can be. Raises click.BadParameter."""
    if path.is_dir():
        raise click.BadParameter(f"expected the name of a file, found the folder {path}")
    _require_writable_folder_above(path)
    return path


def folder_to_write(context: click.Context, parameter: click.Parameter, path: Path) -> Path:
    """A callback of click's: the path, where a folder is or can be. Raises click.BadParameter."""
    _require_writable_folder_above(path / "any file")
    return path


def _require_writable_folder_above(path: Path) -> None:
    # The folders between are made when the file is written.
    above = next(folder for folder in path.absolute().parents if folder.exists())
    if not above.is_dir():
        raise click.BadParameter(f"expected a folder, found the file {above}")
    if not os.access(above, os.W_OK | os.X_OK):
        raise click.BadParameter(f"expected a folder that can be written to, found {above}, which cannot")
