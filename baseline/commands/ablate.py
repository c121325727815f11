"""`python -m baseline ablate`: what each modality gives, alone and with the others."""

from __future__ import annotations

from pathlib import Path

import click

from baseline.ablation import ablate, as_markdown, write_report
from baseline.commands.output import folder_to_write
from baseline.training import Settings
from data_spec.command_line import WrongUsage
from data_spec.corpus import Corpus

DEFAULTS = Settings()


@click.command(
    "ablate",
    epilog="""\b
Example:
  python -m baseline ablate corpus --out ablation

CORPUS is the organiser's: it holds the labels of the public test.""",
)
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    callback=folder_to_write,
    help="A folder for the table and the plot.",
)
@click.option("--epochs", default=DEFAULTS.epochs, show_default=True, type=click.IntRange(min=1))
@click.option(
    "--seed",
    default=DEFAULTS.seed,
    show_default=True,
    type=click.IntRange(0, 2**32 - 1),
    help="Of every training.",
)
def command(corpus: Path, out: Path, epochs: int, seed: int) -> None:
    """Train the naive baseline on each modality alone and on all, and score each on the public test of CORPUS."""
    opened = Corpus.open(corpus)
    settings = Settings(epochs=epochs, seed=seed)
    try:
        results = ablate(opened, settings, tell=lambda name: click.echo(f"modalities: {name}", err=True))
    except ValueError as error:
        raise WrongUsage(str(error)) from error
    write_report(out, results, opened.challenge, settings)
    click.echo(as_markdown(results), nl=False)
    click.echo(f"written: {out}/ablation.csv, ablation.md, ablation.png", err=True)
