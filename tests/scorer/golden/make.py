"""Makes the golden files of `test_metrics.py` by other libraries: `python tests/scorer/golden/make.py`.

Each case is a CSV of frames (an empty truth: the annotators tied) and a JSON of what scikit-learn, audmetric
and SciPy make of it. Nothing of the kit is used.
"""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path

import audmetric
import numpy as np
import scipy.stats
from sklearn import metrics

LABELS = ["Anger", "Sad", "Disgust", "Happy", "Scared", "Neutral"]
GOLDEN = Path(__file__).parent

Frame = tuple[str, str, str, str]
"""Recording, truth, agreement as text, prediction."""


def make_frames(seed: int, truths: list[str], guesses: list[str], votes: list[tuple[int, int]]) -> list[Frame]:
    """Six recordings of unequal length, difficulty and agreement."""
    rng = np.random.default_rng(seed)
    frames = []
    for recording, (length, skill) in enumerate([(40, 0.9), (55, 0.2), (25, 0.6), (70, 0.5), (30, 0.0), (60, 0.75)]):
        for _ in range(length):
            chosen, given = votes[rng.integers(len(votes))]
            tied = 2 * chosen <= given and rng.random() < 0.5
            truth = "" if tied else str(rng.choice(truths))
            right = truth in guesses and rng.random() < skill
            # Some tools add up shares: 3 of 5 becomes 3 * 0.2, a little more than 0.6.
            agreement = chosen * (1 / given) if rng.random() < 0.5 else chosen / given
            frames.append((f"id{recording}", truth, repr(agreement), truth if right else str(rng.choice(guesses))))
    return frames


def counts(frame: Frame) -> bool:
    """Over 3/5 as an exact fraction of few votes."""
    return bool(frame[1]) and Fraction(frame[2]).limit_denominator(100) > Fraction(3, 5)


def judge(frames: list[Frame]) -> dict[str, object]:
    """The report on the frames."""
    counted = [frame for frame in frames if counts(frame)]
    truth, guess = [frame[1] for frame in counted], [frame[3] for frame in counted]
    shown = [label for label in LABELS if label in truth]
    recall = audmetric.recall_per_class(truth, guess, labels=LABELS, zero_division=0)
    names = sorted({frame[0] for frame in frames})
    of_recording = {name: [frame[1] == frame[3] for frame in counted if frame[0] == name] for name in names}
    drawn = [hits for hits in of_recording.values() if hits]
    interval = scipy.stats.bootstrap(
        (np.array([sum(hits) for hits in drawn]), np.array([len(hits) for hits in drawn])),
        lambda hits, frames, axis=-1: hits.sum(axis=axis) / frames.sum(axis=axis),
        paired=True,
        vectorized=True,
        method="percentile",
        n_resamples=20_000,
        rng=np.random.default_rng(7),
    ).confidence_interval
    return {
        "weighted_accuracy": float(audmetric.accuracy(truth, guess)),
        # Not audmetric's: where a label is never shown, it leaves out the frames that are predicted as it.
        "unweighted_accuracy": float(metrics.recall_score(truth, guess, labels=shown, average="macro")),
        "macro_f1": float(metrics.f1_score(truth, guess, average="macro", zero_division=0)),
        "recall": {label: recall[label] if label in shown else None for label in LABELS},
        "confusion": metrics.confusion_matrix(truth, guess, labels=LABELS).tolist(),
        "frames_counted": len(counted),
        "frames_in_all": len(frames),
        "interval": [float(interval.low), float(interval.high)],
        "recordings": {name: sum(hits) / len(hits) if hits else None for name, hits in of_recording.items()},
    }


def main() -> None:
    """Write every case."""
    sure, doubtful = [(5, 5), (5, 8), (7, 8)], [(3, 5), (6, 10), (2, 4), (5, 8), (4, 6), (2, 5)]
    cases = {
        "ordinary": make_frames(1, LABELS, LABELS, sure),
        # Disgust is never shown but predicted, Neutral shown but never predicted, Scared neither.
        "labels_missing": make_frames(2, ["Anger", "Sad", "Happy", "Neutral"], LABELS[:4], sure),
        "doubtful": make_frames(3, LABELS, LABELS, doubtful) + [("id6", "Sad", repr(3 * 0.2), "Sad")] * 3,
    }
    for name, frames in cases.items():
        with (GOLDEN / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(
                [("recording", "truth", "agreement", "prediction"), *frames]
            )
        (GOLDEN / f"{name}.json").write_text(json.dumps(judge(frames), indent=1) + "\n")


if __name__ == "__main__":
    main()
