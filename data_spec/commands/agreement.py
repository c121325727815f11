"""`python -m data_spec agreement`: how far the annotators of CREMA-D agree, by what they were shown."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from data_spec.annotations.votes import vote_agreement
from data_spec.corpus import CorpusError
from data_spec.importers.crema_d import VOTES_FILE
from data_spec.importers.crema_d_tables import EMOTIONS, Shown, read_votes

SHOWN: dict[str, Shown] = {"voice": "audio", "face": "video", "both": "both"}


@click.command(
    "agreement",
    epilog="""\b
Example:
  python -m data_spec agreement downloads/CREMA-D

Exit codes: 0 done, 2 wrong usage.""",
)
@click.argument("crema_d", type=click.Path(path_type=Path))
def command(crema_d: Path) -> None:
    """Tell how far the annotators of CREMA-D agree: who heard the clips, who saw them, and who did both.

    CREMA_D is a copy of the corpus's repository, a folder with its tabulatedVotes.csv, or this file. It tells how many
    chose each emotion and not who, so agreement is told of all alike: Fleiss' kappa, Krippendorff's alpha, the mean
    share of votes for the consensus, and the mean share of pairs of votes that agree.
    """
    votes = _votes_file(crema_d)
    found = {}
    for name, shown in SHOWN.items():
        counts = np.array([*read_votes(votes, shown).values()], dtype=np.int64).reshape(-1, len(EMOTIONS))
        found[name] = vote_agreement(counts)
    click.echo("shown   clips   votes  ties  kappa  alpha  consensus share  pair share")
    for name, one in found.items():
        click.echo(
            f"{name:<6}{one.items:>7}{one.votes:>8}{one.ties:>6}{one.kappa:>7.3f}{one.alpha:>7.3f}"
            f"{one.consensus_share:>17.3f}{one.pair_share:>12.3f}"
        )
    click.echo("\nconsensus" + "".join(f"{emotion:>9}" for emotion in EMOTIONS.values()) + "  none (tie)")
    for name, one in found.items():
        click.echo(f"{name:<9}" + "".join(f"{number:>9}" for number in one.labels) + f"{one.ties:>12}")


def _votes_file(place: Path) -> Path:
    """The table of votes in a folder, or the file itself."""
    for path in (place / VOTES_FILE, place / VOTES_FILE.name, place):
        if path.is_file():
            return path
    raise CorpusError(f"{place}: expected {VOTES_FILE} or {VOTES_FILE.name} in it, found neither")
