from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data_spec.csv_files import format_time
from data_spec.stream import Stream, zero_runs


@st.composite
def streams(draw: st.DrawFn) -> Stream:
    """A stream of 1 to 30 frames at a whole rate, about half of them zero; the values tell the frames apart."""
    rate, frames = draw(st.integers(1, 200)), draw(st.integers(1, 30))
    start = draw(st.floats(0, 500))
    is_zero = np.array(draw(st.lists(st.booleans(), min_size=frames, max_size=frames)))
    values = np.where(is_zero[:, None], 0, np.arange(1, frames + 1)[:, None] * [1, -1]).astype(np.float32)
    return Stream(start + np.arange(frames) / rate, values)


@given(streams())
def test_a_frame_is_present_when_a_value_of_it_is_not_zero(stream: Stream) -> None:
    assert stream.present.tolist() == [bool(row.any()) for row in stream.values]


def test_one_value_is_enough_and_a_negative_zero_is_none() -> None:
    values = np.array([[0, 1e-40], [-0.0, 0]], dtype=np.float32)
    assert Stream(np.arange(2.0), values).present.tolist() == [True, False]


@given(streams())
def test_gaps_are_the_runs_of_absent_frames(stream: Stream) -> None:
    runs = zero_runs(stream.values)
    rebuilt = np.ones(len(stream.times), dtype=bool)
    for first, end in runs:
        assert first < end
        rebuilt[first:end] = False
    np.testing.assert_array_equal(rebuilt, stream.present)
    assert all(end < first for (_, end), (first, _) in pairwise(runs))


def test_a_stream_without_frames_has_no_gaps_and_shows_nothing() -> None:
    stream = Stream(np.empty(0), np.empty((0, 3), dtype=np.float32))
    assert zero_runs(stream.values) == []
    assert stream.at(np.array([0.0, 1.0])).tolist() == [[0, 0, 0], [0, 0, 0]]


@given(streams())
def test_at_its_own_times_a_stream_shows_its_own_values(stream: Stream) -> None:
    np.testing.assert_array_equal(stream.at(stream.times), stream.values)


@given(streams())
def test_times_that_were_rounded_when_printed_show_the_same_frames(stream: Stream) -> None:
    printed = np.array([float(f"{time:.9f}") for time in stream.times])
    np.testing.assert_array_equal(stream.at(printed), stream.values)
    np.testing.assert_array_equal(Stream(printed, stream.values).at(stream.times), stream.values)


@given(streams(), st.lists(st.floats(-10, 40), min_size=1, max_size=20))
def test_a_frame_is_shown_until_the_next_and_the_last_for_one_step(stream: Stream, frames: list[float]) -> None:
    # Not on an edge: there, the frame depends on the last digits of a time.
    frames = [frame for frame in frames if abs(frame - round(frame)) > 0.01]
    times = stream.times[0] + np.array(frames) * stream.step
    for frame, shown in zip(frames, stream.at(times), strict=True):
        index = int(np.floor(frame))
        expected = stream.values[index] if 0 <= index < len(stream.times) else np.zeros(2)
        np.testing.assert_array_equal(shown, expected)


def test_one_step_after_the_last_frame_nothing_is_shown_though_the_time_was_rounded_down() -> None:
    stream = Stream(np.array([0.0, 0.1, 0.2]), np.ones((3, 1), dtype=np.float32))
    assert stream.at(np.array([0.299, 0.3 - 1e-9, 0.3])).ravel().tolist() == [1, 0, 0]


def test_what_is_shown_is_a_copy() -> None:
    stream = Stream(np.arange(3.0), np.ones((3, 1), dtype=np.float32))
    stream.at(stream.times)[:] = 7
    assert stream.values.ravel().tolist() == [1, 1, 1]


@given(streams(), st.integers(-5, 30), st.integers(1, 30))
def test_a_view_is_what_is_shown_and_shares_its_memory_with_a_stream_that_shows_a_frame_at_each_time(
    stream: Stream, first: int, frames: int
) -> None:
    times = stream.times[0] + (first + np.arange(frames)) * stream.step
    view = stream.view_at(times)
    np.testing.assert_array_equal(view, stream.at(times))
    has_them_all = first >= 0 and first + frames <= len(stream.times)
    assert np.shares_memory(view, stream.values) == has_them_all


def test_a_stream_at_another_rate_is_held() -> None:
    kinect = Stream(np.arange(3) / 15, np.array([[1], [2], [3]], dtype=np.float32))
    assert kinect.at(np.arange(20) / 100).ravel().tolist() == [1] * 7 + [2] * 7 + [3] * 6


@given(st.floats(0, 1e4))
def test_a_printed_time_is_the_same_number(seconds: float) -> None:
    assert float(format_time(seconds)) == seconds
