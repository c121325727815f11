"""How good predictions are. Every figure counts only the frames that the annotators agreed on.

Sources: the overview of the 2017 challenge (weighted accuracy over the frames whose agreement score is over
0.6); Schuller, Steidl, Batliner: The INTERSPEECH 2009 Emotion Challenge (weighted and unweighted accuracy);
Efron, Tibshirani: An Introduction to the Bootstrap, chapter 13 (percentile interval).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_spec.agreement import is_agreed
from data_spec.challenge import FramewiseOneHot
from data_spec.stream import NO_LABEL, Labels

CONFIDENCE = 0.95

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class RecordingScore:
    """The score of one recording.

    Attributes:
        recording: its name.
        accuracy: share of its counted frames that are right, 0 to 1; None where no frame counts.
        frames_counted: how many frames count.
    """

    recording: str
    accuracy: float | None
    frames_counted: int


@dataclass(frozen=True)
class ScoreReport:
    """The score of a submission. Shares are 0 to 1.

    Attributes:
        metric: which of the figures ranks.
        weighted_accuracy: see `weighted_accuracy`.
        interval: the 95 % interval (low, high) of the weighted accuracy, see `bootstrap_interval`.
        unweighted_accuracy: see `unweighted_accuracy`.
        macro_f1: see `macro_f1`.
        recall: by label, see `recalls`; None where the truth never shows the label.
        confusion: how many frames of each label (row) were given each label (column), both in the
            order of `recall`.
        frames_counted: how many frames count.
        frames_in_all: how many frames there are.
        recordings: the score of each, by name.
    """

    metric: str
    weighted_accuracy: float
    interval: tuple[float, float]
    unweighted_accuracy: float
    macro_f1: float
    recall: Mapping[str, float | None]
    confusion: tuple[tuple[int, ...], ...]
    frames_counted: int
    frames_in_all: int
    recordings: tuple[RecordingScore, ...]

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON knows it."""
        return {**asdict(self), "labels": list(self.recall), "recall": dict(self.recall)}

    @classmethod
    def from_dict(cls, report: Mapping[str, Any]) -> ScoreReport:
        """The report that `to_dict` wrote, also when it went through JSON in between."""
        low, high = report["interval"]
        return cls(
            metric=report["metric"],
            weighted_accuracy=report["weighted_accuracy"],
            interval=(low, high),
            unweighted_accuracy=report["unweighted_accuracy"],
            macro_f1=report["macro_f1"],
            # JSON may have been stored with its keys sorted: the labels keep the order.
            recall={label: report["recall"][label] for label in report["labels"]},
            confusion=tuple(tuple(row) for row in report["confusion"]),
            frames_counted=report["frames_counted"],
            frames_in_all=report["frames_in_all"],
            recordings=tuple(RecordingScore(**recording) for recording in report["recordings"]),
        )


