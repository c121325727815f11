"""Measurements at the times of pictures → even frames."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data_spec.features.resampling import LONGEST_BRIDGE, bridged, frame_times, interpolate


@given(st.integers(0, 5000), st.sampled_from([15, 50, 100]))
def test_a_stream_has_as_many_frames_as_fit_whole_into_its_time(frames, rate):
    assert len(frame_times(frames / rate, rate)) == frames
    assert len(frame_times((frames + 0.9) / rate, rate)) == frames


@given(st.lists(st.floats(0, 10), min_size=1, max_size=30, unique=True), st.lists(st.floats(-1, 11), max_size=30))
def test_what_is_bridged_lies_near_a_measurement(measured, times):
    measured, times = np.array(sorted(measured)), np.array(times)
    for time, shown in zip(times, bridged(measured, times), strict=True):
        nearest = np.abs(measured - time).min()
        if shown:
            assert nearest <= LONGEST_BRIDGE / 2 + 1e-6
        else:
            assert nearest > LONGEST_BRIDGE / 2 - 1e-6


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(24, 60))
def test_a_straight_line_stays_one_at_any_rate_of_pictures(start, slope, rate):
    measured = np.arange(0, 2, 1 / rate)
    times = frame_times(measured[-1], 50)
    values = interpolate(measured, (start + slope * measured)[:, None].astype(np.float32), times)
    assert np.allclose(values[:, 0], start + slope * times, atol=1e-4)


def test_over_a_longer_time_without_pictures_there_are_zeros():
    measured = np.array([0.0, 0.1, 1.0, 1.1])
    values = interpolate(measured, np.ones((4, 2), np.float32), frame_times(1.2, 50))
    assert values[:11].all()
    assert not values[15:45].any()
    assert values[50:].all()


def test_nothing_measured_is_all_zeros():
    assert not interpolate(np.zeros(0), np.zeros((0, 3), np.float32), frame_times(1.0, 50)).any()
