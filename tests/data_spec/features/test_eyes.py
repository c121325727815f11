"""Eyes: offsets in eye widths, open or shut, resting or moving."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_spec.features.eyes import DEGREES_PER_EYE_WIDTH, eyes_stream, measure_eyes, resting
from data_spec.features.face.faces import LEFT_IRIS, RIGHT_IRIS

OUTER_RIGHT, INNER_RIGHT, INNER_LEFT, OUTER_LEFT = 33, 133, 362, 263
LIDS = {"right": [(160, 144), (158, 153)], "left": [(385, 380), (387, 373)]}


def face(left=(0.0, 0.0), right=(0.0, 0.0), openness=0.3, width=40.0, turned=0.0, scale=1.0, shift=(0.0, 0.0)):
    """Landmarks of a face whose eyes are `width` wide: irises at these offsets, in eye widths."""
    points = np.zeros((478, 3), dtype=np.float32)
    for side, x0, corners, iris, offset in (
        ("right", 100.0, (OUTER_RIGHT, INNER_RIGHT), RIGHT_IRIS, right),
        ("left", 200.0, (INNER_LEFT, OUTER_LEFT), LEFT_IRIS, left),
    ):
        points[corners[0], :2], points[corners[1], :2] = (x0, 50), (x0 + width, 50)
        for share, (upper, lower) in zip((0.33, 0.67), LIDS[side], strict=True):
            points[upper, :2] = (x0 + share * width, 50 - openness * width / 2)
            points[lower, :2] = (x0 + share * width, 50 + openness * width / 2)
        points[iris, :2] = (x0 + width / 2 + offset[0] * width, 50 + offset[1] * width)
    turn = np.array([[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]])
    points[:, :2] = points[:, :2] @ turn.T * scale + shift
    return points


@given(
    st.tuples(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4)),
    st.tuples(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4)),
    st.floats(0, 0.6),
    st.floats(-1.0, 1.0),
    st.floats(0.3, 8.0),
)
def test_neither_a_tilted_head_nor_the_distance_of_the_camera_changes_what_is_measured(
    left, right, openness, turned, scale
):
    measured = measure_eyes(face(left, right, openness, turned=turned, scale=scale, shift=(17.0, -5.0)))
    assert np.allclose(measured, [*left, *right, openness], atol=1e-3)


def test_the_stream_has_the_offsets_then_the_open_flag_then_the_fixation_flag():
    times = np.arange(30) / 30
    measures = np.tile(np.float32([0.1, -0.2, 0.3, -0.05, 0.3]), (30, 1))
    stream = eyes_stream(times, measures, seconds=1.0)
    assert stream.values.shape == (50, 6)
    assert np.allclose(stream.values, [0.1, -0.2, 0.3, -0.05, 1, 1], atol=1e-6)
    assert np.allclose(stream.times, np.arange(50) / 50)


def test_a_blink_shuts_the_eyes_for_as_long_as_it_lasts():
    times = np.arange(60) / 30
    measures = np.tile(np.float32([0, 0, 0, 0, 0.3]), (60, 1))
    measures[30:36, 4] = 0.05  # from 1.0 s, for 0.2 s
    is_open = eyes_stream(times, measures, 2.0).values[:, 4]
    assert 0.16 <= (1 - is_open).sum() / 50 <= 0.24
    assert is_open[:49].all()
    assert is_open[61:].all()


@pytest.mark.parametrize(("degrees_per_second", "rests"), [(0, True), (25, True), (35, False), (300, False)])
def test_a_gaze_rests_while_it_moves_slower_than_30_degrees_a_second(degrees_per_second, rests):
    moved = np.arange(50)[:, None] / 50 * degrees_per_second / DEGREES_PER_EYE_WIDTH
    offsets = (np.ones((1, 4)) * np.where([True, False, True, False], moved, 0)).astype(np.float32)
    assert (resting(offsets, np.ones(50, np.bool_)) == rests).all()


def test_eyes_that_turn_against_each_other_do_not_move_the_gaze():
    converging = (np.arange(50)[:, None] / 50 * np.array([[1, 0, -1, 0]])).astype(np.float32)
    assert resting(converging, np.ones(50, np.bool_)).all()


def test_where_no_face_was_seen_there_is_a_gap_and_nowhere_else():
    times = np.concatenate([np.arange(15), np.arange(45, 60)]) / 30  # nobody from 0.5 to 1.5 s
    shut_and_in_the_middle = np.zeros((30, 5), np.float32)
    stream = eyes_stream(times, shut_and_in_the_middle, 2.0)
    assert stream.present[:25].all()
    assert not stream.present[31:69].any()
    assert stream.present[75:].all()


def test_no_face_at_all_is_a_stream_of_zeros():
    stream = eyes_stream(np.zeros(0), np.zeros((0, 5), np.float32), 1.0)
    assert stream.values.shape == (50, 6)
    assert not stream.values.any()
