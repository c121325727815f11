from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_spec.annotations.clips import ClipAnnotations, write_clip_annotations
from data_spec.annotations.consensus import annotation_faults, clip_consensus, labels_from, trace_consensus
from data_spec.annotations.traces import Traces, write_traces
from data_spec.challenge import load_challenge
from data_spec.csv_files import write_labels
from data_spec.stream import NO_LABEL, Labels
from data_spec.task import Attribute, ClipRatings, ContinuousAttributes


def said(primary: list[int], loudness: list[float] | None = None) -> ClipAnnotations:
    raters = len(primary)
    return ClipAnnotations(
        tuple(f"w{number}" for number in range(raters)),
        np.arange(1, raters + 1),
        np.array(primary, dtype=np.int8),
        ((),) * raters,
        np.column_stack([loudness or [1.0] * raters, np.zeros(raters)]),
    )


def test_the_label_is_what_most_raters_chose_and_the_attributes_are_means(rating: ClipRatings) -> None:
    found = clip_consensus(said([2, 0, 2, 1, 2], [1, 2, 3, 4, 6]), rating, begin=7.5)
    assert (found.times.tolist(), found.index.tolist(), found.agreement.tolist()) == ([7.5], [2], [0.6])
    np.testing.assert_allclose(found.values, [[3.2, 0.0]])


def test_where_two_labels_were_chosen_as_often_there_is_none(rating: ClipRatings) -> None:
    found = clip_consensus(said([0, 2, 0, 2, 1]), rating)
    assert (found.index.tolist(), found.agreement.tolist()) == ([NO_LABEL], [0.4])


@given(st.lists(st.integers(0, 2), min_size=1, max_size=9))
def test_the_consensus_is_that_of_counting(rating: ClipRatings, primary: list[int]) -> None:
    found = clip_consensus(said(primary), rating)
    (label, most), *others = Counter(primary).most_common()
    is_tie = any(number == most for _, number in others)
    assert found.index.tolist() == [NO_LABEL if is_tie else label]
    assert found.agreement[0] == pytest.approx(most / len(primary))


def test_a_challenge_without_labels_has_means_alone() -> None:
    task = ClipRatings(
        kind="clip_ratings", attributes=(Attribute(name="loudness", least=0.0, most=1.0),), metric="concordance_cc"
    )
    silent = ClipAnnotations(
        ("a", "b"), np.array([1, 1]), np.full(2, NO_LABEL, np.int8), ((), ()), np.array([[0.2], [0.6]])
    )
    found = clip_consensus(silent, task)
    assert (found.index.tolist(), found.agreement.tolist(), found.values.tolist()) == ([NO_LABEL], [1.0], [[0.4]])


def test_traces_are_meaned_frame_by_frame() -> None:
    values = np.array([[[0.1, 0.3], [1.0, 0.0]], [[-0.5, 0.5], [0.2, 0.4]]])
    found = trace_consensus(Traces(np.array([0.0, 0.1]), ("a", "b"), values))
    np.testing.assert_allclose(found.values, [[0.2, 0.5], [0.0, 0.3]])
    assert found.index.tolist() == [NO_LABEL, NO_LABEL]


@pytest.fixture
def clip(tmp_path: Path, rating: ClipRatings) -> tuple[Path, Path]:
    """Files of annotations and labels that agree."""
    annotations, labels = tmp_path / "annotations" / "a.csv", tmp_path / "labels" / "a.csv"
    written = said([2, 0, 2, 1, 2, 2, 1], [1, 2, 3, 4, 6, 1, 1])
    write_clip_annotations(annotations, written, rating)
    write_labels(labels, clip_consensus(written, rating, begin=1 / 3), rating)
    return annotations, labels


def test_labels_that_are_the_consensus_have_no_fault(clip: tuple[Path, Path], rating: ClipRatings) -> None:
    assert annotation_faults(*clip, rating) == []


@pytest.mark.parametrize(
    ("written", "said_of_it"),
    [
        ("0,1,0,0,0.5714285714285714,2.5714285714285716,0", "expected song, what most raters chose, found calm"),
        (
            "0,0,0,1,0.6,2.5714285714285716,0",
            "column 'Certainty': expected 0.571429, the share of the raters' votes, found",
        ),
        ("0,0,0,1,0.5714285714285714,2.6,0", "column 'loudness': expected 2.57143, the raters' mean, found 2.6"),
        ("0,0,0,1,0.5714285714285714,2.5714285714285716,0.001", "column 'pitch': expected 0, the raters' mean"),
        ("0,0,0,0,0.4,2.5714285714285716,0", "expected song, what most raters chose, found no label (a tie)"),
    ],
)
def test_labels_that_are_not_what_the_raters_said_are_a_fault(
    clip: tuple[Path, Path], rating: ClipRatings, written: str, said_of_it: str
) -> None:
    clip[1].write_text(f"Time,calm,alarm,song,Certainty,loudness,pitch\n{written}\n")
    (fault,) = annotation_faults(*clip, rating)
    assert (fault.file, fault.line) == (clip[1], 2)
    assert said_of_it in str(fault)


def test_files_that_cannot_be_read_are_the_fault(clip: tuple[Path, Path], rating: ClipRatings) -> None:
    clip[0].write_text("Rater\n")
    assert [fault.file for fault in annotation_faults(*clip, rating)] == [clip[0]]
    clip[1].unlink()
    assert [fault.file for fault in annotation_faults(*clip, rating)] == [clip[1]]


def test_traces_of_other_frames_or_other_times_are_a_fault(tmp_path: Path, following: ContinuousAttributes) -> None:
    annotations, labels = tmp_path / "annotations.csv", tmp_path / "labels.csv"
    times, values = np.arange(4) / 10, np.random.default_rng(0).uniform(0, 1, (4, 2, 3))
    write_traces(annotations, Traces(times, ("a", "b", "c"), values), following)
    write_labels(labels, labels_from(annotations, following), following)
    assert annotation_faults(annotations, labels, following) == []
    write_labels(labels, Labels.of_attributes(times[:3], values.mean(axis=2)[:3]), following)
    assert "expected 4 rows, as the annotations, found 3" in str(annotation_faults(annotations, labels, following)[0])
    write_labels(labels, Labels.of_attributes(times + np.array([0, 0, 0, 0.01]), values.mean(axis=2)), following)
    (fault,) = annotation_faults(annotations, labels, following)
    assert (fault.line, fault.column) == (5, "Time")


def test_a_task_that_keeps_no_annotations_has_none(tmp_path: Path) -> None:
    (fault,) = annotation_faults(tmp_path / "a.csv", tmp_path / "b.csv", load_challenge("merc2017").task)
    assert "framewise_one_hot keeps no annotations per rater" in str(fault)
