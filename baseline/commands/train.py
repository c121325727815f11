"""`python -m baseline train`: train a reference system."""

from __future__ import annotations

from pathlib import Path

import click

from baseline.commands.output import folder_to_write
from baseline.commands.training_options import chosen_training, training_options
from baseline.figures import published_figures, result_lines
from baseline.run_folder import PREDICTIONS_FILE, RunFolder
from baseline.system import Size
from baseline.training import train
from data_spec.command_line import WrongUsage
from data_spec.corpus import Corpus
from data_spec.whole_folder import whole_folder


@click.command(
    "train",
    epilog="""\b
Example:
  python -m baseline train published/participants --out run
  python -m baseline train corpus --out audio --variant audio --set epochs=3
  python -m baseline train mosei --out early --system early_fusion --size full

RUN is a new folder: configuration, learning curves, scores, plots, and the
model. Where CORPUS holds the folder of the first test, its predictions are
in it, ready to be submitted, and scored where the labels are there.""",
)
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    callback=folder_to_write,
    help="The run, a new folder.",
)
@training_options
@click.option("--variant", help="Of the system; its first one by default.")
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(0, 2**32 - 1),
    help="The same seed trains the same model.",
)
@click.option(
    "--hold-out/--no-hold-out",
    default=None,
    help="Hold a tenth of the training recordings out, where the challenge has no validation. By default for systems "
    "that choose by it.",
)
def command(
    corpus: Path,
    out: Path,
    system: str,
    size: Size,
    changes: tuple[str, ...],
    variant: str | None,
    seed: int,
    hold_out: bool | None,
) -> None:
    """Train a reference system on the recordings in CORPUS, and write all about it into a folder."""
    opened = Corpus.open(corpus)
    training = chosen_training(opened.challenge, system, variant, size, changes, seed, hold_out)
    try:
        with whole_folder(out) as aside:
            outcome = train(opened, training, RunFolder(aside))
    except ValueError as error:
        raise WrongUsage(str(error)) from error
    trained = training.system
    counts = ", ".join(f"{count:,} {part}" for part, count in outcome.recordings.items() if count)
    click.echo(f"{out}: {trained.title}, {training.variant}; recordings: {counts}")
    published = published_figures(trained, training.variant, opened.challenge)
    for name, report in (("validation", outcome.validation), ("test", outcome.test)):
        if report is not None:
            for line in result_lines(report, published if name == "test" else {}):
                click.echo(f"{name}: {line}")
    if outcome.fault is not None:
        raise WrongUsage(f"the model is trained; the test was not predicted: {outcome.fault}")
    if outcome.recordings["test"]:
        click.echo(f"to submit: {out / PREDICTIONS_FILE}")
