"""A small test set of a challenge of its own, and what a team sent for it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from data_spec.csv_files import write_template
from data_spec.stream import Labels
from scorer.verdict import Predictions
from scorer.verification.test_set import TestSet

SECONDS = {"finch": 4, "tit": 3, "wren": 5}
RATE = 20


@pytest.fixture
def bird_calls(bird_calls: Challenge) -> Challenge:
    """With room for what a program writes that prints its times as it found them."""
    roomy = {"max_zip_bytes": 10_000, "max_unpacked_bytes": 50_000}
    return bird_calls.model_copy(update={"submission": bird_calls.submission.model_copy(update=roomy)})


@pytest.fixture
def labels() -> dict[str, Labels]:
    """Call, Song, No sound in turn, a second each; every frame counts."""
    return {
        name: Labels(
            times=2.0 + np.arange(seconds * RATE) / RATE,
            index=(np.arange(seconds * RATE) // RATE % 3).astype(np.int8),
            agreement=np.ones(seconds * RATE),
        )
        for name, seconds in SECONDS.items()
    }


@pytest.fixture
def folder(tmp_path: Path, bird_calls: Challenge, labels: Mapping[str, Labels]) -> RecordingFolder:
    """Streams that show the label in their first column, and templates; the wren has no pictures."""
    path = tmp_path / "asked"
    for name, truth in labels.items():
        for modality in bird_calls.modalities:
            if (modality.name, name) == ("camera", "wren"):
                continue
            frames = SECONDS[name] * int(modality.rate)
            seen = truth.index[np.arange(frames) * RATE // int(modality.rate)]
            rows = [
                ",".join(
                    [repr(float(2.0 + frame / modality.rate)), str(seen[frame]), *["0.5"] * (modality.features - 1)]
                )
                for frame in range(frames)
            ]
            file = path / modality.folder / f"{name}.csv"
            file.parent.mkdir(parents=True, exist_ok=True)
            header = ",".join(["Time", *(f"f{number}" for number in range(modality.features))])
            file.write_text("\n".join([header, *rows]) + "\n")
        write_template(path / "answers" / f"{name}.csv", truth.times, bird_calls.task)
    return RecordingFolder(path, bird_calls)


@pytest.fixture
def submit(tmp_path: Path, bird_calls: Challenge, labels: Mapping[str, Labels]) -> Callable[[Predictions], Path]:
    """Write predictions as the zip that a team sends."""

    def write(predictions: Predictions) -> Path:
        out = tmp_path / "answers.zip"
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, given in predictions.items():
                rows = [",".join(bird_calls.task.columns)]
                for time, label in zip(labels[name].times.tolist(), given.tolist(), strict=True):
                    rows.append(",".join([repr(time), *("1" if label == other else "0" for other in range(3))]))
                archive.writestr(f"answers/{name}.csv", "\n".join(rows) + "\n")
        return out

    return write


@pytest.fixture
def truth(labels: Mapping[str, Labels]) -> Predictions:
    """Predictions without a mistake."""
    return {name: one.index for name, one in labels.items()}


@pytest.fixture
def test_set(
    folder: RecordingFolder,
    labels: Mapping[str, Labels],
    submit: Callable[[Predictions], Path],
    truth: Predictions,
) -> TestSet:
    """A team that sent the truth."""
    return TestSet("exam", "exam", folder, labels, submit(truth), "d" * 64, leaderboard_score=1.0)
