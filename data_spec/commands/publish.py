"""`python -m data_spec publish`: what each audience is given of a corpus."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from tqdm import tqdm

from data_spec.corpus import Corpus
from data_spec.publish import Step, publish


@click.command(
    "publish",
    epilog="""\b
Example:
  python -m data_spec publish corpus published

Exit codes: 0 done, 2 wrong usage, or the corpus is not whole.""",
)
@click.argument("corpus", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
def command(corpus: Path, out: Path) -> None:
    """Publish the whole CORPUS into OUT.

    OUT/participants holds what teams train on and the public test, OUT/stage2 the private test,
    OUT/organisers the hidden labels, which nobody else may have.
    """
    publish(Corpus.open(corpus), out, _bar)
    click.echo(f"published in {out}: {', '.join(sorted(path.name for path in out.iterdir() if path.is_dir()))}")


def _bar(steps: Sequence[Step]) -> Iterable[Step]:
    return tqdm(steps, unit="file", desc="Publishing", file=sys.stderr, disable=not sys.stderr.isatty())
