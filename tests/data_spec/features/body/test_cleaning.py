"""Smooth positions and derivatives: against curves whose derivatives are known, and at gaps."""

from __future__ import annotations

import numpy as np
import pytest

from data_spec.features.body.cleaning import WINDOW_SECONDS, Motion, clean
from data_spec.features.body.joints import Skeleton

RATE = 15


def recorded(times: np.ndarray, path: np.ndarray) -> Skeleton:
    """25 joints, each on the same path."""
    return Skeleton(times, np.repeat(path[:, None], 25, axis=1).astype(np.float32))


def middle(motion: Motion) -> slice:
    """The frames whose window lies within the recording."""
    margin = int(WINDOW_SECONDS * RATE / 2) + 1
    return slice(margin, len(motion.times) - margin)


@pytest.mark.parametrize("degree", [3, 5])
def test_a_cubic_has_its_own_derivatives_up_to_the_ends_and_a_fifth_degree_in_the_middle(degree: int) -> None:
    # Sampled where the frames are, so that nothing is interpolated.
    times = np.arange(181) / 60
    path = np.polynomial.Polynomial([0.3, -0.2, 0.5, -0.3, 0.08, -0.007][: degree + 1])
    motion = clean(recorded(times, np.column_stack([path(times), 2 * path(times), times * 0])), 3.0, RATE)
    for order, found in enumerate((motion.positions, motion.velocities, motion.accelerations, motion.jerks)):
        exact = path.deriv(order)(motion.times)
        within = middle(motion) if degree == 5 else slice(None)
        # What is left is the rounding of positions to 32 bits, 3e-8 of a metre, times what the order multiplies it by.
        np.testing.assert_allclose(found[within, 7, 0], exact[within], atol=1e-7 * 10**order * 3)
        np.testing.assert_allclose(found[within, 7, 1], 2 * exact[within], atol=2e-7 * 10**order * 3)


@pytest.mark.parametrize(("camera", "hertz"), [(30, 0.5), (30, 1.0), (25, 1.0), (60, 1.0), (30, 1.5)])
def test_a_hand_that_draws_circles_has_the_derivatives_of_a_circle(camera: int, hertz: float) -> None:
    radius, turns = 0.3, 2 * np.pi * hertz
    times = np.arange(6 * camera) / camera
    circle = np.column_stack([radius * np.cos(turns * times), radius * np.sin(turns * times), np.full(len(times), 2.0)])
    motion = clean(recorded(times, circle), 6.0, RATE)
    within = middle(motion)
    # At 1.5 Hz the smoothing takes up to 4 %, and the straight lines between measurements up to another 2 %.
    tolerance = 0.02 if hertz <= 1 else 0.06
    for order, found in enumerate((motion.velocities, motion.accelerations, motion.jerks), start=1):
        speed = np.linalg.norm(found[within, 3], axis=1)
        np.testing.assert_allclose(speed, radius * turns**order, rtol=tolerance)


def test_millimetres_of_jitter_do_not_drown_the_jerk_of_a_gesture() -> None:
    times = np.arange(300) / 30
    turns = 2 * np.pi * 1.0
    jitter = np.random.default_rng(0).normal(0, 0.002, (300, 3))
    path = np.column_stack([0.2 * np.sin(turns * times), times * 0, times * 0])
    motion = clean(recorded(times, path + jitter), 10.0, RATE)
    within = middle(motion)
    wrong = motion.jerks[within, 0, 0] + 0.2 * turns**3 * np.cos(turns * motion.times[within])
    assert wrong.std() < 0.15 * 0.2 * turns**3
    naive = np.diff(path[:, 0] + jitter[:, 0], 3) * 30**3
    assert (naive - np.diff(path[:, 0], 3) * 30**3).std() > 0.15 * 0.2 * turns**3


def test_the_jitter_of_a_joint_at_rest_is_no_stronger_where_a_stretch_begins_and_ends() -> None:
    rng = np.random.default_rng(0)
    jerks = []
    for _ in range(10):
        still = Skeleton(np.arange(60) / 30, rng.normal(0, 0.005, (60, 25, 3)).astype(np.float32))
        jerks.append(np.linalg.norm(clean(still, 2.0, RATE).jerks, axis=2))
    strength = np.mean(jerks, axis=(0, 2))
    assert max(strength[0], strength[29]) < strength[10:20].mean() < 30


def test_irregular_frames_and_lost_ones_are_bridged_up_to_a_fifth_of_a_second() -> None:
    rng = np.random.default_rng(1)
    times = np.sort(np.arange(180) / 30 + rng.uniform(-0.008, 0.008, 180))
    lost = np.zeros(180, dtype=bool)
    lost[60:64] = True  # 0.17 s between those that are left
    straight = np.column_stack([0.5 * times, -0.25 * times, 1 + 0 * times])
    positions = recorded(times, straight).positions.copy()
    positions[lost] = np.nan
    motion = clean(Skeleton(times, positions), 6.0, RATE)
    assert not np.isnan(motion.positions[1:-1]).any()
    np.testing.assert_allclose(motion.velocities[1:-1, :, 0], 0.5, rtol=1e-3)


def test_a_longer_gap_of_a_joint_stays_a_gap_and_is_that_joint_s_alone() -> None:
    times = np.arange(180) / 30
    positions = recorded(times, np.column_stack([times, times, times])).positions.copy()
    positions[60:66, 7] = np.nan  # seen up to 59 / 30 = 1.967 s, and from 2.2 s on, 0.23 s later
    motion = clean(Skeleton(times, positions), 6.0, RATE)
    unseen = np.isnan(motion.positions).any(axis=2)
    assert not np.delete(unseen, 7, axis=1).any()
    assert np.round(motion.times[unseen[:, 7]] * RATE).tolist() == [31, 32]
    np.testing.assert_allclose(motion.velocities[~unseen[:, 7], 7], 1.0, atol=1e-3)


def test_what_is_seen_for_less_than_a_window_has_no_derivatives_and_is_a_gap() -> None:
    times = np.arange(90) / 30
    positions = np.full((90, 25, 3), np.nan, dtype=np.float32)
    positions[30:44] = 1.0  # 0.43 s
    assert np.isnan(clean(Skeleton(times, positions), 3.0, RATE).positions).all()
    positions[30:47] = 1.0  # 0.53 s
    assert not np.isnan(clean(Skeleton(times, positions), 3.0, RATE).positions[16:22]).any()


@pytest.mark.parametrize("rate", [1, 7, 15, 25, 30, 50, 60, 100])
def test_any_rate_has_as_many_frames_as_the_recording_is_long_and_the_same_values(rate: int) -> None:
    times = np.arange(120) / 30
    motion = clean(recorded(times, np.column_stack([times, -times, times])), 4.0, rate)
    np.testing.assert_array_equal(motion.times, np.arange(4 * rate) / rate)
    # The last measurement is at 3.967 s.
    seen = motion.times < 3.96
    np.testing.assert_allclose(motion.positions[seen, 0, 0], motion.times[seen], atol=1e-5)
    np.testing.assert_allclose(motion.velocities[seen, 0], np.tile([1.0, -1, 1], (seen.sum(), 1)), atol=1e-3)


def test_no_measurements_are_no_joints() -> None:
    nobody = Skeleton(np.zeros(0), np.zeros((0, 25, 3), dtype=np.float32))
    assert np.isnan(clean(nobody, 1.0, RATE).positions).all()
    assert clean(nobody, 0.0, RATE).positions.shape == (0, 25, 3)
