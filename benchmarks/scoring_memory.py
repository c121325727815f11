"""Check and score a zip in a process of its own that tells what memory it took.

`score_watched` starts the process, which is `python -m benchmarks.scoring_memory FOLDER ZIP TIMES`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click

from benchmarks.process_memory import memory_bytes
from data_spec.challenge import Challenge
from data_spec.corpus import LABELS_FOLDER, open_folder
from data_spec.stream import Labels
from scorer import scoring, submission

RUNS = 2
"""A worker checks one zip after another."""


@dataclass(frozen=True)
class Took:
    """What memory checking and scoring took.

    Attributes:
        added_bytes: the most that was resident at once, less what was before, when labels and templates were loaded.
            The layouts of templates, the zip, the predictions and the report are in it.
        whole_bytes: the most that was resident at once, of the whole process: with Python, all packages and labels.
    """

    added_bytes: int
    whole_bytes: int


def score_watched(folder: Path, path: Path, times: int) -> Took:
    """Check and score a zip, as a worker of the server does, twice.

    Args:
        folder: with labels.
        path: the zip, as `zip_dialects.repeat` writes it.
        times: how often each recording is in it.
    """
    command = [sys.executable, "-m", __name__, str(folder), str(path), str(times)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603
    return Took(**json.loads(told.stdout))


def _copy(labels: Labels) -> Labels:
    parts = {"times": labels.times, "index": labels.index, "agreement": labels.agreement, "values": labels.values}
    return replace(labels, **{name: part.copy() for name, part in parts.items()})


def _unlimited(challenge: Challenge) -> Challenge:
    """The challenge with limits that leave room for many times as many recordings."""
    limits = {"max_zip_bytes": 2_000_000_000, "max_unpacked_bytes": 8_000_000_000, "max_entries": 100_000}
    return challenge.model_copy(update={"submission": challenge.submission.model_copy(update=limits)})


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("times", type=int)
def main(folder: Path, path: Path, times: int) -> None:
    """Score and tell."""
    opened = open_folder(folder, inner=LABELS_FOLDER)
    challenge = _unlimited(opened.challenge)
    labels = {f"{name}-{number}": _copy(one) for name, one in opened.labels.items() for number in range(times)}
    templates = {name: one.times for name, one in labels.items()}
    before = memory_bytes("VmRSS")
    most_before = memory_bytes("VmHWM")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # from now on, VmHWM is the most since now
    layouts = submission.layouts_of(templates, challenge)
    for _ in range(RUNS):
        scoring.score(submission.read(path, templates, challenge, layouts).predictions, labels, challenge.task)
    most = memory_bytes("VmHWM")
    click.echo(json.dumps(asdict(Took(most - before, max(most, most_before)))))


if __name__ == "__main__":
    main()
