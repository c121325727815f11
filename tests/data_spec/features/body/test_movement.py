"""The 27 columns of the body stream."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_spec.challenge import load_challenge
from data_spec.features.body import movement
from data_spec.features.body.joints import INDEX, Skeleton
from data_spec.features.body.movement import COLUMNS, body_stream
from data_spec.stream import Stream

SECONDS = 8.0


def waving(standing: np.ndarray, speed: float = 1.0, camera: int = 30) -> Skeleton:
    """The right hand draws circles of 0.2 m radius, one in two seconds; the left one swings; the rest stands still."""
    times = np.arange(int(SECONDS / speed * camera)) / camera
    turns = np.pi * times * speed
    positions = np.tile(standing, (len(times), 1, 1))
    positions[:, INDEX["HandRight"]] += 0.2 * np.column_stack([np.cos(turns), np.sin(turns), 0 * turns])
    positions[:, INDEX["HandLeft"], 1] += 0.25 * np.sin(turns)
    return Skeleton(times, positions.astype(np.float32))


def column(stream: Stream, name: str) -> np.ndarray:
    return stream.values[:, COLUMNS.index(name)]


def test_there_are_as_many_columns_at_the_same_rate_as_in_the_challenge(standing: np.ndarray) -> None:
    modality = load_challenge("merc2017").modality("kinect")
    stream = body_stream(waving(standing), SECONDS)
    assert stream.values.shape == (int(SECONDS) * modality.rate, modality.features)
    assert stream.values.dtype == np.float32
    assert len(set(COLUMNS)) == modality.features
    np.testing.assert_array_equal(stream.times, np.arange(len(stream.times)) / modality.rate)
    assert stream.present.all()


def test_a_body_at_rest_has_its_distances_and_does_not_move(standing: np.ndarray) -> None:
    still = Skeleton(np.arange(60) / 30, np.tile(standing, (60, 1, 1)).astype(np.float32))
    stream = body_stream(still, 2.0)
    assert column(stream, "distance_hands") == pytest.approx(0.48, abs=1e-5)
    assert column(stream, "distance_head_hips") == pytest.approx(0.7, abs=1e-5)
    assert column(stream, "distance_head_spine") == pytest.approx(0.45, abs=1e-5)
    assert column(stream, "symmetry_hands") == pytest.approx(1, abs=1e-5)
    for name in COLUMNS:
        if name.startswith(("velocity", "smoothness", "curvature", "kinetic")):
            assert np.abs(column(stream, name)).max() < 1e-4, name
        if name.startswith(("acceleration", "jerk")):
            # The rounding to 32 bits of a joint two metres away, times what the fit makes of it.
            assert np.abs(column(stream, name)).max() < 0.02, name


def test_a_hand_that_draws_a_circle_has_its_velocity_acceleration_jerk_and_curvature(standing: np.ndarray) -> None:
    stream = body_stream(waving(standing), SECONDS)
    within = slice(5, -5)
    for name, expected in (
        ("velocity_right_hand", 0.2 * np.pi),
        ("acceleration_right_hand", 0.2 * np.pi**2),
        ("jerk_right_hand", 0.2 * np.pi**3),
        ("curvature_right_hand", 1 / 0.2),
    ):
        np.testing.assert_allclose(column(stream, name)[within], expected, rtol=0.02, err_msg=name)
    speed = np.abs(0.25 * np.pi * np.cos(np.pi * stream.times))
    np.testing.assert_allclose(column(stream, "velocity_left_hand")[within], speed[within], atol=0.01)
    assert column(stream, "velocity_head").max() < 1e-4


def test_a_hand_that_moves_twice_as_fast_doubles_the_velocity_columns_and_the_rest_as_documented(
    standing: np.ndarray,
) -> None:
    # The same frames of the camera in half of the time.
    skeleton = waving(standing)
    slow = body_stream(skeleton, SECONDS)
    fast = body_stream(Skeleton(skeleton.times / 2, skeleton.positions), SECONDS / 2, rate=30)
    within = slice(10, -10)
    powers = {"velocity": 2, "acceleration": 4, "jerk": 8, "kinetic": 4, "distance": 1, "density": 1, "symmetry": 1}
    for number, name in enumerate(COLUMNS):
        kind = name.split("_")[0]
        once, twice = slow.values[within, number], fast.values[within, number]
        if kind in powers and "head" not in name and "chest" not in name:
            np.testing.assert_allclose(twice, powers[kind] * once, rtol=0.02, atol=0.02 * once.max(), err_msg=name)
    np.testing.assert_allclose(column(fast, "curvature_right_hand")[within], 5.0, rtol=0.02)


def test_a_frame_without_head_or_chest_is_a_gap_and_every_other_is_present(standing: np.ndarray) -> None:
    skeleton = waving(standing)
    skeleton.positions[60:120, INDEX["Head"]] = np.nan
    stream = body_stream(skeleton, SECONDS)
    gap = (stream.times > 60.5 / 30) & (stream.times < 119.5 / 30)
    np.testing.assert_array_equal(stream.present, ~gap)


def test_in_a_close_up_what_is_not_seen_is_zero_and_the_rest_is_there(standing: np.ndarray) -> None:
    skeleton = waving(standing)
    shown = [INDEX[joint] for joint in ("Head", "Neck", "SpineShoulder", "ShoulderLeft", "ShoulderRight")]
    skeleton.positions[:, np.setdiff1d(np.arange(25), shown)] = np.nan
    skeleton.positions[:, INDEX["Head"], 0] += 0.05 * np.sin(np.pi * skeleton.times).astype(np.float32)
    stream = body_stream(skeleton, SECONDS)
    assert stream.present.all()
    for name in COLUMNS:
        is_there = name.startswith("density") or name == "kinetic_energy" or name.endswith(("_head", "_chest"))
        is_there = is_there and "distance" not in name
        assert column(stream, name).any() == is_there, name


@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0, 0.6), rate=st.sampled_from([7, 15, 30]))
@settings(max_examples=12, deadline=None)
def test_whatever_is_lost_values_are_finite_and_what_is_present_is_not_zero(
    standing: np.ndarray, seed: int, share: float, rate: int
) -> None:
    rng = np.random.default_rng(seed)
    skeleton = waving(standing)
    for joint in range(25):
        for begin in np.flatnonzero(rng.random(240) < share / 20):
            skeleton.positions[begin : begin + rng.integers(1, 40), joint] = np.nan
    stream = body_stream(skeleton, SECONDS, rate)
    assert np.isfinite(stream.values).all()
    density = column(stream, "density_upper_body")
    np.testing.assert_array_equal(stream.present, density > 0.01)


def test_no_frames_and_nobody_are_streams_too() -> None:
    nobody = Skeleton(np.zeros(0), np.zeros((0, 25, 3), dtype=np.float32))
    assert not body_stream(nobody, 2.0).present.any()
    assert body_stream(nobody, 0.0).values.shape == (0, 27)


def test_what_is_no_skeleton_is_refused(standing: np.ndarray) -> None:
    positions = np.tile(standing, (2, 1, 1)).astype(np.float32)
    with pytest.raises(ValueError, match=r"expected positions of shape \(2, 25, 3\) at increasing times"):
        body_stream(Skeleton(np.array([1.0, 1.0]), positions), 2.0)
    with pytest.raises(ValueError, match=r"Received: shape \(2, 24, 3\)"):
        body_stream(Skeleton(np.array([1.0, 2.0]), positions[:, :24]), 2.0)


def test_a_long_movement_is_measured_in_blocks_that_give_the_same_as_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    times = np.arange(0, 21, 1 / 30)
    positions = np.cumsum(rng.normal(0, 0.004, (len(times), 25, 3)), axis=0).astype(np.float32)
    positions[290:310] = np.nan  # nobody is seen over the border of two blocks
    skeleton = Skeleton(times, positions)
    whole = body_stream(skeleton, 21.05)
    monkeypatch.setattr(movement, "BLOCK_SECONDS", 5)
    blocks = body_stream(skeleton, 21.05)
    np.testing.assert_array_equal(blocks.times, whole.times)
    np.testing.assert_array_equal(blocks.present, whole.present)
    assert not whole.present[147:153].any()
    # Adding up in another order changes last digits; curvature divides by a velocity that may be nearly 0.
    np.testing.assert_allclose(blocks.values, whole.values, rtol=1e-4, atol=1e-4)
