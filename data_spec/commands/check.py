"""`python -m data_spec check`: every file of a corpus against its challenge."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click
from tqdm import tqdm

from data_spec.challenge import FILE_NAME
from data_spec.corpus import RECORDINGS_FILE, Corpus
from data_spec.inspection import Result, inspect
from data_spec.summary import summarise

FAULTS_SHOWN = 20


@click.command(
    "check",
    epilog="""\b
Example:
  python -m data_spec check corpus
  python -m data_spec check published/participants

Exit codes: 0 no fault, 1 faults, 2 wrong usage.""",
)
@click.argument("corpus", type=click.Path(path_type=Path))
def command(corpus: Path) -> None:
    """Check every file of CORPUS, a whole corpus or what was published of one, and say what it holds."""
    results = [_check(one) for one in _corpora(corpus)]
    sys.exit(0 if all(results) else 1)


def _corpora(root: Path) -> list[Corpus]:
    """The corpus itself, or those inside the folder that `publish` wrote."""
    corpus = Corpus.open(root)
    published = [path.parent for path in sorted(root.glob(f"*/{FILE_NAME}"))]
    return [Corpus.open(path) for path in published] if published and not corpus.splits else [corpus]


def _check(corpus: Corpus) -> bool:
    found = inspect(corpus, _bar)
    click.echo(f"{corpus.root}: {corpus.challenge.title}")
    for fault in found.faults[:FAULTS_SHOWN]:
        click.echo(f"fault: {fault}")
    if more := found.faults[FAULTS_SHOWN:]:
        click.echo(f"and {len(more)} more faults")
    has_list = (corpus.root / RECORDINGS_FILE).is_file() and not found.faults
    for line in summarise(corpus.challenge, found.measured, corpus.read_recordings() if has_list else ()):
        click.echo(f"  {line}")
    click.echo(f"  {len(found.faults) or 'no'} {'fault' if len(found.faults) == 1 else 'faults'}")
    return not found.faults


def _bar(results: Iterable[Result], total: int) -> Iterable[Result]:
    return tqdm(
        results, total=total, unit="recording", desc="Checking", file=sys.stderr, disable=not sys.stderr.isatty()
    )
