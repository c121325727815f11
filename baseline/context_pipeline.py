"""The pipeline of context regression, the grid of its parameters, and the search for the best of them.

Source: MixedEmotions, Deliverable 4.6, section 4.5. The paper does not tell its grid: this one is the kit's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from joblib import Memory
from pydantic import Field
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV, GroupKFold, ParameterGrid
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from baseline.ccc_regression import ConcordanceRegressor
from baseline.context import HoldOverGaps, Neighbourhood, Recordings, TimeShift, WindowStatistics
from baseline.each_frame import EachFrame, FrameRegressor

LEFT_OUT = "passthrough"
"""What scikit-learn calls a step that is left out."""

FIRST_REDUCTION, SECOND_REDUCTION = "context__first_reduction", "context__second_reduction"
NEIGHBOURS, SPACING = "context__neighbourhood__neighbours", "context__neighbourhood__step"
REACH = "context__statistics__reach"
NORMALIZATION = "context__second_normalization"
DELAY = "shift__rows"
DECAY = "regression__regressor__weight_decay"

Share = Annotated[float, Field(gt=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]


@dataclass(frozen=True)
class Grid:
    """The values that are tried; each with each."""

    first_variance: tuple[Share, ...] = (0.95, 0.99, 1.0)
    """The share of the variance that the first PCA keeps; at 1 there is none."""
    neighbours: tuple[Annotated[int, Field(ge=0)], ...] = (0, 1, 3)
    """Frames that are stacked on either side of each."""
    spacing_seconds: tuple[NotNegative, ...] = (0.4,)
    """From one of them to the next."""
    window_seconds: tuple[NotNegative, ...] = (1.0, 3.0, 6.0)
    """Of the statistics."""
    second_variance: tuple[Share, ...] = (0.9, 0.95, 0.99)
    """As the first one."""
    normalized: tuple[bool, ...] = (True, False)
    """Whether the features are normalised again at the end."""
    delay_seconds: tuple[NotNegative, ...] = (0.0, 0.8, 1.6, 2.4, 3.2, 4.0)
    """How late the raters are."""
    weight_decay: tuple[NotNegative, ...] = (0.0, 0.001, 0.01, 0.1)


def context_pipeline(hop: int, regressor: ConcordanceRegressor) -> Pipeline:
    """All steps: recordings of (frames, features) → of each the attribute in every `hop`-th frame, shape (rows,)."""
    context = Pipeline(
        [
            ("gaps", HoldOverGaps()),
            ("first_reduction", _reduction(0.95)),
            ("first_normalization", EachFrame(StandardScaler())),
            ("neighbourhood", Neighbourhood()),
            ("statistics", WindowStatistics(hop=hop)),
            ("second_reduction", _reduction(0.95)),
            ("second_normalization", EachFrame(StandardScaler())),
        ]
    )
    return Pipeline([("context", context), ("shift", TimeShift()), ("regression", FrameRegressor(regressor))])


def parameter_grid(grid: Grid, rate: float, hop: int) -> dict[str, list[Any]]:
    """The grid as `GridSearchCV` takes it.

    Args:
        grid: in seconds.
        rate: frames per second.
        hop: frames from one row to the next.
    """
    return {
        FIRST_REDUCTION: [_reduction(share) for share in grid.first_variance],
        NEIGHBOURS: [*grid.neighbours],
        SPACING: _distinct(max(1, round(seconds * rate)) for seconds in grid.spacing_seconds),
        REACH: _distinct(max(0, round((seconds * rate - 1) / 2)) for seconds in grid.window_seconds),
        SECOND_REDUCTION: [_reduction(share) for share in grid.second_variance],
        NORMALIZATION: [EachFrame(StandardScaler()) if normalized else LEFT_OUT for normalized in grid.normalized],
        DELAY: _distinct(round(seconds * rate / hop) for seconds in grid.delay_seconds),
        DECAY: [*grid.weight_decay],
    }


def in_words(point: Mapping[str, Any], rate: float, hop: int) -> dict[str, Any]:
    """A point of the grid in the words and units of `Grid`, seconds rounded to whole frames or rows."""
    return {
        "first_variance": _share(point[FIRST_REDUCTION]),
        "neighbours": point[NEIGHBOURS],
        "spacing_seconds": point[SPACING] / rate,
        "window_seconds": (2 * point[REACH] + 1) / rate,
        "second_variance": _share(point[SECOND_REDUCTION]),
        "normalized": point[NORMALIZATION] != LEFT_OUT,
        "delay_seconds": point[DELAY] * hop / rate,
        "weight_decay": point[DECAY],
    }


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes:
        pipeline: with the best parameters, fitted on all recordings.
        scores: of each point of the grid a row, the best first: its parameters in words, the coefficient in each fold,
            their mean and standard deviation.
    """

    pipeline: Pipeline
    scores: list[dict[str, Any]]


