"""What `bundle check` and `bundle try` are called on: a zip, or the folder that will be one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from data_spec.command_line import WrongUsage
from data_spec.competition import Verification
from scorer.bundles.bundle import Bundle, read
from scorer.bundles.packing import PackingError, pack
from scorer.commands.terminal_text import visible
from scorer.commands.verdict_text import tell_refusal
from scorer.verdict import refused

source_argument = click.argument("source", metavar="FOLDER_OR_ZIP", type=click.Path(exists=True, path_type=Path))


@contextmanager
def packed(source: Path) -> Iterator[Path]:
    """The zip, or one of the folder as long as the context lasts. Raises WrongUsage where it cannot be packed."""
    if source.is_file():
        yield source
        return
    with tempfile.TemporaryDirectory() as aside:
        pack_as_told(source, Path(aside, "bundle.zip"))
        yield Path(aside, "bundle.zip")


def pack_as_told(folder: Path, out: Path, add: tuple[Path, ...] = ()) -> list[str]:
    """`packing.pack`, where whoever called is told what is in the way. Raises WrongUsage."""
    try:
        return pack(folder, out, add=add)
    except PackingError as error:
        raise WrongUsage(visible(str(error))) from error


def read_accepted(zip_path: Path, rules: Verification, *, err: bool = False) -> tuple[Bundle, tuple[str, ...]]:
    """The bundle, and notes on it; where there is none, all faults are printed, and the command ends with exit code 1.

    `err`: to standard error.
    """
    verdict = read(zip_path, rules)
    if verdict.bundle is None:
        tell_refusal(refused(*verdict.faults, notes=verdict.notes), err=err)
        raise click.exceptions.Exit(1)
    return verdict.bundle, verdict.notes
