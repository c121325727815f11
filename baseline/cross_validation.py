"""Cross-validation with whole actors left out: every recording is predicted once, by a system that never met its actor.

The predictions of all folds are put together and scored once, as one submission would be. The figures of single folds
are told beside it, and are not averaged: F1 of a few clips is not what F1 of all of them is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baseline.folds import Fold, actor_folds
from baseline.pooled_folder import PooledFolder
from baseline.prediction import Predictions, predict
from baseline.run_folder import RunFolder
from baseline.system import Part, TrainingData
from baseline.tables import forget_models
from baseline.training import Training, configuration, score_part
from data_spec.challenge import FILE_NAME, dump_challenge
from data_spec.corpus import Corpus, CorpusError
from data_spec.whole_file import whole_file
from scorer.bootstrap import interval
from scorer.ranking import METRICS, OfSums, Sums
from scorer.score_report import ScoreReport

POOLED = "pooled"
"""The name of the report of all folds together."""


@dataclass(frozen=True)
class Estimate:
    """A figure of all folds together, and how sure it is.

    Attributes:
        figure: such as `macro_f1`.
        value: of all recordings.
        over_recordings: the 95 % bootstrap interval where recordings are drawn. Recordings of an actor are alike, so it
            is too narrow for what a system does with other actors.
        over_actors: the 95 % bootstrap interval where actors are drawn, each with all of their recordings.
    """

    figure: str
    value: float
    over_recordings: tuple[float, float]
    over_actors: tuple[float, float]


@dataclass(frozen=True)
class CrossValidation:
    """What came out.

    Attributes:
        folds: what was trained on and tested.
        report: of the predictions of all folds.
        estimates: the figure that ranks, and those that follow from the same sums.
        of_folds: the figure that ranks, in each fold alone; None where nothing of it counts.
        left_out: how many recordings of the corpus have no labels.
    """

    folds: tuple[Fold, ...]
    report: ScoreReport
    estimates: tuple[Estimate, ...]
    of_folds: tuple[float | None, ...]
    left_out: int

    @property
    def actors(self) -> int:
        """How many there are."""
        return sum(len(fold.actors) for fold in self.folds)


def cross_validate(
    corpus: Corpus, training: Training, number: int, out: RunFolder, tell: Callable[[str], object] = print
) -> CrossValidation:
    """Train a system on every fold, and score what all of them predict together.

    Args:
        corpus: an organiser's, with labels in all splits that are used and the list of recordings.
        training: the same for every fold.
        number: how many folds.
        out: gets a run folder `fold_1`, `fold_2` … for each, and the report of all, `pooled.json`.
        tell: is called with what is trained next.

    Raises:
        CorpusError: there is no list of recordings, or nothing has labels.
        CsvError: a file is broken.
        ValueError: too few actors, or the system cannot be trained on a fold.
    """
    pool = PooledFolder(corpus)
    listed = corpus.read_recordings()
    labelled = [one for one in listed if one.name in pool.labels]
    if not labelled:
        raise CorpusError(f"{corpus.root}: expected recordings with labels, found none among {len(listed)}")
    folds = actor_folds(labelled, number, training.seed, training.hold_out)
    predictions: Predictions = {}
    for place, fold in enumerate(folds, start=1):
        tell(f"fold {place} of {number}: {', '.join(fold.actors)} left out")
        path = out.path / f"fold_{place}"
        path.mkdir()
        run = RunFolder(path)
        asked = configuration(corpus, training, fold.counts) | {"command": command_of(training, number)}
        run.write_configuration(asked | {"fold": place, "actors_left_out": list(fold.actors)})
        predictions |= _predict_fold(corpus, pool, training, fold, run)
        forget_models()
    truth = {name: pool.labels[name] for name in predictions}
    report = score_part(out, POOLED, predictions, truth, corpus.challenge.task)
    if report is None:
        raise CorpusError(f"{corpus.root}: expected recordings that count, found none among {len(labelled)}")
    actor_of = {one.name: one.actor for one in labelled}
    return CrossValidation(
        folds=folds,
        report=report,
        estimates=estimates(report, actor_of),
        of_folds=tuple(_score_of(report, fold) for fold in folds),
        left_out=len(listed) - len(labelled),
    )


def command_of(training: Training, number: int) -> str:
    """How a cross-validation is run, but for its folders."""
    return f"python -m baseline cross-validate CORPUS --out FOLDER --folds {number} {training.command}"


def _predict_fold(
    corpus: Corpus, pool: PooledFolder, training: Training, fold: Fold, run: RunFolder
) -> dict[str, NDArray[np.generic]]:
    """Train on a fold, fill its run folder, and predict its test."""
    data = TrainingData(Part(pool, fold.train), Part(pool, fold.validation))
    predictor = training.system.train(data, training.variant, training.settings, training.seed, run)
    predictor.save(run.model_folder)
    with whole_file(run.path / FILE_NAME) as file:
        file.write(dump_challenge(corpus.challenge.model_copy(update={"synthetic": None})).encode())
    predictions = predict(predictor, pool, fold.test)
    score_part(run, "test", predictions, {name: pool.labels[name] for name in fold.test}, corpus.challenge.task)
    return predictions


def figures_of_sums(metric: str) -> dict[str, OfSums]:
    """The figures that follow from the sums of a metric: itself and, where these count confusions, micro F1.

    >>> figures_of_sums("macro_f1")["micro_f1"](np.array([[3.0, 1.0, 0.0, 4.0]]))
    array([0.875])
    """
    figures = {metric: METRICS[metric].of}
    return figures | ({"micro_f1": _micro_f1} if metric == "macro_f1" else {})


def _micro_f1(sums: Sums) -> NDArray[np.float64]:
    """Of one label for each row, micro F1 is the share of rows that are right."""
    labels = round(sums.shape[-1] ** 0.5)
    confusions = sums.reshape(*sums.shape[:-1], labels, labels)
    return np.asarray(np.trace(confusions, axis1=-2, axis2=-1) / sums.sum(axis=-1))


def estimates(report: ScoreReport, actor_of: Mapping[str, str]) -> tuple[Estimate, ...]:
    """The figures that rank or follow from the same sums, with intervals over recordings and over actors.

    Args:
        report: of recordings of several actors.
        actor_of: by recording.
    """
    counted = [one for one in report.recordings if one.counted]
    recordings = np.array([one.statistics for one in counted])  # (recordings, statistics)
    of_actors: dict[str, list[tuple[float, ...]]] = {}
    for one in counted:
        of_actors.setdefault(actor_of[one.recording], []).append(one.statistics)
    actors = np.array([np.sum(of_actors[actor], axis=0) for actor in sorted(of_actors)])  # (actors, statistics)
    return tuple(
        Estimate(name, float(of(recordings.sum(axis=0))), interval(recordings, of), interval(actors, of))
        for name, of in figures_of_sums(report.metric).items()
    )


def _score_of(report: ScoreReport, fold: Fold) -> float | None:
    """The figure that ranks, of the recordings that a fold tests."""
    tested = set(fold.test)
    counted = [one.statistics for one in report.recordings if one.recording in tested and one.counted]
    return float(METRICS[report.metric].of(np.sum(counted, axis=0))) if counted else None
