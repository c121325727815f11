"""Measures of a movement against what is known of it."""

from __future__ import annotations

import numpy as np
import pytest

from data_spec.features.body.joints import INDEX, JOINTS
from data_spec.features.body.measures import (
    LARGEST_CURVATURE,
    SEGMENTS,
    curvature,
    density,
    hand_symmetry,
    kinetic_energy,
    smoothness,
)


def derivatives(path: np.polynomial.Polynomial, times: np.ndarray, order: int) -> np.ndarray:
    return np.column_stack([path.deriv(order)(times), times * 0, times * 0])


@pytest.mark.parametrize("radius", [0.05, 0.3, 2.0])
@pytest.mark.parametrize("speed", [0.11, 1.0, 5.0])
def test_the_curvature_of_a_circle_is_one_by_its_radius_at_any_speed(radius: float, speed: float) -> None:
    angle = np.linspace(0, 6, 50)
    velocity = speed * np.column_stack([-np.sin(angle), np.cos(angle), 0 * angle])
    acceleration = -(speed**2) / radius * np.column_stack([np.cos(angle), np.sin(angle), 0 * angle])
    np.testing.assert_allclose(curvature(velocity, acceleration), 1 / radius, rtol=1e-9)


def test_a_helix_and_a_straight_line_have_their_curvature_and_rest_has_none() -> None:
    angle = np.linspace(0, 6, 50)
    velocity = np.column_stack([-0.4 * np.sin(angle), 0.4 * np.cos(angle), 0 * angle + 0.3])
    acceleration = np.column_stack([-0.4 * np.cos(angle), -0.4 * np.sin(angle), 0 * angle])
    # radius / (radius² + rise²), Struik 1950, Lectures on Classical Differential Geometry, 1-4
    np.testing.assert_allclose(curvature(velocity, acceleration), 0.4 / (0.16 + 0.09))
    along = np.array([[1.0, 2, 3]])
    assert curvature(along, 5 * along)[0] == pytest.approx(0, abs=1e-12)
    assert curvature(np.zeros((1, 3)), np.ones((1, 3))).tolist() == [0]
    assert curvature(np.array([[0.2, 0, 0]]), np.array([[0, 50.0, 0]])).tolist() == [LARGEST_CURVATURE]


def test_the_smoothest_reach_has_the_smoothness_of_the_literature() -> None:
    # 10 t³ - 15 t⁴ + 6 t⁵ (Flash and Hogan 1985): ∫ jerk² = 720, the highest speed 1.875; ln(720 / 1.875²) = 5.32.
    rate = 200
    times = np.arange(rate) / rate
    reach = np.polynomial.Polynomial([0, 0, 0, 10, -15, 6])
    found = smoothness(derivatives(reach, times, 1), derivatives(reach, times, 3), rate)
    assert found[rate // 2] == pytest.approx(-np.log(720 / 1.875**2), abs=0.02)


def test_smoothness_has_no_unit_and_falls_with_jerk() -> None:
    rng = np.random.default_rng(0)
    velocity = np.column_stack([1 + 0.2 * np.sin(np.arange(60)), np.zeros(60), np.zeros(60)])
    jerk = rng.normal(0, 30, (60, 3))
    found = smoothness(velocity, jerk, 15)
    np.testing.assert_allclose(smoothness(3 * velocity, 3 * jerk, 15), found)
    np.testing.assert_allclose(smoothness(velocity, 2 * jerk, 15), found - np.log(4))
    assert (found < -3).all()


def test_nothing_is_smoother_than_an_even_movement_or_a_joint_at_rest() -> None:
    even, rest = np.tile([1.0, 0, 0], (30, 1)), np.full((30, 3), 0.01)
    assert (smoothness(even, np.zeros((30, 3)), 15) == 0).all()
    assert (smoothness(rest, np.full((30, 3), 5.0), 15) == 0).all()


def test_smoothness_is_unknown_only_where_the_joint_was_not_seen() -> None:
    velocity, jerk = np.ones((60, 3)), np.full((60, 3), 9.0)
    velocity[20:30] = jerk[20:30] = np.nan
    found = smoothness(velocity, jerk, 15)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(jerk[:, 0]))


def test_density_is_the_mean_distance_from_the_middle_of_those_that_are_seen() -> None:
    square = np.array([[0, 0, 0], [2, 0, 0], [2, 2, 0], [0, 2, 0]], dtype=float)
    unseen = np.full((1, 3), np.nan)
    frames = np.stack([np.concatenate([square, unseen]), np.concatenate([3 * square + 7, unseen])])
    np.testing.assert_allclose(density(frames), [np.sqrt(2), 3 * np.sqrt(2)])
    assert np.isnan(density(np.concatenate([square[:1], unseen, unseen])[None]))


def test_hands_are_symmetric_when_one_is_the_other_s_mirror_image_however_the_body_is_turned(
    standing: np.ndarray,
) -> None:
    raised = standing.copy()
    raised[INDEX["HandLeft"]] += (0.0, 0.6, 0.0)
    frames = []
    for angle in (0.0, 0.7, 2.0):
        turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
        frames += [standing @ turn.T + (1, 2, 3), raised @ turn.T + (1, 2, 3)]
    found = hand_symmetry(np.array(frames))
    np.testing.assert_allclose(found[::2], 1, atol=1e-9)
    hand = standing[INDEX["HandLeft"]] - standing[INDEX["SpineShoulder"]]
    by_hand = 1 - 0.6 / (np.linalg.norm(hand) + np.linalg.norm(hand + np.array([0, 0.6, 0])))
    np.testing.assert_allclose(found[1::2], by_hand, atol=1e-9)
    one_unseen = standing.copy()
    one_unseen[INDEX["HandRight"]] = np.nan
    assert np.isnan(hand_symmetry(one_unseen[None])).all()


def test_the_parts_of_the_body_are_the_whole_of_it() -> None:
    assert sum(mass for _, _, mass, _ in SEGMENTS) == pytest.approx(1.0)
    assert {joint for proximal, distal, _, _ in SEGMENTS for joint in (proximal, distal)} <= set(JOINTS)


def test_a_body_that_moves_as_one_has_half_its_speed_squared_for_each_kilogram() -> None:
    velocity = np.tile([3.0, 0, 4.0], (2, 25, 1))
    np.testing.assert_allclose(kinetic_energy(velocity), 12.5)
    velocity[1, :20] = np.nan
    assert np.isnan(kinetic_energy(velocity)[1])


def test_kinetic_energy_adds_up_by_hand() -> None:
    velocity = np.zeros((1, 25, 3))
    velocity[0, INDEX["WristRight"]] = (0, 2.0, 0)
    velocity[0, INDEX["HandRight"]] = (0, 3.0, 0)
    # Of the forearm 1.6 % of the mass moves at 0.43 · 2 m/s, of the hand 0.6 % at 3 m/s.
    assert kinetic_energy(velocity)[0] == pytest.approx(0.5 * 0.016 * 0.86**2 + 0.5 * 0.006 * 3**2)
    velocity[0, INDEX["KneeLeft"]] = np.nan
    seen = 1 - 0.1 - 0.0465
    assert kinetic_energy(velocity)[0] == pytest.approx((0.5 * 0.016 * 0.86**2 + 0.5 * 0.006 * 3**2) / seen)
