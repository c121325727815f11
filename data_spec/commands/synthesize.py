"""`python -m data_spec synthesize`: make up a corpus."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from tqdm import tqdm

from data_spec.challenge import load_challenge
from data_spec.synthetic.corpus import synthesize


@click.command(
    "synthesize",
    epilog="""\b
Example:
  python -m data_spec synthesize corpus --recordings 60 --seed 1

The corpus is made up: it is as hard for the naive baseline as the published
figures of the challenge, and nothing more.""",
)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--challenge", default="merc2017", show_default=True, help="A challenge's name, or its YAML file.")
@click.option("--recordings", type=click.IntRange(min=1), help="How many; the challenge's number by default.")
@click.option("--seed", default=2017, show_default=True, help="Of all chance; the same seed gives the same bytes.")
def command(out: Path, challenge: str, recordings: int | None, seed: int) -> None:
    """Write a whole synthetic corpus, labels of all splits included, into the new folder OUT."""
    definition = load_challenge(challenge)
    total = recordings or (definition.synthetic.recordings if definition.synthetic else None)
    with tqdm(total=total, unit="recording", desc="Synthesizing", file=sys.stderr) as bar:
        corpus = synthesize(out, definition, recordings, seed, done=bar.update)
    folders = ", ".join(f"{len(corpus.folder(split.name).recordings)} {split.name}" for split in corpus.splits)
    click.echo(f"{out}: {folders} (synthetic)")
