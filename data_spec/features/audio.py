"""Audio: a recorded voice → the 36 columns of the audio stream, 100 times a second.

23 low-level descriptors of eGeMAPSv01b (Eyben et al. 2016; v02 has 25), then 13 mel-frequency cepstral
coefficients, c1 to c12 and c0 (`mfcc.conf`), both computed by openSMILE. The ranges of the real columns of
2017 have this order: they end with one from 0 to 165, which is c0.

openSMILE is an optional requirement, and shares no process with TensorFlow: see `smile.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from math import gcd
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_spec.features.silence import frame_power, silent_frames
from data_spec.features.smile import LOUDEST, checked_samples, require_length, smile_package
from data_spec.stream import Flags, Stream, Values

RATE = 100
"""Frames per second: openSMILE's windows begin every 10 ms."""

BLOCK_SECONDS = 60
"""So much sound is described at once: memory stays flat in the length of a recording."""

MARGIN_SECONDS = 3
"""So much sound around a block is described with it and dropped.

openSMILE's smoothing of the pitch looks 0.3 s ahead; jitter and shimmer go on from period to period until the voice
pauses. Over 57 s of RAVDESS's speech, blocks of 10 s gave the same values as the whole.
"""

_MFCC_CONFIGURATION = Path(__file__).with_name("mfcc.conf")
_PITCH = "F0semitoneFrom27.5Hz_sma3nz"


def extract_sound(pieces: Iterable[NDArray[np.floating]], rate: int) -> Stream:
    """The audio stream of a recording, whose sound comes in pieces of any length.

    Row i describes the sound from i · 10 ms on, and has that time. openSMILE gives no row to the last
    20 to 50 ms, where a window would reach past the end: the last row it gives is repeated, so that the
    stream has floor(100 · duration) frames and is as long as the labels. The windows begin with the
    sound, so nothing is lacking at the beginning. Silence (see `silent_frames`) is rows of zeros, as in
    the 2017 challenge.

    Args:
        pieces: one channel, -1 to 1, each of shape (samples,)
        rate: samples per second.

    Returns:
        times from 0 on, values of shape (frames, 36), in a file of the system's folder for such, which goes with them.

    Raises:
        MissingPackageError: openSMILE is not installed.
        RuntimeError: TensorFlow was loaded before it.
        ValueError: not one channel of finite samples from -1 to 1, or too short for one window.
    """
    powers, voices = [], []
    with TemporaryFile() as file:
        for block, kept in _blocks(pieces, rate):
            rows, power, voiced = _describe(block, rate, kept)
            file.write(rows.tobytes())
            powers.append(power)
            voices.append(voiced)
        file.flush()
        # The map outlives the file.
        values = np.asarray(np.memmap(file, np.float32, mode="r+")).reshape(-1, rows.shape[1])
    # Only at the end is it known which frame is the loudest.
    values[silent_frames(np.concatenate(powers), np.concatenate(voices), RATE)] = 0.0
    return Stream(times=np.arange(len(values)) / RATE, values=values)


def _blocks(pieces: Iterable[NDArray[np.floating]], rate: int) -> Iterator[tuple[NDArray[np.float32], slice]]:
    """The sound in blocks that begin at whole seconds, each with the frames of it that are kept."""
    waiting: list[NDArray[np.float32]] = []
    length = dropped = 0  # samples that wait; seconds at their beginning that were kept from the block before
    for piece in pieces:
        waiting.append(checked_samples(piece))
        length += len(piece)
        while length >= (BLOCK_SECONDS + 2 * MARGIN_SECONDS) * rate:
            sound = np.concatenate(waiting)
            end = dropped + BLOCK_SECONDS
            yield sound[: (end + MARGIN_SECONDS) * rate], slice(dropped * RATE, end * RATE)
            waiting, dropped = [sound[(end - MARGIN_SECONDS) * rate :]], MARGIN_SECONDS
            length = len(waiting[0])
    require_length(length, rate)
    yield np.concatenate(waiting), slice(dropped * RATE, None)


def _describe(samples: NDArray[np.float32], rate: int, kept: slice) -> tuple[Values, NDArray[np.float64], Flags]:
    """The rows of one block, their power, and whether they have a pitch: those of the frames that are kept."""
    power = frame_power(samples, rate, RATE)
    extractors = _extractors()
    samples, rate = at_whole_steps(samples, rate)
    tables = [extractor.process_signal(samples, rate) for extractor in extractors]
    values = np.concatenate([_lengthen(table.to_numpy(np.float32), len(power)) for table in tables], axis=1)
    voiced = _lengthen(tables[0][_PITCH].to_numpy(np.float32), len(power)) > 0
    return values[kept], power[kept], voiced[kept]


def at_whole_steps(samples: NDArray[np.float32], rate: int) -> tuple[NDArray[np.float32], int]:
    """The same sound at the next higher rate that has a whole number of samples in 10 ms; as it is where it has.

    openSMILE rounds the step of its windows to whole samples: at 22,050 samples a second its rows come every
    10.02 ms, and after a minute they are 0.14 s from their times.

    >>> at_whole_steps(np.zeros(22_050, np.float32), 22_050)[1], at_whole_steps(np.zeros(9, np.float32), 44_100)[1]
    (22100, 44100)
    """
    whole = -(-rate // RATE) * RATE
    if whole == rate:
        return samples, rate
    # Imported here: most sound does not need it.
    from scipy.signal import resample_poly

    common = gcd(whole, rate)
    # What is made up between two samples may be louder than both.
    return np.clip(resample_poly(samples, whole // common, rate // common), -1.0, LOUDEST).astype(np.float32), whole


def _lengthen(rows: Values, frames: int) -> Values:
    """The rows, the last one repeated until there are `frames`."""
    return rows[np.minimum(np.arange(frames), len(rows) - 1)]


@cache
def _extractors() -> tuple[Any, Any]:
    """The extractors of the descriptors and of the coefficients, set up once for a process."""
    opensmile = smile_package()
    with warnings.catch_warnings():
        # The challenge of 2017 has the 23 descriptors of v01b; the package recommends v02, with 25.
        warnings.filterwarnings("ignore", message="Feature set .*eGeMAPSv01b.* is deprecated", category=UserWarning)
        descriptors = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv01b, opensmile.FeatureLevel.LowLevelDescriptors)
    return descriptors, opensmile.Smile(str(_MFCC_CONFIGURATION), "lld")
