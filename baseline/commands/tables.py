"""`python -m baseline tables`: the published tables of a system, measured."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from baseline.commands.output import folder_to_write
from baseline.commands.training_options import changed_settings, size_and_settings, system_for
from baseline.registry import SYSTEMS
from baseline.system import Size, System, Table
from baseline.table_files import as_markdown, write_tables
from baseline.tables import measure
from baseline.training import Training
from data_spec.command_line import WrongUsage
from data_spec.corpus import Corpus


@click.command(
    "tables",
    epilog="""\b
Example:
  python -m baseline tables decision_fusion corpus --out tables
  python -m baseline tables early_fusion mosei --out tables --table trimodal --seeds 1

CORPUS is the organiser's: it holds the labels of the first test. Each training
is a run in FOLDER/runs; those that are there are not done again.""",
)
@click.argument("system_name", metavar="SYSTEM", type=click.Choice(list(SYSTEMS)))
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    callback=folder_to_write,
    help="A folder for the tables, the plots and the runs.",
)
@click.option("--table", "table_name", help="Which table; all of the system's by default.")
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(min=1), help="How many: 0, 1, …")
@click.option("--corpus-name", help="What the corpus is called in the table; by default its folder's name.")
@size_and_settings
def command(
    system_name: str,
    corpus: Path,
    out: Path,
    table_name: str | None,
    seeds: int,
    corpus_name: str | None,
    size: Size,
    changes: tuple[str, ...],
) -> None:
    """Train every variant in the published tables of SYSTEM over some seeds, and score each on the test of CORPUS."""
    opened = Corpus.open(corpus)
    system = system_for(opened.challenge, system_name)
    tables = _chosen_tables(system, table_name)

    def training_for(variant: str, seed: int) -> Training:
        settings = changed_settings(system, size, variant, changes)
        return Training(system, variant, size, settings, seed, system.needs_validation)

    try:
        measured = measure(
            opened,
            tables,
            training_for,
            seeds,
            out,
            corpus_name or opened.root.resolve().name,
            tell=lambda what: click.echo(f"training: {what}", err=True),
        )
    except ValueError as error:
        raise WrongUsage(str(error)) from error
    write_tables(out, measured, opened.challenge.name, _command(system, corpus, out, table_name, seeds, size, changes))
    click.echo("\n".join(map(as_markdown, measured)), nl=False)
    written = ", ".join(table.name for table in tables)
    click.echo(f"written to {out} as .csv, .md and .png: {written}", err=True)


def _chosen_tables(system: System, name: str | None) -> Sequence[Table]:
    if not system.tables:
        raise click.BadParameter(f"nothing was published of {system.name}", param_hint="SYSTEM")
    chosen = [table for table in system.tables if name in (None, table.name)]
    if not chosen:
        known = ", ".join(table.name for table in system.tables)
        raise click.BadParameter(f"expected one of {known}. Received: {name}", param_hint="--table")
    return chosen


def _command(
    system: System,
    corpus: Path,
    out: Path,
    table_name: str | None,
    seeds: int,
    size: Size,
    changes: Sequence[str],
) -> str:
    """The command that measures the same again."""
    words = ["python", "-m", "baseline", "tables", system.name, str(corpus), "--out", str(out)]
    words += ["--table", table_name] if table_name else []
    words += ["--seeds", str(seeds), "--size", str(size)]
    return shlex.join([*words, *(word for change in changes for word in ("--set", change))])
