from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from data_spec.features.face.head_pose import RIGID, head_pose, head_rotation

NOSE, CHIN = 4, 152


def straight() -> np.ndarray:
    """The canonical face, looking at the camera, in the picture's axes; what is not rigid lies in the middle."""
    face = np.zeros((478, 3))
    face[list(RIGID)] = np.array(list(RIGID.values())) * (1, -1, -1)
    face[CHIN] = (0, 9.4, -4.3)
    return face


def turned(yaw: float, pitch: float, roll: float) -> Rotation:
    return Rotation.from_euler("YXZ", [-yaw, -pitch, roll], degrees=True)


angle = st.floats(-85, 85)


@given(angle, angle, st.floats(-179, 179), st.floats(0.1, 100), st.floats(-1000, 1000))
def test_the_angles_are_those_the_face_was_turned_by_wherever_it_is_and_however_large(
    yaw: float, pitch: float, roll: float, scale: float, place: float
) -> None:
    face = turned(yaw, pitch, roll).apply(straight()) * scale + place
    found = head_pose(face)
    assert (found.yaw, found.pitch, found.roll) == pytest.approx((yaw, pitch, roll), abs=1e-4)


@given(angle, angle, angle)
def test_the_rotation_is_the_best_that_scipy_finds_where_points_are_noisy(
    yaw: float, pitch: float, roll: float
) -> None:
    noisy = turned(yaw, pitch, roll).apply(straight()) + np.random.default_rng(0).normal(0, 0.5, (478, 3))
    (measured, canonical) = (points[list(RIGID)] for points in (noisy, straight()))
    expected, _ = Rotation.align_vectors(measured - measured.mean(axis=0), canonical - canonical.mean(axis=0))
    np.testing.assert_allclose(head_rotation(noisy), expected.as_matrix(), atol=1e-6)


def test_a_nose_to_the_right_in_the_picture_is_a_positive_yaw() -> None:
    face = turned(30, 0, 0).apply(straight())
    assert face[NOSE, 0] > face[[33, 263], 0].mean() + 1
    assert head_pose(face).yaw == pytest.approx(30)


def test_a_nose_that_points_up_is_a_positive_pitch() -> None:
    face = turned(0, 30, 0).apply(straight())
    assert face[NOSE, 1] < straight()[NOSE, 1] - 1
    assert head_pose(face).pitch == pytest.approx(30)


def test_a_head_tilted_clockwise_in_the_picture_is_a_positive_roll() -> None:
    face = turned(0, 0, 30).apply(straight())
    # The left eye, on the right in the picture, is the lower one.
    assert face[263, 1] > face[33, 1] + 1
    assert head_pose(face).roll == pytest.approx(30)


def test_a_mouth_that_opens_turns_no_head() -> None:
    face = straight()
    face[CHIN] += (0, 3, 1)
    assert head_pose(face) == head_pose(straight())


def test_a_face_in_the_mirror_is_no_face_turned_inside_out() -> None:
    assert np.linalg.det(head_rotation(straight() * (-1, 1, 1))) == pytest.approx(1)


def test_landmarks_that_are_not_finite_are_refused() -> None:
    face = straight()
    face[33, 0] = np.nan
    with pytest.raises(ValueError, match="expected finite numbers"):
        head_pose(face)
