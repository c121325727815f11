"""Prosody of sounds whose pitch and loudness are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from baseline.prosody import Prosody

RATE = 16_000


def voice(pitch: NDArray[np.float64], loudness: NDArray[np.float64] | float = 0.1) -> NDArray[np.float64]:
    """Ten harmonics of a pitch, which is given for each sample."""
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    return loudness * sum(np.sin(number * phase) / number for number in range(1, 11))


@pytest.mark.parametrize("pitch", [80.0, 120.0, 233.3, 410.0])
def test_a_steady_pitch_is_found(pitch: float) -> None:
    found = Prosody.of(voice(np.full(RATE, pitch)), RATE).pitch[5:-5]

    np.testing.assert_allclose(found, pitch, rtol=5e-3)


def test_a_pitch_that_glides_is_followed() -> None:
    glide = np.linspace(100, 300, 2 * RATE)

    found = Prosody.of(voice(glide), RATE).pitch[5:-5]

    np.testing.assert_allclose(found, glide[:: RATE // 100][5:][: len(found)], rtol=0.03)


def test_noise_and_silence_have_no_pitch() -> None:
    noise = np.random.default_rng(0).normal(size=RATE)

    assert np.isnan(Prosody.of(noise, RATE).pitch).mean() > 0.9
    silence = Prosody.of(np.zeros(RATE), RATE)
    assert np.isnan(silence.pitch).all()
    assert not silence.energy.any()
    assert not silence.loudness.any()


def test_energy_is_the_root_mean_square() -> None:
    tone = 0.5 * np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE)

    np.testing.assert_allclose(Prosody.of(tone, RATE).energy[5:-5], 0.5 / np.sqrt(2), rtol=1e-2)


def test_loudness_grows_slower_than_energy() -> None:
    quiet, loud = (Prosody.of(voice(np.full(RATE, 150.0), level), RATE).loudness[50] for level in (0.01, 0.1))

    assert loud / quiet == pytest.approx(100**0.3, rel=1e-3)


def test_windows_describe_what_lies_around_a_time() -> None:
    """Two seconds quiet and low, two seconds loud and high."""
    louder = np.repeat([0.05, 0.2], 2 * RATE)
    prosody = Prosody.of(voice(np.repeat([100.0, 200.0], 2 * RATE), louder), RATE)

    around = prosody.around(np.array([1.0, 2.0, 3.0]), seconds=1.0)

    assert around["mean F0"] == pytest.approx([100, 150, 200], rel=0.02)
    low, across, high = around["range of RMS energy"]
    assert across > 20 * max(low, high)
    assert list(around["loudness"]) == sorted(around["loudness"])


def test_the_mean_pitch_is_that_of_voiced_frames_and_unknown_where_there_are_none() -> None:
    sound = np.concatenate([voice(np.full(RATE // 2, 100.0)), np.zeros(RATE * 5 // 2)])

    mean = Prosody.of(sound, RATE).around(np.array([0.5, 2.5]), seconds=1.0)["mean F0"]

    assert mean[0] == pytest.approx(100, rel=0.02)
    assert np.isnan(mean[1])