def score(
    predictions: Mapping[str, NDArray[np.int8]],
    labels: Mapping[str, Labels],
    task: FramewiseOneHot,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> ScoreReport:
    """Score predictions against the truth.

    A frame counts when its agreement is over the task's threshold and the annotators were not tied.

    Args:
        predictions: the index of the predicted label for each frame, shape (frames,), by recording.
        labels: the truth, by recording.
        task: its labels and its agreement threshold.
        resamples: how often the bootstrap draws.
        seed: of the bootstrap. The same seed gives the same interval.

    Raises:
        ValueError: other recordings or frames than those of the truth, a prediction that is no label, or
            no frame that counts.
    """
    _check_recordings(predictions, labels)
    counts = np.zeros((len(labels), len(task.labels), len(task.labels)), dtype=np.int64)  # (recordings, truth, given)
    names = sorted(labels)
    for number, name in enumerate(names):
        counts[number] = _count(name, predictions[name], labels[name], task)
    hits: Counts = counts.trace(axis1=1, axis2=2)  # (recordings,)
    frames: Counts = counts.sum(axis=(1, 2))  # (recordings,)
    if not frames.any():
        raise ValueError(
            f"expected frames with an agreement over {task.agreement_threshold}, "
            f"found none in {len(names)} recordings: there is nothing to score"
        )
    confusion: Counts = counts.sum(axis=0)
    return ScoreReport(
        metric=task.metric,
        weighted_accuracy=weighted_accuracy(confusion),
        interval=bootstrap_interval(hits, frames, resamples=resamples, seed=seed),
        unweighted_accuracy=unweighted_accuracy(confusion),
        macro_f1=macro_f1(confusion),
        recall=dict(zip(task.labels, recalls(confusion), strict=True)),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        frames_counted=int(frames.sum()),
        frames_in_all=sum(len(one.index) for one in labels.values()),
        recordings=tuple(
            RecordingScore(name, hit / counted if counted else None, counted)
            for name, hit, counted in zip(names, hits.tolist(), frames.tolist(), strict=True)
        ),
    )


def weighted_accuracy(confusion: Counts) -> float:
    """Plain accuracy: the share of frames that are right. Each label weighs as much as it is frequent.

    WA = sum of the diagonal / sum of all.

    Args:
        confusion: truth in rows, predictions in columns, shape (labels, labels), not all zero.

    Returns:
        0 to 1.

    >>> weighted_accuracy(np.array([[3, 1], [1, 0]]))
    0.6
    """
    return float(confusion.trace() / confusion.sum())


def unweighted_accuracy(confusion: Counts) -> float:
    """Mean of the recalls of the labels that the truth shows. Each label weighs the same.

    Args:
        confusion: truth in rows, predictions in columns, shape (labels, labels), not all zero.

    Returns:
        0 to 1.

    >>> unweighted_accuracy(np.array([[3, 1], [1, 0]]))
    0.375
    """
    return float(np.mean([recall for recall in recalls(confusion) if recall is not None]))


def recalls(confusion: Counts) -> list[float | None]:
    """The share of each label's frames that are right; None for a label that the truth never shows.

    Args:
        confusion: truth in rows, predictions in columns, shape (labels, labels).

    >>> recalls(np.array([[3, 1], [0, 0]]))
    [0.75, None]
    """
    hits, frames = confusion.diagonal().tolist(), confusion.sum(axis=1).tolist()
    return [hit / frame if frame else None for hit, frame in zip(hits, frames, strict=True)]


def macro_f1(confusion: Counts) -> float:
    """Mean F1 over the labels that occur in the truth or in the predictions.

    F1 = 2 · hits / (frames of the label + predictions of the label). A label that occurs in neither has no
    F1 and is left out; one that occurs in one of them only has 0. So does scikit-learn's `f1_score` with
    `average="macro"` where it is given no list of labels.

    Args:
        confusion: truth in rows, predictions in columns, shape (labels, labels), not all zero.

    Returns:
        0 to 1.

    >>> macro_f1(np.array([[2, 0, 2], [0, 0, 0], [0, 0, 4]]))
    0.7333333333333334
    """
    occurrences = confusion.sum(axis=0) + confusion.sum(axis=1)
    occurs = occurrences > 0
    return float(np.mean(2 * confusion.diagonal()[occurs] / occurrences[occurs]))


def bootstrap_interval(
    hits: Counts, frames: Counts, *, resamples: int = 1000, seed: int = 0, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """The percentile interval of the weighted accuracy, over recordings drawn with replacement.

    Recordings are drawn whole, since neighbouring frames show the same emotion of the same actor: an
    interval over single frames would be far too narrow. Recordings without a counted frame are not drawn.
    With one recording the interval has no width and says nothing.

    Args:
        hits: right frames of each recording, shape (recordings,)
        frames: counted frames of each recording, shape (recordings,), not all zero.
        resamples: how many times a set of as many recordings is drawn.
        seed: the same seed gives the same interval.
        confidence: 0 to 1.

    Returns:
        (low, high), each 0 to 1.

    >>> bootstrap_interval(np.array([5, 5]), np.array([10, 10]))
    (0.5, 0.5)
    """
    hits, frames = hits[frames > 0], frames[frames > 0]
    drawn = draw_recordings(len(frames), resamples=resamples, seed=seed)
    accuracies = (drawn @ hits) / (drawn @ frames)
    low, high = np.quantile(accuracies, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def draw_recordings(recordings: int, *, resamples: int, seed: int) -> Counts:
    """Draw as many recordings as there are, with replacement, again and again.

    Args:
        recordings: how many there are.
        resamples: how many times they are drawn.
        seed: the same seed draws the same.

    Returns:
        How often each recording is drawn, shape (resamples, recordings); every row sums to `recordings`.

    >>> draw_recordings(3, resamples=2, seed=0)
    array([[1, 1, 1],
           [0, 0, 3]])
    """
    return np.random.default_rng(seed).multinomial(recordings, np.full(recordings, 1 / recordings), size=resamples)


def _check_recordings(predictions: Mapping[str, NDArray[np.int8]], labels: Mapping[str, Labels]) -> None:
    if predictions.keys() != labels.keys():
        raise ValueError(
            "expected predictions for the recordings of the truth. "
            f"Without a prediction: {_listed(labels.keys() - predictions.keys())}; "
            f"without truth: {_listed(predictions.keys() - labels.keys())}"
        )


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "") or "none"


def _count(name: str, predicted: NDArray[np.int8], truth: Labels, task: FramewiseOneHot) -> Counts:
    """The confusion matrix of one recording, shape (labels, labels)."""
    if predicted.shape != truth.index.shape:
        raise ValueError(f"{name}: expected {len(truth.index)} predicted frames, found shape {predicted.shape}")
    labels = len(task.labels)
    if ((predicted < 0) | (predicted >= labels)).any():
        raise ValueError(
            f"{name}: expected predictions from 0 to {labels - 1}, found {sorted(set(predicted.tolist()))}"
        )
    counted = is_agreed(truth.agreement, task.agreement_threshold) & (truth.index != NO_LABEL)
    pairs = truth.index[counted].astype(np.int64) * labels + predicted[counted]
    return np.bincount(pairs, minlength=labels * labels).reshape(labels, labels)
