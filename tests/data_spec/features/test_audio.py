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
from data_spec.features.audio import extract_sound
from data_spec.features.columns import AUDIO_COLUMNS
from data_spec.features.packages import MissingPackageError
from data_spec.stream import Stream

opensmile_is_there = pytest.mark.skipif(
    find_spec("opensmile") is None,
    reason="needs the optional packages of requirements-features.txt",
)
RATE = 16_000


@pytest.fixture(scope="module")
def extract() -> Iterator[Callable[[np.ndarray, int], Stream]]:
    """extract_sound in a process of its own: one that loaded TensorFlow in another test cannot run openSMILE."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        yield lambda samples, rate: pool.submit(extract_sound, [samples], rate).result()


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
    assert names == [*AUDIO_COLUMNS[:23]]
    assert len(AUDIO_COLUMNS) == 36
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


@opensmile_is_there
@pytest.mark.parametrize("rate", [11_025, 16_000, 22_050, 44_100])
def test_at_any_rate_of_samples_rows_are_at_their_times_after_many_seconds(
    extract: Callable[[np.ndarray, int], Stream], rate: int
) -> None:
    time = np.arange(20 * rate) / rate
    samples = np.random.default_rng(0).normal(0, 1e-3, len(time)) + 0.5 * (time >= 19) * np.sin(1000 * time)
    loudness = extract(samples, rate).values[:, 0]
    assert int(np.argmax(loudness > 0.5 * loudness.max())) == pytest.approx(1900, abs=2)


@opensmile_is_there
@pytest.mark.slow
def test_a_long_recording_is_described_in_blocks_that_give_the_same_as_the_whole(
    extract: Callable[[np.ndarray, int], Stream], tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    pitch = np.interp(np.arange(21 * RATE), np.arange(22) * RATE, rng.uniform(100, 250, 22))
    samples = (0.3 * np.sin(2 * np.pi * np.cumsum(pitch) / RATE) + rng.normal(0, 0.01, len(pitch))).astype(np.float32)
    for second in range(0, 21, 2):  # nobody speaks for ten seconds without a breath
        samples[second * RATE : second * RATE + RATE // 4] = rng.normal(0, 0.01, RATE // 4)
    samples[9 * RATE : 11 * RATE] *= 1e-4  # silence over the border of two blocks
    script = """
import sys, numpy
from data_spec.features import audio
samples, out, block = numpy.load(sys.argv[1]), sys.argv[2], int(sys.argv[3])
audio.BLOCK_SECONDS = block
stream = audio.extract_sound(numpy.array_split(samples, 37), 16000)
numpy.save(out, stream.values)
"""
    np.save(tmp_path / "samples.npy", samples)
    for name, seconds in (("whole", 300), ("blocks", 5)):
        command = [sys.executable, "-c", script, tmp_path / "samples.npy", tmp_path / f"{name}.npy", str(seconds)]
        subprocess.run(command, check=True, cwd=Path(__file__).parents[3])
    whole, blocks = np.load(tmp_path / "whole.npy"), np.load(tmp_path / "blocks.npy")
    assert blocks.shape == whole.shape == (2100, 36)
    np.testing.assert_array_equal(blocks.any(axis=1), whole.any(axis=1))
    assert not whole[910:1090].any()
    np.testing.assert_allclose(blocks, whole, rtol=1e-3, atol=1e-3)


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
        extract_sound([samples], RATE)


def test_a_missing_package_is_said_with_what_to_install_and_its_licence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.setitem(sys.modules, "opensmile", None)
    with pytest.raises(
        MissingPackageError, match=r"research and education only.* pip install -r requirements-features.txt"
    ):
        extract_sound([voice(0.5)], RATE)


def test_a_process_with_tensorflow_is_refused_before_it_crashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", object())
    monkeypatch.delitem(sys.modules, "opensmile", raising=False)
    with pytest.raises(RuntimeError, match="in one of its own"):
        extract_sound([voice(0.5)], RATE)
