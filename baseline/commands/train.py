"""`python -m baseline train`: train the naive baseline."""

from __future__ import annotations

from pathlib import Path

import click

from baseline.commands.output import file_to_write
from baseline.training import Settings, save_model, train
from data_spec.challenge import Challenge
from data_spec.command_line import WrongUsage
from data_spec.corpus import Corpus

DEFAULTS = Settings()


def chosen_modalities(challenge: Challenge, names: str | None) -> list[str]:
    """The modalities that a user names, separated by commas; all of them by default. Raises click.BadParameter."""
    known = [modality.name for modality in challenge.modalities]
    if names is None:
        return known
    asked = [name.strip() for name in names.split(",")]
    if unknown := [name for name in asked if name not in known]:
        raise click.BadParameter(
            f"expected some of {','.join(known)}, received {','.join(unknown)}", param_hint="--modalities"
        )
    return [name for name in known if name in asked]


@click.command(
    "train",
    epilog="""\b
Example:
  python -m baseline train published/participants --out model.keras
  python -m baseline train corpus --out audio.keras --modalities audio --epochs 5""",
)
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    callback=file_to_write,
    help="The model, one .keras file.",
)
@click.option("--modalities", help="Such as audio,face; all of the challenge's by default.")
@click.option("--epochs", default=DEFAULTS.epochs, show_default=True, type=click.IntRange(min=1))
@click.option("--batch", default=DEFAULTS.batch, show_default=True, type=click.IntRange(min=1), help="Windows a step.")
@click.option(
    "--validation-share",
    default=DEFAULTS.validation_share,
    show_default=True,
    type=click.FloatRange(0, 1, max_open=True),
    help="Recordings to hold out and to show the accuracy on; it decides nothing.",
)
@click.option(
    "--seed",
    default=DEFAULTS.seed,
    show_default=True,
    type=click.IntRange(0, 2**32 - 1),
    help="The same seed trains the same model.",
)
def command(
    corpus: Path, out: Path, modalities: str | None, epochs: int, batch: int, validation_share: float, seed: int
) -> None:
    """Train the naive baseline on the recordings in CORPUS/train, which have labels."""
    if out.suffix != ".keras":
        raise click.BadParameter(f"expected a name that ends in .keras, received {out}", param_hint="--out")
    opened = Corpus.open(corpus)
    names = chosen_modalities(opened.challenge, modalities)
    settings = Settings(epochs=epochs, batch=batch, validation_share=validation_share, seed=seed)
    try:
        model = train(opened.folder("train"), names, settings)
    except ValueError as error:
        raise WrongUsage(str(error)) from error
    save_model(model, out)
    click.echo(f"{out}: {model.count_params():,} parameters, trained on {', '.join(names)}")
