"""Tables of papers, measured: every variant is trained once for each seed and scored on the test.

Each training is a run folder in `OUT/runs`. One that is there already is not trained again: a command that was stopped
goes on where it was.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from baseline.figures import is_comparable
from baseline.run_folder import RunFolder
from baseline.scored_predictions import find_score
from baseline.settings_from_text import as_plain
from baseline.system import Published, Table
from baseline.training import Training, train
from baseline.training_data import test_folder
from data_spec.corpus import Corpus, CorpusError
from data_spec.whole_folder import whole_folder
from scorer.score_report import ScoreReport

RUNS_FOLDER = "runs"


@dataclass(frozen=True)
class Measured:
    """One figure of a table, as it was published and as it was measured.

    Attributes:
        variant: of the system.
        figure: such as `macro_f1`.
        published: what the paper tells, where it was measured on this challenge.
        values: what was measured, by seed; None where it is undefined.
        interval: the 95 % interval over recordings of the first seed's figure, where it is the one that ranks.
    """

    variant: str
    figure: str
    published: float | None
    values: tuple[float | None, ...]
    interval: tuple[float, float] | None

    @property
    def mean(self) -> float | None:
        """Over the seeds; None where one is undefined."""
        known = [value for value in self.values if value is not None]
        return fmean(known) if len(known) == len(self.values) else None

    @property
    def deviation(self) -> float | None:
        """The standard deviation over the seeds (of a sample: n − 1), where there are two or more."""
        known = [value for value in self.values if value is not None]
        return stdev(known) if len(known) == len(self.values) > 1 else None


@dataclass(frozen=True)
class MeasuredTable:
    """A table, its figures in the paper's order, and how it was measured."""

    table: Table
    figures: tuple[Measured, ...]
    corpus: str
    trainings: tuple[Training, ...]
    date: str


def measure(
    corpus: Corpus,
    tables: Sequence[Table],
    training_for: Callable[[str, int], Training],
    seeds: int,
    out: Path,
    corpus_name: str,
    tell: Callable[[str], object] = print,
) -> list[MeasuredTable]:
    """Train every variant of some tables of a system, and read their figures from the scores on the test.

    Args:
        corpus: holds the training recordings and, with its labels, the first stage's test.
        tables: of one system; a variant that stands in several is trained once.
        training_for: variant and seed → what is trained.
        seeds: how many: 0, 1, …
        out: the folder in which `runs` lies.
        corpus_name: in the tables.
        tell: is called with what is trained next.

    Raises:
        CorpusError: the corpus lacks a part or labels, or a folder in `runs` is of another training.
        ValueError: a variant cannot be trained on it, a figure is none of the task's, or a run that is there has no
            readable report.
    """
    test = test_folder(corpus)
    if test is None or test.labels.keys() != set(test.recordings):
        raise CorpusError(
            f"{corpus.root}: expected the labels of all recordings of the first test: an organiser's corpus"
        )
    variants = list(dict.fromkeys(variant for table in tables for variant in table.variants))
    trainings = {variant: [training_for(variant, seed) for seed in range(seeds)] for variant in variants}
    reports = {}
    for variant in variants:
        for training in trainings[variant]:
            tell(f"{variant}, seed {training.seed}")
            reports[variant, training.seed] = _report_of(corpus, training, out / RUNS_FOLDER)
    date = datetime.now(UTC).date().isoformat()
    return [
        MeasuredTable(
            table,
            tuple(
                _measured(one, [reports[one.variant, seed] for seed in range(seeds)], trainings[one.variant][0], corpus)
                for one in table.figures
            ),
            corpus_name,
            tuple(training for variant in table.variants for training in trainings[variant]),
            date,
        )
        for table in tables
    ]


def run_name(training: Training) -> str:
    """The folder of a run in `runs`: a variant's name with nothing in it that a disk could refuse."""
    plain = "".join(letter if letter.isalnum() or letter in "+-_." else "-" for letter in training.variant)
    return f"{training.system.name}-{plain}-seed-{training.seed}"


def _report_of(corpus: Corpus, training: Training, runs: Path) -> ScoreReport:
    path = runs / run_name(training)
    if path.is_dir():
        _check_same(path, corpus, training)
    else:
        with whole_folder(path) as aside:
            outcome = train(corpus, training, RunFolder(aside))
            if outcome.test is None:
                raise CorpusError(outcome.fault or f"{corpus.root}: nothing of the test can be scored")
        forget_models()
    return find_score(path, None)


def _check_same(path: Path, corpus: Corpus, training: Training) -> None:
    """A run that is there must be of the same training. Raises CorpusError."""
    found = RunFolder(path).read_configuration()
    asked: dict[str, Any] = {
        "system": training.system.name,
        "variant": training.variant,
        "seed": training.seed,
        "challenge": corpus.challenge.name,
        "settings": as_plain(training.settings),
        "hold_out": training.hold_out,
    }
    if other := [f"{key} {asked[key]!r}, found {found.get(key)!r}" for key in asked if found.get(key) != asked[key]]:
        raise CorpusError(f"{path}: expected a run of {'; '.join(other)}. Give another folder, or remove that one")


def _measured(one: Published, reports: Sequence[ScoreReport], training: Training, corpus: Corpus) -> Measured:
    try:
        values = tuple(report.figure(one.figure) for report in reports)
    except KeyError as error:
        raise ValueError(f"{training.system.name}, {one.variant}: {error.args[0]}") from error
    first = reports[0]
    return Measured(
        variant=one.variant,
        figure=one.figure,
        published=one.value if is_comparable(training.system, corpus.challenge) else None,
        values=values,
        interval=first.interval if one.figure == first.metric else None,
    )


def figures_in(measured: Iterable[Measured]) -> list[str]:
    """The names of the figures, each once, in order."""
    return list(dict.fromkeys(one.figure for one in measured))


def forget_models() -> None:
    """Keras keeps all that a model was built of until it is told not to: many trainings would fill the memory."""
    if "keras" in sys.modules:
        sys.modules["keras"].utils.clear_session()
    gc.collect()
