"""Audio: a recorded voice → the 36 columns of the audio stream, 100 times a second.

23 low-level descriptors of eGeMAPSv01b (Eyben et al. 2016; v02 has 25), then 13 mel-frequency cepstral
coefficients, c1 to c12 and c0 (`mfcc.conf`), both computed by openSMILE. The ranges of the real columns of
2017 have this order: they end with one from 0 to 165, which is c0.

openSMILE is an optional requirement: its licence allows research and education, not commercial use. A
process in which TensorFlow was loaded first dies when openSMILE extracts, so both never share one: this
module refuses where TensorFlow is, and the importers extract in processes of their own.
"""

from __future__ import annotations

import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_spec.stream import Flags, Stream, Values

RATE = 100
"""Frames per second: openSMILE's windows begin every 10 ms."""

SILENCE_DECIBELS = 35.0
"""How far under the loudest frame of the recording a frame is silent.

The noise of a quiet room lies 40 to 60 dB under speech: at 50 dB a model learns from the rooms of the
speakers. (In RAVDESS 13 to 48 % of the time would be silence, depending on the actor; at 35 dB it is 40 to
55 % for all of them.) Soft speech is kept, because what has a pitch is never silent.
"""

SILENCE_SECONDS = 0.3
"""How long silence lasts at the least: a stop consonant's closure (up to 0.15 s) is speech."""

_MFCC_CONFIGURATION = Path(__file__).with_name("mfcc.conf")
_PITCH = "F0semitoneFrom27.5Hz_sma3nz"


class AudioError(RuntimeError):
    """Audio features cannot be extracted here; the message says what to do."""


def extract_audio(samples: NDArray[np.floating], rate: int) -> Stream:
    """The audio stream of a recording.

    Row i describes the sound from i · 10 ms on, and has that time. openSMILE gives no row to the last
    20 to 50 ms, where a window would reach past the end: the last row it gives is repeated, so that the
    stream has floor(100 · duration) frames and is as long as the labels. The windows begin with the
    sound, so nothing is lacking at the beginning. Silence (see `silent_frames`) is rows of zeros, as in
    the 2017 challenge.

    Args:
        samples: one channel, -1 to 1, shape (samples,)
        rate: samples per second.

    Returns:
        times from 0 on, values of shape (frames, 36).

    Raises:
        AudioError: openSMILE is not installed, or TensorFlow was loaded before it.
        ValueError: not one channel of finite samples from -1 to 1, or too short for one window.
    """
    samples = np.asarray(samples)
    if samples.ndim != 1 or not np.isfinite(samples).all() or np.abs(samples).max(initial=0.0) > 1.0:
        raise ValueError(
            "samples: expected one channel of numbers from -1 to 1. "
            f"Received: shape {samples.shape}, the largest {np.abs(samples).max(initial=0.0)}"
        )
    frames = len(samples) * RATE // rate
    if len(samples) < 0.1 * rate:
        raise ValueError(f"samples: expected at least 0.1 s. Received: {len(samples) / rate:.3f} s")
    # openSMILE takes 16-bit numbers: 1.0 would wrap around to -32768.
    samples = np.minimum(samples, 32767 / 32768).astype(np.float32)
    tables = [extractor.process_signal(samples, rate) for extractor in _extractors()]
    values = np.concatenate([_lengthen(table.to_numpy(np.float32), frames) for table in tables], axis=1)
    voiced = _lengthen(tables[0][_PITCH].to_numpy(np.float32), frames) > 0
    values[silent_frames(samples, rate, voiced)] = 0.0
    return Stream(times=np.arange(frames) / RATE, values=values)


def read_audio(path: Path) -> tuple[NDArray[np.float32], int]:
    """The sound of a file, WAV or FLAC, its channels averaged to one: samples of shape (samples,), and their rate.

    Raises:
        AudioError: the package soundfile is not installed.
        ValueError: the file is not one that libsndfile reads.
    """
    try:
        import soundfile
    except ImportError as error:
        raise AudioError("reading sound needs soundfile: pip install -r requirements-audio.txt") from error
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(f"{path}: expected a sound file, WAV or FLAC. Received: {error}") from error
    return samples.mean(axis=1), int(rate)


def silent_frames(samples: NDArray[np.floating], rate: int, voiced: Flags) -> Flags:
    """Which frames are silent: quiet and unvoiced, for `SILENCE_SECONDS` or longer.

    Quiet is more than `SILENCE_DECIBELS` under the loudest frame, by the root mean square of the 10 ms
    that belong to each frame. A recording of nothing but digital zeros is silent throughout.

    Args:
        samples: one channel, shape (samples,)
        rate: samples per second.
        voiced: which frames have a pitch, shape (frames,)

    Returns:
        shape (frames,)
    """
    frames = len(voiced)
    first = np.arange(frames) * rate // RATE
    squares = np.add.reduceat(np.asarray(samples, dtype=np.float64)[: frames * rate // RATE] ** 2, first)
    power = squares / np.diff(np.append(first, frames * rate // RATE))
    quiet = (power <= power.max() * 10 ** (-SILENCE_DECIBELS / 10)) & ~voiced
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]])))
    silent = np.zeros(frames, dtype=np.bool_)
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        silent[begin:end] = end - begin >= SILENCE_SECONDS * RATE
    return silent


def _lengthen(rows: Values, frames: int) -> Values:
    """The rows, the last one repeated until there are `frames`."""
    return rows[np.minimum(np.arange(frames), len(rows) - 1)]


@cache
def _extractors() -> tuple[Any, Any]:
    """The extractors of the descriptors and of the coefficients, set up once for a process."""
    if "tensorflow" in sys.modules and "opensmile" not in sys.modules:
        raise AudioError("openSMILE crashes in a process that has loaded TensorFlow: extract in one of its own")
    try:
        # Imported here: the package is optional, and only this function needs it.
        import opensmile
    except ImportError as error:
        raise AudioError(
            "audio features need the package opensmile: pip install -r requirements-audio.txt "
            "(its licence allows research and education only)"
        ) from error
    with warnings.catch_warnings():
        # The challenge of 2017 has the 23 descriptors of v01b; the package recommends v02, with 25.
        warnings.filterwarnings("ignore", message="Feature set .*eGeMAPSv01b.* is deprecated", category=UserWarning)
        descriptors = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv01b, opensmile.FeatureLevel.LowLevelDescriptors)
    return descriptors, opensmile.Smile(str(_MFCC_CONFIGURATION), "lld")
