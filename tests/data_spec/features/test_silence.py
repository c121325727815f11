"""Silence: quiet, without a pitch, for longer than a consonant."""

from itertools import pairwise

import numpy as np
import pytest

from data_spec.features.silence import frame_power, silent_frames

RATE, FRAMES = 16_000, 100


def silence_in(samples: np.ndarray, voiced: np.ndarray) -> np.ndarray:
    return silent_frames(frame_power(samples, RATE, FRAMES), voiced, FRAMES)


@pytest.mark.parametrize(("pause", "is_silent"), [(29, False), (30, True)])
def test_a_pause_shorter_than_0_3_s_is_no_silence(pause: int, is_silent: bool) -> None:
    samples = np.ones(RATE)
    samples[40 * 160 : (40 + pause) * 160] = 1e-3
    silent = silence_in(samples, np.zeros(100, dtype=bool))
    assert silent.any() == is_silent
    assert not silent[:40].any()
    assert not silent[40 + pause :].any()


def test_a_quiet_frame_with_a_pitch_is_no_silence() -> None:
    samples = np.concatenate([np.ones(RATE), np.full(RATE, 1e-3)])
    assert silence_in(samples, np.zeros(200, dtype=bool)).sum() == 100
    assert not silence_in(samples, np.ones(200, dtype=bool)).any()


def test_digital_zeros_are_silent_throughout() -> None:
    assert silence_in(np.zeros(RATE), np.zeros(100, dtype=bool)).all()


def test_the_power_of_frames_at_a_rate_that_they_do_not_divide_is_that_of_their_own_samples() -> None:
    samples = np.arange(1, 23, dtype=np.float64)
    power = frame_power(samples, rate=22, frame_rate=4)  # frames of 5, 6, 5 and 6 samples
    edges = [0, 5, 11, 16, 22]
    assert np.allclose(power, [(samples[a:b] ** 2).mean() for a, b in pairwise(edges)])