def search(
    pipeline: Pipeline,
    grid: Grid,
    frames: Recordings,
    truth: Recordings,
    subjects: Sequence[str],
    *,
    rate: float,
    hop: int,
    folds: int,
    name: str,
) -> Found:
    """Choose the parameters whose coefficient is best in the mean over folds that leave whole subjects out.

    Args:
        pipeline: see `context_pipeline`.
        grid: what is tried.
        frames: of each recording, shape (frames, features).
        truth: of each recording, for every `hop`-th frame, shape (rows,).
        subjects: of each recording.
        rate: frames per second.
        hop: frames from one row to the next.
        folds: how many; fewer where there are fewer subjects.
        name: of the bar.

    Raises:
        ValueError: less than two subjects, or folds.
    """
    folds = min(folds, len(set(subjects)))
    if folds < 2:
        raise ValueError(f"expected two subjects and folds or more. Received: {len(set(subjects))} subjects")
    parameters = parameter_grid(grid, rate, hop)
    bar = tqdm(total=len(ParameterGrid(parameters)) * folds, unit="fit", desc=name)

    # The context is the longest step. It is kept while delays and decays are tried with it, and no longer, since those
    # of a whole grid fill a disk. `ParameterGrid` goes through the last names of the alphabet fastest: these two.
    kept_for = len(parameters[DELAY]) * len(parameters[DECAY]) * folds

    def score(fitted: Pipeline, some: Recordings, their_truth: Recordings) -> float:
        bar.update()
        if bar.n % kept_for == 0:
            fitted.memory.clear(warn=False)
        return float(fitted.score(some, their_truth))

    with bar, TemporaryDirectory() as folder:
        pipeline.set_params(memory=Memory(folder, verbose=0))
        chosen = GridSearchCV(pipeline, parameters, scoring=score, cv=GroupKFold(folds), error_score="raise")
        chosen.fit(frames, truth, groups=subjects)
    best = chosen.best_estimator_.set_params(memory=None)
    results = chosen.cv_results_
    rows = [
        {
            **in_words(point, rate, hop),
            **{f"fold_{fold + 1}": float(results[f"split{fold}_test_score"][place]) for fold in range(folds)},
            "mean": float(results["mean_test_score"][place]),
            "standard_deviation": float(results["std_test_score"][place]),
        }
        for place, point in enumerate(results["params"])
    ]
    return Found(best, sorted(rows, key=lambda row: -row["mean"]))


def _reduction(share: float) -> EachFrame | str:
    # This solver alone works in single precision without a copy of its input.
    return LEFT_OUT if share >= 1 else EachFrame(PCA(share, svd_solver="covariance_eigh"))


def _share(step: EachFrame | str) -> float:
    return 1.0 if isinstance(step, str) else float(step.transformer.n_components)


def _distinct(values: Any) -> list[int]:
    return list(dict.fromkeys(values))
