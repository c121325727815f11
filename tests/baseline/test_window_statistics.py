"""Window statistics are those that a slow loop over the present frames of each window finds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from baseline.window_statistics import FolderStatistics, window_statistics
from data_spec.challenge import Challenge
from data_spec.corpus import Corpus, RecordingFolder
from data_spec.csv_files import write_stream
from data_spec.stream import Stream

RATE = 10.0


def by_a_slow_loop(
    stream: Stream, rate: float, centres: NDArray[np.float64], seconds: list[float]
) -> NDArray[np.float64]:
    """The same, window by window, by NumPy's own functions."""
    rows = []
    for centre in centres:
        row = []
        for length in seconds:
            inside = (stream.times > centre - length / 2 - 1e-9) & (stream.times < centre + length / 2 - 1e-9)
            frames = stream.values[inside & stream.present].astype(np.float64)
            if len(frames):
                row += [frames.mean(axis=0), frames.std(axis=0), frames.min(axis=0), frames.max(axis=0)]
            else:
                row += [np.full(stream.values.shape[1], np.nan)] * 4
            row.append(np.array([min(1.0, len(frames) / (length * rate))]))
        rows.append(np.concatenate(row))
    return np.array(rows)


@settings(max_examples=60, deadline=None)
@given(
    frames=st.integers(0, 90),
    features=st.integers(1, 3),
    begin=st.integers(-50, 900),
    gap=st.tuples(st.integers(0, 90), st.integers(0, 90)),
    offset=st.sampled_from([0.0, 1e4]),
    seconds=st.lists(st.sampled_from([0.5, 1.0, 2.5, 4.0, 30.0]), min_size=1, max_size=3),
    seed=st.integers(0, 99),
)
def test_they_are_those_of_the_present_frames_of_each_window(frames, features, begin, gap, offset, seconds, seed):
    rng = np.random.default_rng(seed)
    values = (offset + rng.normal(size=(frames, features))).astype(np.float32)
    values[min(gap) : max(gap)] = 0.0
    stream = Stream((begin + np.arange(frames)) / RATE, values)
    centres = np.sort(rng.integers(begin - 20, begin + 110, size=8)) / RATE + 0.03
    found = window_statistics(stream, features, RATE, centres, seconds)
    expected = by_a_slow_loop(stream, RATE, centres, seconds)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-3)


def test_a_window_around_a_frame_begins_with_the_frame_half_its_length_before_and_ends_before_the_one_after():
    stream = Stream(np.arange(100) / 100, np.arange(1, 101, dtype=np.float32)[:, None])
    least, greatest, presence = window_statistics(stream, 1, 100, stream.times[[50]], [0.2])[0, 2:]
    assert (least, greatest, presence) == (41.0, 60.0, 1.0)


@pytest.mark.parametrize("shift", [-3e-11, 3e-11])
def test_digits_that_printing_lost_move_no_frame_into_another_window(shift):
    rng = np.random.default_rng(0)
    times = 2.32 + np.arange(500) / 100
    values = rng.normal(size=(500, 2)).astype(np.float32)
    centres = times[20:480:7]
    exact = window_statistics(Stream(times, values), 2, 100, centres, [0.2, 1.0])
    np.testing.assert_array_equal(window_statistics(Stream(times + shift, values), 2, 100, centres, [0.2, 1.0]), exact)


def test_a_modality_that_a_recording_lacks_is_unknown_with_a_presence_of_zero():
    found = window_statistics(None, 2, 50, np.array([1.0, 2.0]), [1.0, 4.0])
    assert found.shape == (2, 2 * 9)
    assert (found[:, [8, 17]] == 0).all()
    assert np.isnan(np.delete(found, [8, 17], axis=1)).all()


def test_presence_is_the_share_of_the_window_that_has_data():
    values = np.ones((400, 1), dtype=np.float32)
    values[100:300] = 0
    stream = Stream(np.arange(400) / 100, values)
    centres = np.array([0.5, 1.0, 2.0, 4.0])
    assert window_statistics(stream, 1, 100, centres, [1.0])[:, 4].tolist() == [1.0, 0.5, 0.0, 0.5]


def test_the_columns_of_a_folder_are_those_of_its_modalities_side_by_side(tmp_path: Path, merc2017: Challenge):
    folder = Corpus.create(tmp_path / "corpus", merc2017).root / "train"
    audio = Stream(5 + np.arange(200) / 100, np.random.default_rng(0).normal(size=(200, 36)).astype(np.float32))
    write_stream(folder / "audio" / "idspeaker.csv", audio, merc2017.modality("audio"))
    centres = np.array([5.5, 6.7])
    found = FolderStatistics(RecordingFolder(folder, merc2017), ["eyes", "audio"], (1.0, 4.0)).around(
        "idspeaker", centres
    )
    np.testing.assert_array_equal(found[:, :50], window_statistics(None, 6, 50, centres, (1.0, 4.0)))
    np.testing.assert_allclose(found[:, 50:], window_statistics(audio, 36, 100, centres, (1.0, 4.0)), atol=1e-5)
