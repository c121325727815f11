"""`python -m baseline cross-validate`: how well a system does on actors that it never met."""

from __future__ import annotations

import json
from pathlib import Path

import click

from baseline.commands.output import folder_to_write
from baseline.commands.training_options import chosen_training, training_options
from baseline.cross_validation import command_of, cross_validate
from baseline.cross_validation_report import as_markdown, lines_of, summary
from baseline.run_folder import RunFolder
from baseline.system import Size
from baseline.training import configuration
from data_spec.command_line import WrongUsage
from data_spec.corpus import Corpus
from data_spec.whole_file import whole_file
from data_spec.whole_folder import whole_folder

SUMMARY_FILE, REPORT_FILE = "cross_validation.json", "report.md"


@click.command(
    "cross-validate",
    epilog="""\b
Example:
  python -m baseline cross-validate ravdess-speech-corpus --out folds --system speech_face_audiovisual
  python -m baseline cross-validate corpus --out folds --system winners_recipe --folds 12

CORPUS is an organiser's: it has the list of recordings, which tells their
actors, and labels. FOLDER is new: a run for each fold, the score of all their
predictions (pooled.json, pooled.png), its intervals (cross_validation.json)
and a report to read (report.md).""",
)
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    callback=folder_to_write,
    help="A new folder for all that is found.",
)
@training_options
@click.option("--variant", help="Of the system; its first one by default.")
@click.option(
    "--folds", default=4, show_default=True, type=click.IntRange(min=2), help="At most as many as there are actors."
)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(0, 2**32 - 1),
    help="The same seed divides and trains the same.",
)
@click.option(
    "--hold-out/--no-hold-out",
    default=None,
    help="Watch other actors while training. By default for systems that choose by them.",
)
def command(
    corpus: Path,
    out: Path,
    system: str,
    size: Size,
    changes: tuple[str, ...],
    variant: str | None,
    folds: int,
    seed: int,
    hold_out: bool | None,
) -> None:
    """Train a system once for each fold of CORPUS, whole actors left out, and score all predictions together."""
    opened = Corpus.open(corpus)
    training = chosen_training(opened.challenge, system, variant, size, changes, seed, hold_out)
    try:
        with whole_folder(out) as aside:
            run = RunFolder(aside)
            found = cross_validate(opened, training, folds, run, lambda what: click.echo(what, err=True))
            asked = configuration(opened, training, {"test": len(found.report.recordings)})
            run.write_configuration(asked | {"command": command_of(training, folds), "folds": folds})
            with whole_file(aside / SUMMARY_FILE) as file:
                file.write(f"{json.dumps(summary(found), indent=2, ensure_ascii=False)}\n".encode())
            with whole_file(aside / REPORT_FILE) as file:
                file.write(as_markdown(found, training, opened.challenge).encode())
    except ValueError as error:
        raise WrongUsage(str(error)) from error
    click.echo(f"{out}: {training.system.title}, {training.variant}; {len(found.report.recordings):,} recordings")
    for line in lines_of(found):
        click.echo(line)
