"""Context regression: features of frames, given their temporal context, and a linear model trained on the CCC.

MixedEmotions, Deliverable 4.6, section 4.5: features "were further processed by a pipeline consisting of several
operations whose parameters were selected by cross-validated grid-search for each feature type and separately for
valence and arousal": PCA, which "may be used"; normalisation; stacking of a temporal neighbourhood, subsampled; mean,
variance, maximum and minimum of a temporal window; PCA again; "optionally" normalisation again; a shift in time; a
regressor that "is linear with CCC objective function and weight decay".

What is the kit's own:
- The grid, which the paper does not tell.
- A point of it is chosen by cross-validation over the recordings of train, whole subjects left out. The validation
  decides nothing, unless the post-processing is asked for: its figures are as honest as those of the test.
- Rows are made every `hop` frames, and predictions lie on straight lines between them. The paper has a row for each
  frame; neighbouring frames share nearly all of their window, and the rows of 46 recordings of 7,500 frames would not
  fit into memory with the context of each.
- Windows lie around their frame, so a prediction takes some seconds of what comes after it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from baseline.ccc_regression import ConcordanceRegressor
from baseline.context_model import ContextRegression, frames_of, load
from baseline.context_pipeline import Grid, context_pipeline, search
from baseline.post_processing import Chain
from baseline.published.mixedemotions import FEATURES, PAPER
from baseline.subjects import subjects_of
from baseline.system import Part, Size, System, TrainingData
from data_spec.challenge import Challenge
from data_spec.task import ContinuousAttributes, expect_task

if TYPE_CHECKING:
    from baseline.run_folder import RunFolder


@dataclass(frozen=True)
class Settings(Grid):
    """What can be chosen about a training: the grid, and what is the same at all its points."""

    hop: Annotated[int, Field(ge=1)] = 5
    """Frames from one row to the next."""
    folds: Annotated[int, Field(ge=2)] = 4
    """Of the cross-validation; fewer where there are fewer subjects."""
    epochs: Annotated[int, Field(ge=1)] = 100
    learning_rate: Annotated[float, Field(gt=0)] = 0.1
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.9
    batch: Annotated[int, Field(ge=2)] = 1024
    """Rows in a step."""
    post_processing: bool = False
    """Whether predictions go through the chain of `baseline/post_processing.py`, chosen on the validation (not in the
    paper)."""


FULL = Settings()
SMALL = replace(
    FULL,
    first_variance=(0.95,),
    neighbours=(1,),
    window_seconds=(2.0, 6.0),
    second_variance=(0.95,),
    normalized=(True,),
    weight_decay=(0.0, 0.01, 0.1),
    hop=10,
    folds=3,
)
TINY = replace(SMALL, window_seconds=(1.0,), delay_seconds=(0.0, 1.0), weight_decay=(0.01,), folds=2, epochs=5)


def settings(size: Size, variant: str) -> Settings:
    """The settings of a size: above all, how many points the grid has."""
    return {Size.FULL: FULL, Size.SMALL: SMALL, Size.TINY: TINY}[size]


def variants(challenge: Challenge) -> tuple[str, ...]:
    """The modalities whose features may be regressed: those that are tables."""
    return tuple(modality.name for modality in challenge.modalities if modality.is_table)


def train(data: TrainingData, variant: str, settings: Settings, seed: int, run: RunFolder) -> ContextRegression:
    """Choose and fit a pipeline for each attribute. The run gets the scores of all points of the grid.

    Raises:
        ValueError: the variant is no table, too few people have it, or there is no validation for the post-processing.
        CsvError: a file is broken.
    """
    challenge = data.challenge
    task = expect_task(challenge.task, ContinuousAttributes)
    if variant not in variants(challenge):
        raise ValueError(f"variant: expected one of {', '.join(variants(challenge))}. Received: {variant!r}")
    if settings.post_processing and not data.validation.recordings:
        raise ValueError("post_processing: expected recordings of a validation to choose it on, found none")
    folder, streams = data.train.folder, data.train.folder.streams(variant)
    recordings = [name for name in data.train.recordings if name in streams]
    subjects = subjects_of(folder, recordings)
    if len(set(subjects)) < 2:
        raise ValueError(f"{folder.path}: expected {variant} of two people or more, found {len(set(subjects))}")
    frames = frames_of(folder, recordings, variant)
    regressor = ConcordanceRegressor(
        learning_rate=settings.learning_rate,
        momentum=settings.momentum,
        epochs=settings.epochs,
        batch_size=settings.batch,
        random_state=seed,
    )
    pipelines = {}
    for column, attribute in enumerate(task.attributes):
        truth = [folder.labels[name].values[:: settings.hop, column] for name in recordings]
        found = search(
            context_pipeline(settings.hop, regressor),
            settings,
            frames,
            truth,
            subjects,
            rate=task.rate,
            hop=settings.hop,
            folds=settings.folds,
            name=attribute.name,
        )
        pipelines[attribute.name] = found.pipeline
        run.write_table(f"{attribute.name}_grid", found.scores)
        losses = found.pipeline.named_steps["regression"].regressor_.loss_curve_
        run.write_curves(attribute.name, [{"epoch": at + 1, "loss": float(loss)} for at, loss in enumerate(losses)])
        best = found.scores[0]
        parameters = ", ".join(f"{one.name} {best[one.name]}" for one in fields(Grid))
        run.write_note(
            f"{attribute.name}: the best of {len(found.scores)} points of the grid has a coefficient of "
            f"{best['mean']:.3f} ± {best['standard_deviation']:.3f} over the folds: {parameters}."
        )
    trained = ContextRegression(challenge, variant, settings.hop, pipelines)
    return _post_processed(trained, data.validation, run) if settings.post_processing else trained


def _post_processed(trained: ContextRegression, validation: Part, run: RunFolder) -> ContextRegression:
    """With the chains that bring predictions of the validation nearest to its truth."""
    task = expect_task(trained.challenge.task, ContinuousAttributes)
    predicted = [*trained.follow(validation.folder, validation.recordings)]
    chains = {}
    for column, attribute in enumerate(task.attributes):
        truth = [validation.folder.labels[name].values[:, column] for name in validation.recordings]
        values = [series[:, column] for series in predicted]
        chains[attribute.name] = Chain.fit(values, truth, task.rate)
        run.write_note(f"{attribute.name}: post-processing: {chains[attribute.name].describe(task.rate)}.")
    return replace(trained, chains=chains)


SYSTEM = System(
    name="context_regression",
    title="Context regression",
    source=PAPER,
    kinds=frozenset({"continuous_attributes"}),
    variants=variants,
    settings=settings,
    train=train,
    load=load,
    tables=(FEATURES,),
    challenge="recola",
    needs_validation=False,
)
