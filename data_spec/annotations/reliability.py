"""Reliability: how far all raters of a corpus agree, in labels and in attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_spec.agreement import fleiss_kappa, krippendorff_alpha, krippendorff_alpha_of_numbers
from data_spec.annotations.clips import ClipAnnotations
from data_spec.annotations.traces import Traces
from data_spec.task import ClipRatings, ContinuousAttributes

FIRST = 5
"""The least number of raters of a clip of MSP-Face; its paper takes as many of each for its agreement (section 4.1)."""


@dataclass(frozen=True)
class Reliability:
    """How far raters agree; every figure is up to 1, 0 is chance, and NaN where it is undefined.

    Attributes:
        recordings: how many they rated.
        annotations: how many times a rater rated one.
        kappa: Fleiss' kappa of the labels; NaN where there are none.
        alpha: Krippendorff's alpha of the labels; NaN where there are none.
        alphas: Krippendorff's alpha for numbers, by attribute.
    """

    recordings: int
    annotations: int
    kappa: float
    alpha: float
    alphas: Mapping[str, float]


def clip_reliability(clips: Mapping[str, ClipAnnotations], task: ClipRatings) -> Reliability:
    """How far the raters of clips agree. Clips may have different numbers of raters."""
    counts = np.zeros((len(clips), len(task.labels)), dtype=np.int64)
    for place, clip in enumerate(clips.values()):
        counts[place] = clip.votes(task)
    ratings = [_padded(clip.attributes.T[:, None, :] for clip in clips.values())] if clips else []
    return Reliability(
        recordings=len(clips),
        annotations=sum(len(clip.raters) for clip in clips.values()),
        kappa=fleiss_kappa(counts) if counts.size else float("nan"),
        alpha=krippendorff_alpha(counts) if counts.size else float("nan"),
        alphas=_alphas(task, *ratings),
    )


def trace_reliability(recordings: Mapping[str, Traces], task: ContinuousAttributes) -> Reliability:
    """How far the raters of recordings agree, over the frames of all of them."""
    ratings = [_padded(traces.values.transpose(1, 0, 2) for traces in recordings.values())] if recordings else []
    return Reliability(
        recordings=len(recordings),
        annotations=sum(len(traces.raters) for traces in recordings.values()),
        kappa=float("nan"),
        alpha=float("nan"),
        alphas=_alphas(task, *ratings),
    )


def first_annotations(clips: Mapping[str, ClipAnnotations], number: int = FIRST) -> dict[str, ClipAnnotations]:
    """The first annotations of each clip, as many of each; clips that have fewer are left out.

    Source: "MSP-Face", section 4.1: "the first five annotations to keep a fixed number of annotations per video".
    """
    return {name: clip.of(slice(number)) for name, clip in clips.items() if len(clip.raters) >= number}


def _padded(ratings: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Ratings of shape (attributes, items, raters) one after the other, NaN where one has fewer raters."""
    parts = list(ratings)
    raters = max(part.shape[2] for part in parts)
    padded = [np.pad(part, ((0, 0), (0, 0), (0, raters - part.shape[2])), constant_values=np.nan) for part in parts]
    return np.concatenate(padded, axis=1)


def _alphas(task: ClipRatings | ContinuousAttributes, *ratings: NDArray[np.float64]) -> dict[str, float]:
    return {
        attribute.name: krippendorff_alpha_of_numbers(ratings[0][place]) if ratings else float("nan")
        for place, attribute in enumerate(task.attributes)
    }
