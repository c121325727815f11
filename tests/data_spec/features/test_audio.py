from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from data_spec.challenge import load_challenge
from data_spec.features.audio import AudioError, extract_audio, read_audio, silent_frames
from data_spec.stream import Stream

opensmile_is_there = pytest.mark.skipif(
    find_spec("opensmile") is None,
    reason="needs the optional packages of requirements-audio.txt",
)
RATE = 16_000


@pytest.fixture(scope="module")
def extract() -> Iterator[Callable[[np.ndarray, int], Stream]]:
    """extract_audio in a process of its own: one that loaded TensorFlow in another test cannot run openSMILE."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        yield lambda samples, rate: pool.submit(extract_audio, samples, rate).result()


def voice(seconds: float) -> np.ndarray:
    """A buzz of 150 Hz with its harmonics, which has a pitch."""
    time = np.arange(round(seconds * RATE)) / RATE
    return 0.2 * sum(np.sin(2 * np.pi * 150 * harmonic * time) / harmonic for harmonic in range(1, 9))


@opensmile_is_there
@pytest.mark.parametrize("seconds", [0.5, 1.234, 2.0])
def test_a_stream_has_36_columns_and_a_frame_every_10_ms_from_the_first_to_the_last(
    extract: Callable[[np.ndarray, int], Stream], seconds: float
) -> None:
    stream = extract(voice(seconds), RATE)
    assert stream.values.shape == (int(seconds * 100), load_challenge("merc2017").modality("audio").features)
    assert stream.values.dtype == np.float32
    np.testing.assert_array_equal(stream.times, np.arange(len(stream.values)) / 100)


@opensmile_is_there
def test_values_are_those_of_the_package_called_by_hand(
    extract: Callable[[np.ndarray, int], Stream], tmp_path: Path
) -> None:
    samples = (voice(1.5) + np.random.default_rng(0).normal(0, 0.01, round(1.5 * RATE))).astype(np.float32)
    np.save(tmp_path / "samples.npy", samples)
    script = """
import sys, numpy, opensmile
folder, configuration = sys.argv[1:]
samples = numpy.load(folder + "/samples.npy")
smile = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv01b, opensmile.FeatureLevel.LowLevelDescriptors)
numpy.save(folder + "/descriptors.npy", smile.process_signal(samples, 16000).to_numpy())
print(",".join(smile.feature_names))
numpy.save(folder + "/mfcc.npy", opensmile.Smile(configuration, "lld").process_signal(samples, 16000).to_numpy())
"""
    configuration = Path(__file__).parents[3] / "data_spec" / "features" / "mfcc.conf"
    command = [sys.executable, "-W", "ignore", "-c", script, str(tmp_path), str(configuration)]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().split(",")
    assert len(names) == 23
    assert names[0] == "Loudness_sma3"
    assert names[10] == "F0semitoneFrom27.5Hz_sma3nz"
    values = extract(samples, RATE).values
    descriptors, mfcc = np.load(tmp_path / "descriptors.npy"), np.load(tmp_path / "mfcc.npy")
    np.testing.assert_array_equal(values[: len(descriptors), :23], descriptors)
    np.testing.assert_array_equal(values[: len(mfcc), 23:], mfcc)
    assert (len(descriptors), len(mfcc)) == (146, 148)
    assert (values[146:, :23] == descriptors[-1]).all()
    assert (values[148:, 23:] == mfcc[-1]).all()


@opensmile_is_there
def test_the_last_column_is_the_zeroth_coefficient_which_follows_loudness(
    extract: Callable[[np.ndarray, int], Stream],
) -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, RATE // 2)
    loud, soft = (extract(gain * noise, RATE).values[:, 23:].mean(axis=0) for gain in (1.0, 0.1))
    # A tenth of the amplitude is 20 dB: every mel band's logarithm falls by ln(100), c0 by sqrt(2/26) * 26 of it.
    assert loud[-1] - soft[-1] == pytest.approx(np.log(100) * np.sqrt(2 / 26) * 26, rel=0.01)
    assert np.abs(loud[:-1] - soft[:-1]).max() < 1


@opensmile_is_there
def test_silence_is_rows_of_zeros_and_the_voice_is_not(extract: Callable[[np.ndarray, int], Stream]) -> None:
    noise = np.random.default_rng(0).normal(0, 1e-5, RATE)
    present = extract(np.concatenate([noise, voice(1.0), noise]), RATE).present
    assert not present[:95].any()
    assert present[105:195].all()
    assert not present[205:].any()


def test_a_pause_shorter_than_0_3_s_is_no_silence() -> None:
    voiced = np.zeros(100, dtype=bool)
    for pause, is_silent in ((29, False), (30, True)):
        samples = np.ones(RATE)
        samples[40 * 160 : (40 + pause) * 160] = 1e-3
        silent = silent_frames(samples, RATE, voiced)
        assert silent.any() == is_silent
        assert not silent[:40].any()
        assert not silent[40 + pause :].any()


def test_a_quiet_frame_with_a_pitch_is_no_silence() -> None:
    samples = np.concatenate([np.ones(RATE), np.full(RATE, 1e-3)])
    assert silent_frames(samples, RATE, np.zeros(200, dtype=bool)).sum() == 100
    assert not silent_frames(samples, RATE, np.ones(200, dtype=bool)).any()


def test_digital_zeros_are_silent_throughout() -> None:
    assert silent_frames(np.zeros(RATE), RATE, np.zeros(100, dtype=bool)).all()


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (np.zeros((100, 2)), r"one channel of numbers from -1 to 1. Received: shape \(100, 2\)"),
        (np.full(RATE, 2.0), "the largest 2.0"),
        (np.full(RATE, np.nan), "the largest nan"),
        (np.zeros(100), "expected at least 0.1 s. Received: 0.006 s"),
    ],
)
def test_what_is_no_sound_is_refused(samples: np.ndarray, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        extract_audio(samples, RATE)


def test_a_missing_package_is_said_with_what_to_install_and_its_licence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.setitem(sys.modules, "opensmile", None)
    with pytest.raises(AudioError, match=r"pip install -r requirements-audio.txt .*research and education only"):
        extract_audio(voice(0.5), RATE)


def test_a_process_with_tensorflow_is_refused_before_it_crashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", object())
    monkeypatch.delitem(sys.modules, "opensmile", raising=False)
    with pytest.raises(AudioError, match="in one of its own"):
        extract_audio(voice(0.5), RATE)


def test_channels_are_averaged_and_a_broken_file_is_named(tmp_path: Path) -> None:
    soundfile = pytest.importorskip("soundfile")
    soundfile.write(tmp_path / "two.wav", np.stack([np.full(800, 0.5), np.full(800, 0.25)], axis=1), 8000)
    samples, rate = read_audio(tmp_path / "two.wav")
    assert rate == 8000
    np.testing.assert_allclose(samples, np.full(800, 0.375), atol=1e-4)
    (tmp_path / "broken.flac").write_bytes(b"fLaC and no more")
    with pytest.raises(ValueError, match=r"broken.flac: expected a sound file"):
        read_audio(tmp_path / "broken.flac")
