"""The recipe that won the challenge of 2017: gradient boosting on statistics of all streams, smoothed over time.

The winner took a median of each column for each second, filled gaps with medians, trained gradient boosting on frames
of an agreement of 0.8 or more, and smoothed the probabilities over time. Here the columns are statistics over windows
of 1, 4 and 16 s, and how much of each window has data; no values are made up for gaps, since the trees take "unknown"
as it is; all agreed frames are trained on, and each weighs its agreement; the number of trees and the width of the
smoothing are chosen on recordings that are not trained on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline

from baseline.agreed_frames import agreed_frames
from baseline.modality_subsets import ALL, all_and_each_alone, modalities_of
from baseline.quantile_bins import QuantileBins
from baseline.smoothed_trees import Shape, SmoothedTrees, load, most_probable
from baseline.system import Part, Published, Size, System, Table, TrainingData
from data_spec.task import FramewiseOneHot, expect_task
from scorer.scoring import score

if TYPE_CHECKING:
    from baseline.run_folder import RunFolder

WINDOWS = (1.0, 4.0, 16.0)
"""Seconds."""

SMOOTHING = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
"""Seconds over which probabilities may be averaged; 0: not at all."""


BINS = 64
"""Of each column: from how many thresholds a node of a tree chooses."""


@dataclass(frozen=True)
class Settings:
    """How densely the recordings are looked at, and how many trees of what kind grow."""

    training_step: Annotated[float, Field(gt=0)] = 0.5
    """Seconds from one frame that is trained on to the next: neighbouring frames say nearly the same."""
    prediction_step: Annotated[float, Field(gt=0)] = 0.2
    """Seconds from one frame that is predicted to the next; those between have what the nearest one has."""
    rounds: Annotated[int, Field(ge=1)] = 300
    """Of boosting, at most; each grows a tree for each label."""
    patience: Annotated[int, Field(ge=1)] = 15
    """Rounds without a smaller validation loss after which training stops."""
    learning_rate: Annotated[float, Field(gt=0)] = 0.1
    leaves: Annotated[int, Field(ge=2)] = 15
    """Of a tree, at most."""
    frames_in_leaf: Annotated[int, Field(ge=1)] = 40
    """At least."""
    columns_tried: Annotated[float, Field(gt=0, le=1)] = 0.1
    """Share of the columns that may decide at a node, drawn for each node anew: the trees differ, and err apart."""


def train(data: TrainingData, variant: str, settings: Settings, seed: int, run: RunFolder) -> SmoothedTrees:
    """Grow trees until the validation's loss falls no more, then choose which smoothing of its probabilities is best.

    Raises:
        ValueError: too few agreed frames, or an unknown variant.
        CsvError: a file is broken.
    """
    modalities = tuple(modalities_of(variant, data.challenge))
    trees = grow(data, modalities, settings, seed)
    run.write_curves("training", loss_curves(trees))
    task = expect_task(data.challenge.task, FramewiseOneHot)
    shape = Shape(modalities, WINDOWS, len(task.labels), settings.prediction_step, smoothing=0.0)
    scores = smoothing_scores(SmoothedTrees(trees, shape), data.validation)
    run.write_curves("smoothing", [{"seconds": one, f"validation_{task.metric}": scores[one]} for one in scores])
    best = max(scores, key=scores.__getitem__)  # of equal ones the first: the least smoothing
    rounds = trees["trees"].n_iter_
    run.write_note(
        f"{rounds} rounds of boosting, then probabilities averaged over {best:g} s: both chosen on "
        f"{len(data.validation.recordings)} recordings that were not trained on."
    )
    return SmoothedTrees(trees, replace(shape, smoothing=best))


def grow(data: TrainingData, modalities: Sequence[str], settings: Settings, seed: int) -> Pipeline:
    """Trees from the agreed frames, each weighing its agreement. Raises ValueError, CsvError: see `train`."""
    shown = agreed_frames(data.train, modalities, WINDOWS, settings.training_step)
    watched = agreed_frames(data.validation, modalities, WINDOWS, settings.training_step)
    known = np.isin(watched.labels, shown.labels)
    if len(np.unique(shown.labels)) < 2 or not known.any():
        raise ValueError(
            f"{data.train.folder.path}: expected agreed frames of two labels or more to train on, and some of the same "
            f"labels to watch; found {len(shown.labels)} of {len(np.unique(shown.labels))} labels, and {known.sum()}"
        )
    bins = QuantileBins(BINS).fit(shown.columns)
    trees = HistGradientBoostingClassifier(
        max_iter=settings.rounds,
        learning_rate=settings.learning_rate,
        max_leaf_nodes=settings.leaves,
        min_samples_leaf=settings.frames_in_leaf,
        max_features=settings.columns_tried,
        early_stopping=True,
        n_iter_no_change=settings.patience,
        random_state=seed,
    )
    trees.fit(
        bins.transform(shown.columns),
        shown.labels,
        sample_weight=shown.weights,
        X_val=bins.transform(watched.columns[known]),
        y_val=watched.labels[known],
        sample_weight_val=watched.weights[known],
    )
    return Pipeline([("bins", bins), ("trees", trees)])


def loss_curves(trees: Pipeline) -> list[dict[str, float]]:
    """The loss after each round of boosting, from before the first: log loss, weighed as in training."""
    pairs = zip(-trees["trees"].train_score_, -trees["trees"].validation_score_, strict=True)
    return [
        {"round": number, "loss": float(loss), "validation_loss": float(watched)}
        for number, (loss, watched) in enumerate(pairs)
    ]


def smoothing_scores(system: SmoothedTrees, part: Part) -> dict[float, float]:
    """The task's metric over some labelled recordings, by the seconds of smoothing."""
    labels = {name: part.folder.labels[name] for name in part.recordings}
    unsmoothed = system.unsmoothed(part.folder, part.recordings)
    scores = {}
    for seconds in SMOOTHING:
        predictions = most_probable(system.smoothed(unsmoothed, part.folder, seconds))
        scores[seconds] = score(predictions, labels, part.folder.challenge.task, resamples=1).score
    return scores


def settings(size: Size, variant: str) -> Settings:
    """The same for every variant."""
    if size is Size.TINY:
        return Settings(training_step=1.0, prediction_step=1.0, rounds=2, patience=1, leaves=3, frames_in_leaf=1)
    if size is Size.SMALL:
        return Settings(training_step=1.0, rounds=60, patience=10)
    return Settings()


PRIVATE_TEST = Table(
    "winner",
    "Weighted accuracy of the winner of 2017 on the private test (measured: on the public one)",
    (Published(ALL, "weighted_accuracy", 0.6795),),
)

SYSTEM = System(
    name="winners_recipe",
    title="Winner's recipe (gradient boosting on window statistics)",
    source="Multimodal Emotion Recognition Challenge 2017, the first of the final leaderboard",
    kinds=frozenset({"framewise_one_hot"}),
    variants=all_and_each_alone,
    settings=settings,
    train=train,
    load=load,
    tables=(PRIVATE_TEST,),
    challenge="merc2017",
)
