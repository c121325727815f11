"""`python -m scorer bundle pack`: make the zip that is sent."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from scorer.commands.bundle_source import pack_as_told


@click.command(
    epilog="""\b
Example:
  python -m scorer bundle pack ours --out bundle.zip
  python -m scorer bundle pack ours --out bundle.zip --add models/best.keras

Exit codes: 0 done, 2 wrong usage.""",
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out", required=True, metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="The zip to write."
)
@click.option(
    "--add",
    multiple=True,
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    help="A further file or folder, such as a model; it goes beside bundle.yaml. May stand several times.",
)
def command(folder: Path, out: Path, add: tuple[Path, ...]) -> None:
    """Pack FOLDER as a bundle.

    What is in FOLDER is at the top of the zip. Left out is what Python, editors and version control leave behind.
    The same files make the same zip, so its SHA-256 tells whether two bundles are one.
    """
    names = pack_as_told(folder, out, add)
    with out.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    click.echo(f"{out}: {len(names):,} files, {out.stat().st_size:,} bytes")
    click.echo(f"SHA-256 {digest}")
