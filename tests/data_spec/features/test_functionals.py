from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from data_spec.challenge import load_challenge
from data_spec.features.functionals import FEATURES, extract_functionals, functional_names
from data_spec.features.packages import MissingPackageError
from data_spec.features.smile import TooShortError

opensmile_is_there = pytest.mark.skipif(
    find_spec("opensmile") is None,
    reason="needs the optional packages of requirements-features.txt",
)
RATE = 16_000


def described(folder: Path, samples: np.ndarray) -> tuple[np.ndarray, list[str], np.ndarray, list[str]]:
    """Ours and the package's own, in a process that never loads TensorFlow: values and names of each."""
    np.save(folder / "samples.npy", samples)
    script = """
import sys, numpy, opensmile
from data_spec.features.functionals import extract_functionals, functional_names
folder = sys.argv[1]
samples = numpy.load(folder + "/samples.npy")
numpy.save(folder + "/ours.npy", extract_functionals(samples, 16000))
smile = opensmile.Smile(opensmile.FeatureSet.ComParE_2016, opensmile.FeatureLevel.Functionals)
table = smile.process_signal(samples, 16000)
numpy.save(folder + "/theirs.npy", table.to_numpy()[0])
print(",".join(functional_names()))
print(",".join(table.columns))
"""
    command = [sys.executable, "-c", script, str(folder)]
    out = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[3]).stdout
    ours, theirs = (line.split(",") for line in out.splitlines())
    return np.load(folder / "ours.npy"), ours, np.load(folder / "theirs.npy"), theirs


@opensmile_is_there
def test_a_sound_has_the_6373_named_functionals_of_the_package_called_by_hand(tmp_path: Path) -> None:
    time = np.arange(RATE) / RATE
    voice = 0.2 * sum(np.sin(2 * np.pi * 150 * harmonic * time) / harmonic for harmonic in range(1, 9))
    samples = (voice + np.random.default_rng(0).normal(0, 0.01, RATE)).astype(np.float32)
    values, names, expected, expected_names = described(tmp_path, samples)
    assert values.shape == (6373,) == (FEATURES,)
    assert load_challenge("ravdess_speech").modality("speech").features == FEATURES
    assert values.dtype == np.float32
    assert np.isfinite(values).all()
    np.testing.assert_array_equal(values, expected)
    assert names == expected_names
    assert len(set(names)) == 6373
    # The voice has 150 Hz: the order of the values is that of the names.
    assert values[names.index("F0final_sma_quartile2")] == pytest.approx(150, rel=0.02)


@opensmile_is_there
@pytest.mark.parametrize("gain", [0.0, 1.0])
def test_the_shortest_sound_is_described_be_it_silent_or_as_loud_as_can_be(tmp_path: Path, gain: float) -> None:
    values, *_ = described(tmp_path, np.full(RATE // 10, gain, dtype=np.float32))
    assert np.isfinite(values).all()


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (np.zeros((100, 2)), r"one channel of numbers from -1 to 1. Received: shape \(100, 2\)"),
        (np.full(RATE, 2.0), "the largest 2.0"),
        (np.full(RATE, np.nan), "the largest nan"),
    ],
)
def test_what_is_no_sound_is_refused(samples: np.ndarray, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        extract_functionals(samples, RATE)


def test_what_is_too_short_is_refused() -> None:
    with pytest.raises(TooShortError, match=r"expected at least 0.1 s. Received: 0.006 s"):
        extract_functionals(np.zeros(100), RATE)


def test_where_tensorflow_was_loaded_it_is_refused_before_it_crashes() -> None:
    script = """
import sys, types, numpy
sys.modules["tensorflow"] = types.ModuleType("tensorflow")
from data_spec.features.functionals import extract_functionals
try:
    extract_functionals(numpy.zeros(16000), 16000)
except RuntimeError as error:
    print(error)
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=Path(__file__).parents[3]
    )
    assert "in a process that has loaded TensorFlow" in ran.stdout


def test_without_the_package_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opensmile", None)
    with pytest.raises(MissingPackageError, match="needs the package opensmile"):
        functional_names()
