"""`python -m data_spec synthesize`: make up a corpus."""

from __future__ import annotations

import sys
from math import inf
from pathlib import Path

import click
from tqdm import tqdm

from data_spec.challenge import Challenge, load_challenge
from data_spec.synthetic.corpus import synthesize
from data_spec.synthetic.settings import Durations
from data_spec.synthetic.story import check_story


@click.command(
    "synthesize",
    epilog="""\b
Example:
  python -m data_spec synthesize corpus --recordings 60 --seed 1
  python -m data_spec synthesize tiny --challenge recola --recordings 6 --seconds 10 15 20

The corpus is made up: it is as hard for the naive baseline as the published
figures of the challenge, and nothing more.""",
)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--challenge", default="merc2017", show_default=True, help="A challenge's name, or its YAML file.")
@click.option("--recordings", type=click.IntRange(min=1), help="How many; the challenge's number by default.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    nargs=3,
    metavar="LEAST MEAN MOST",
    help="How long recordings last; as the challenge says by default.",
)
@click.option("--seed", default=2017, show_default=True, help="Of all chance; the same seed gives the same bytes.")
def command(
    out: Path, challenge: str, recordings: int | None, seconds: tuple[float, float, float] | None, seed: int
) -> None:
    """Write a whole synthetic corpus, labels of all splits included, into the new folder OUT."""
    definition = load_challenge(challenge)
    if seconds is not None:
        definition = _lasting(definition, *seconds)
    total = recordings or (definition.synthetic.recordings if definition.synthetic else None)
    with tqdm(total=total, unit="recording", desc="Synthesizing", file=sys.stderr) as bar:
        corpus = synthesize(out, definition, recordings, seed, done=bar.update)
    folders = ", ".join(f"{len(corpus.folder(split.name).recordings)} {split.name}" for split in corpus.splits)
    click.echo(f"{out}: {folders} (synthetic)")


def _lasting(challenge: Challenge, least: float, mean: float, most: float) -> Challenge:
    """The challenge, whose synthetic recordings last as long as is asked."""
    if not least < mean < most < inf:
        raise click.BadParameter(f"expected LEAST < MEAN < MOST. Received: {least:g} {mean:g} {most:g}")
    if challenge.synthetic is None:
        return challenge
    story = challenge.synthetic.model_copy(update={"seconds": Durations(least=least, mean=mean, most=most)})
    try:
        check_story(story, challenge.task, challenge.modalities)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return challenge.model_copy(update={"synthetic": story})
