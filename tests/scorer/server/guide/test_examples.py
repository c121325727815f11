from __future__ import annotations

import io
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from data_spec.challenge import Challenge, load_challenge
from data_spec.csv_files import read_labels
from data_spec.stream import NO_LABEL, Labels
from scorer import scoring, submission
from scorer.server.guide import examples


@pytest.fixture(params=["merc2017", "bird_calls"])
def any_challenge(request: pytest.FixtureRequest) -> Challenge:
    """Two challenges that have nothing in common."""
    return request.getfixturevalue(request.param)


def test_the_example_of_a_score_is_what_the_scorer_says(any_challenge: Challenge) -> None:
    task = any_challenge.task
    example = examples.scored_frames(task, any_challenge.annotation.per_recording[1])
    index = {label: number for number, label in enumerate(task.labels)} | {None: NO_LABEL}
    truth = Labels(
        times=np.arange(len(example.frames), dtype=np.float64),
        index=np.array([index[frame.truth] for frame in example.frames], dtype=np.int8),
        agreement=np.array([frame.agreement for frame in example.frames]),
    )
    predicted = np.array([index[frame.predicted] for frame in example.frames], dtype=np.int8)
    report = scoring.score({"example": predicted}, {"example": truth}, task)
    assert example.score == report.score
    assert (example.counted, example.right) == (report.counted, sum(np.diag(report.confusion)))
    assert {frame.counts for frame in example.frames} == {True, False}
    assert {frame.is_right for frame in example.frames if frame.counts} == {True, False}


@pytest.mark.parametrize(("threshold", "votes"), [(0.0, 1), (0.0, 5), (1.0, 3), (0.5, 2), (0.6, 1)])
def test_every_threshold_and_number_of_votes_has_an_example(merc2017: Challenge, threshold: float, votes: int) -> None:
    task = merc2017.task.model_copy(update={"agreement_threshold": threshold})
    example = examples.scored_frames(task, votes)
    assert all(0 <= frame.agreement <= 1 for frame in example.frames)
    assert (example.score is None) == (threshold == 1.0)


@pytest.fixture(params=["mosei", "mspface", "recola"])
def of_numbers(request: pytest.FixtureRequest) -> Challenge:
    """Challenges that ask for numbers."""
    return load_challenge(request.param)


def check_prediction(tiny: ModuleType, challenge: Challenge) -> NDArray[Any]:
    """What the check reads of the example of a prediction, which it accepts."""
    template = examples.template_rows(challenge.task).splitlines()
    times = np.array([float(row.partition(",")[0]) for row in template[1:]])
    names = [line.strip() for line in examples.zip_layout(challenge).splitlines()[1:-1]]
    sent = tiny.zip_of({name: examples.prediction_rows(challenge.task) + "\n" for name in names})
    verdict = submission.read(io.BytesIO(sent), dict.fromkeys(examples.RECORDINGS, times), challenge)
    assert verdict.faults == ()
    found: NDArray[Any] = verdict.predictions[examples.RECORDINGS[0]]
    return found


def test_the_example_of_a_prediction_passes_the_check(tiny: ModuleType, any_challenge: Challenge) -> None:
    assert check_prediction(tiny, any_challenge).tolist() == [0, 0, 1]


def test_the_example_of_numbers_passes_the_check_and_is_not_all_the_same(
    tiny: ModuleType, of_numbers: Challenge
) -> None:
    found = check_prediction(tiny, of_numbers)
    assert len(np.unique(found, axis=0)) == len(found)
    assert len(np.unique(found)) > 1


def test_the_example_of_labels_is_read_as_labels(tmp_path: Path, of_numbers: Challenge) -> None:
    (tmp_path / "example.csv").write_text(examples.label_rows(of_numbers.task) + "\n")
    labels = read_labels(tmp_path / "example.csv", of_numbers.task)
    assert len(labels.times) == (1 if of_numbers.task.kind == "clip_ratings" else 2)


def test_the_example_of_a_template_has_the_same_times_and_zeros(any_challenge: Challenge) -> None:
    for empty, filled in zip(
        examples.template_rows(any_challenge.task).splitlines(),
        examples.prediction_rows(any_challenge.task).splitlines(),
        strict=True,
    ):
        assert empty.partition(",")[0] == filled.partition(",")[0]
        assert "1" not in empty.partition(",")[2]


def test_the_folders_are_those_that_are_published(merc2017: Challenge) -> None:
    trees = examples.folder_trees(merc2017)
    assert [*trees] == ["participants", "stage2"]
    assert trees["stage2"].splitlines() == [
        "stage2/",
        "  challenge.yaml",
        "  private_test/",
        "    audio/RECORDING.csv",
        "    face_nn/RECORDING.csv",
        "    eyes/RECORDING.csv",
        "    kinect/RECORDING.csv",
        "    prediction/RECORDING.csv",
    ]
    assert "    labels/RECORDING.csv" in trees["participants"]
