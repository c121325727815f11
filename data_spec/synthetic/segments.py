"""Talks in segments, each with intensities of several emotions at once, or of none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data_spec.challenge import Challenge
from data_spec.missing import lose_data
from data_spec.stream import Labels, Stream
from data_spec.synthetic.dynamics import draw_traits, render, signature
from data_spec.synthetic.performed import Performed
from data_spec.synthetic.planning import PlannedRecording
from data_spec.synthetic.settings import Durations
from data_spec.synthetic.stories.segments import IntensityAnnotators, SegmentsStory
from data_spec.task import SegmentIntensities, expect_task

Array = NDArray[np.float64]


def perform(challenge: Challenge, story: SegmentsStory, seed: int, planned: PlannedRecording) -> Performed:
    """One talk, gaps included."""
    task, take = expect_task(challenge.task, SegmentIntensities), planned.take
    rng = np.random.default_rng([seed, 2, planned.number])
    ends = cut(take.seconds, story.segment_seconds, rng)
    felt = feel(len(ends), story, task.most, rng)
    least, most = challenge.annotation.per_recording
    marks = mark(felt, int(rng.integers(least, most + 1)), story.annotators, task.most, rng)
    step = task.most / task.steps
    labels = Labels.of_attributes(
        take.start + np.concatenate([[0.0], ends[:-1]]), np.round(np.rint(marks.mean(axis=0) / step) * step, 6)
    )

    streams = {}
    for number, modality in enumerate(challenge.modalities):
        part = story.modalities[modality.name]
        traits = draw_traits(modality.features, np.random.default_rng([seed, 4, take.session, planned.role, number]))
        look = signature(modality.name, len(task.emotions) + 1, modality.features, part)
        times = np.arange(max(1, round(ends[-1] * modality.rate))) / modality.rate
        segment = np.minimum(np.searchsorted(ends, times, side="right"), len(ends) - 1)
        # Each modality shows each emotion of a segment or does not.
        weights = mixture(felt * (rng.random(felt.shape) < part.shows), task.most)[segment]
        streams[modality.name] = Stream(take.start + times, render(weights, modality.rate, look, traits, part, rng))
    return Performed(labels, lose_data(streams, challenge.missing, rng) if challenge.missing else streams)


def cut(seconds: float, lengths: Durations, rng: np.random.Generator) -> Array:
    """Where the segments of a recording end, in seconds from its beginning, shape (segments,): as many as fit, or one.

    Args:
        seconds: of the recording.
        lengths: of segments.
        rng: chance.
    """
    most = int(seconds / lengths.least) + 1
    centre = (lengths.mean - lengths.least) / (lengths.most - lengths.least)
    drawn = lengths.least + (lengths.most - lengths.least) * rng.beta(2 * centre, 2 * (1 - centre), size=most)
    ends = np.cumsum(np.round(drawn, 2))
    fitting = ends[ends <= seconds]
    return np.round(fitting, 2) if len(fitting) else np.array([seconds])


def feel(segments: int, story: SegmentsStory, most: float, rng: np.random.Generator) -> Array:
    """How strongly each emotion is felt in each segment, 0 to `most`, shape (segments, emotions)."""
    shares = np.array(list(story.emotion_shares.values()))
    shares /= shares.sum()
    main = rng.choice(len(shares), p=shares)
    felt = np.zeros((segments, len(shares)))
    for segment in felt:
        if rng.random() < story.none_share:
            continue
        # The first emotion, and those that come to it.
        order = rng.choice(len(shares), size=len(shares), replace=False, p=shares)
        if rng.random() < story.main_emotion:
            order = np.concatenate([[main], order[order != main]])
        count = 1 + int(np.argmin(np.append(rng.random(len(shares) - 1) < story.more_emotions, False)))
        segment[order[:count]] = np.minimum(rng.gamma(3.0, story.intensity / 3.0, size=count), most)
    return felt


def mark(
    felt: Array, annotators: int, story: IntensityAnnotators, most: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """The whole intensities that annotators mark, shape (annotators, segments, emotions).

    Args:
        felt: 0 to `most`, shape (segments, emotions).
        annotators: how many.
        story: how they see.
        most: the greatest intensity.
        rng: chance.
    """
    shape = (annotators, *felt.shape)
    seen = np.where(felt > 0, felt + rng.normal(0.0, story.spread, size=shape), 0.0)
    # Who sees that nothing is felt sees no emotion that is not there.
    by_mistake = (rng.random(shape) < story.false_marks) & (felt == 0) & felt.any(axis=1, keepdims=True)
    return np.clip(np.rint(np.where(by_mistake, 1.0, seen)), 0, most).astype(np.int64)


def mixture(shown: Array, most: float) -> Array:
    """How much of each emotion, and in the last column of none, is displayed: rows sum to 1.

    >>> mixture(np.array([[0.0, 1.5], [3.0, 3.0]]), most=3.0).tolist()
    [[0.0, 0.5, 0.5], [0.5, 0.5, 0.0]]
    """
    weights = shown / most
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1.0)
    return np.column_stack([weights, 1.0 - weights.sum(axis=1)])
