"""Streams aligned by averages that are weighted by overlap."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from baseline.alignment import frame_ends, overlap_average
from data_spec.stream import Stream

numbers = st.floats(-100, 100, width=32)
lengths = st.floats(0.01, 2.0)


@st.composite
def streams(draw, max_frames=12):
    steps = draw(st.lists(lengths, min_size=1, max_size=max_frames))
    times = draw(st.floats(-5, 5)) + np.concatenate([[0.0], np.cumsum(steps[:-1])])
    values = draw(arrays(np.float32, (len(times), 2), elements=numbers))
    gaps = draw(arrays(bool, len(times)))
    values[gaps] = 0.0
    return Stream(times, values)


@st.composite
def intervals(draw):
    begin = np.array(draw(st.lists(st.floats(-10, 30), min_size=1, max_size=8)))
    return begin, begin + np.array(draw(st.lists(lengths, min_size=len(begin), max_size=len(begin))))


def by_hand(stream, begin, end):
    """Frame after frame, as the definition reads."""
    result = np.zeros((len(begin), stream.values.shape[1]))
    for row, (first, last) in enumerate(zip(begin, end, strict=True)):
        weights = [
            max(0.0, min(last, frame_end) - max(first, frame_begin)) if values.any() else 0.0
            for frame_begin, frame_end, values in zip(stream.times, frame_ends(stream), stream.values, strict=True)
        ]
        if sum(weights) > 1e-6 * stream.step:
            result[row] = np.average(stream.values.astype(np.float64), axis=0, weights=weights)
    return result


@given(streams(), intervals())
def test_an_average_is_what_the_definition_gives_frame_by_frame(stream, asked):
    begin, end = asked
    expected = by_hand(stream, begin, end)
    # Where an interval meets next to nothing, whether it meets anything is a matter of rounding.
    seconds = by_hand(Stream(stream.times, stream.present[:, None].astype(np.float32)), begin, end)
    overlap = [
        sum(
            max(0.0, min(last, e) - max(first, b))
            for b, e, there in zip(stream.times, frame_ends(stream), stream.present, strict=True)
            if there
        )
        for first, last in zip(begin, end, strict=True)
    ]
    clear = (np.array(overlap) == 0) | (np.array(overlap) > 1e-3)
    assert (seconds[clear & (np.array(overlap) > 0)] > 0).all()
    np.testing.assert_allclose(overlap_average(stream, begin, end)[clear], expected[clear], atol=1e-3, rtol=1e-5)


@given(streams(), numbers.filter(bool), intervals())
def test_a_constant_stream_stays_constant_wherever_it_is_met(stream, constant, asked):
    constant_stream = Stream(stream.times, np.full((len(stream.times), 1), constant, dtype=np.float32))
    average = overlap_average(constant_stream, *asked).ravel()
    np.testing.assert_allclose(average[average != 0], constant, rtol=1e-6)
    begin, end = asked
    inside = (begin >= stream.times[0]) & (end <= frame_ends(stream)[-1])
    assert (average[inside] != 0).all()


@given(streams(), st.data())
def test_intervals_that_cover_whole_frames_keep_the_integral(stream, data):
    there = np.where(stream.values == 0, np.float32(1), stream.values)  # no gaps
    stream = Stream(stream.times, there)
    ends = frame_ends(stream)
    inner = data.draw(st.lists(st.sampled_from(stream.times[1:].tolist() or [ends[-1]]), unique=True).map(sorted))
    edges = np.unique(np.concatenate([[stream.times[0]], inner, [ends[-1]]]))
    average = overlap_average(stream, edges[:-1], edges[1:])
    kept = (average * np.diff(edges)[:, None]).sum(axis=0)
    whole = (there * (ends - stream.times)[:, None]).sum(axis=0)
    np.testing.assert_allclose(kept, whole, atol=1e-3, rtol=1e-4)


@given(streams(), intervals())
def test_an_average_lies_between_the_least_and_the_greatest_value(stream, asked):
    average = overlap_average(stream, *asked)
    least = np.minimum(stream.values.min(axis=0), 0)
    most = np.maximum(stream.values.max(axis=0), 0)
    assert (average >= least - 1e-3).all()
    assert (average <= most + 1e-3).all()


@given(streams())
def test_a_stream_aligned_to_its_own_frames_is_itself(stream):
    np.testing.assert_allclose(
        overlap_average(stream, stream.times, frame_ends(stream)), stream.values, atol=1e-3, rtol=1e-5
    )


def test_a_gap_does_not_pull_the_average_towards_zero():
    values = np.array([[4.0, 2.0], [0.0, 0.0], [0.0, 0.0], [6.0, 0.0]], dtype=np.float32)
    stream = Stream(np.arange(4.0), values)
    average = overlap_average(stream, np.array([0.0, 1.0, 2.0]), np.array([2.0, 3.0, 4.0]))
    assert average.tolist() == [[4.0, 2.0], [0.0, 0.0], [6.0, 0.0]]


def test_before_and_after_a_stream_there_is_nothing():
    stream = Stream(np.array([5.0, 6.0]), np.ones((2, 3), dtype=np.float32))
    assert not overlap_average(stream, np.array([0.0, 7.0]), np.array([5.0, 9.0])).any()
    assert not overlap_average(Stream(np.zeros(0), np.zeros((0, 3), np.float32)), np.zeros(2), np.ones(2)).any()


def test_small_changes_far_from_zero_are_not_lost_in_a_long_stream():
    times = np.arange(360_000) / 100  # an hour of audio frames
    values = (1e4 + (np.arange(len(times)) % 2)[:, None]).astype(np.float32)
    begin = np.arange(3599) + 0.5
    np.testing.assert_allclose(overlap_average(Stream(times, values), begin, begin + 1.0), 1e4 + 0.5, rtol=1e-6)


@pytest.mark.parametrize("frames", [200_000])
def test_many_frames_take_no_longer_than_a_few_passes_over_them(frames):
    rng = np.random.default_rng(0)
    stream = Stream(np.arange(frames) / 100, rng.normal(size=(frames, 20)).astype(np.float32))
    begin = np.arange(0.0, frames / 100, 1 / 3)

    def seconds(work):
        before = time.perf_counter()
        work()
        return time.perf_counter() - before

    one_pass = min(seconds(lambda: np.cumsum(stream.values, axis=0, dtype=np.float64)) for _ in range(3))
    assert min(seconds(lambda: overlap_average(stream, begin, begin + 1 / 3)) for _ in range(3)) < 30 * one_pass
