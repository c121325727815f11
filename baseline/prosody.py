"""Prosody of a voice, from its sound: energy, loudness and the fundamental frequency, a hundred times a second.

Computed here with NumPy, since openSMILE and TensorFlow must not meet in one process. Sources: Boersma, Accurate
short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a sampled sound (1993); loudness as
in openSMILE's eGeMAPS set, the bands of an auditory spectrum, each compressed (Eyben et al. 2016).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d, uniform_filter1d

from data_spec.stream import Times

Contour = NDArray[np.float64]

FRAMES_PER_SECOND = 100
WINDOW_SECONDS = 0.04
"""Three periods of the lowest pitch."""

LOWEST_PITCH, HIGHEST_PITCH = 75.0, 500.0
"""In Hz."""
VOICED_AUTOCORRELATION = 0.45
"""From here on, of 1, a frame has a pitch (Boersma)."""
SILENT_SHARE = 0.03
"""Of the loudest frame's energy: below it a frame has no pitch (Boersma)."""
OCTAVE_COST = 0.01
"""A period's double fits as well as the period: so much of 1 for each octave makes the shorter one win (Boersma)."""

BANDS = 26
BAND_LIMITS = 20.0, 8000.0
COMPRESSION = 0.3
"""The power to which a band's energy is raised: how the ear compresses."""
_BLOCK = 1000


@dataclass(frozen=True)
class Prosody:
    """Contours of a recording, `FRAMES_PER_SECOND`; frame i lies around i / FRAMES_PER_SECOND seconds.

    Attributes:
        energy: root mean square, in units of the samples, shape (frames,)
        loudness: of no unit, 0 or more, shape (frames,)
        pitch: in Hz, NaN where there is none, shape (frames,)
    """

    energy: Contour
    loudness: Contour
    pitch: Contour

    @classmethod
    def of(cls, samples: NDArray[np.floating], rate: int) -> Prosody:
        """The prosody of a sound, one channel, shape (samples,), `rate` samples per second."""
        bands = _bands(rate)
        parts = [_described(frames, rate, bands) for frames in _frames(samples, rate)]
        energy, loudness, pitch = (np.concatenate(part) for part in zip(*parts, strict=True))
        pitch[energy < SILENT_SHARE * energy.max(initial=0.0)] = np.nan
        return cls(energy, loudness, pitch)

    def around(self, times: Times, seconds: float) -> dict[str, Contour]:
        """What Fig. 2 of the end-to-end paper names, in a window of so many seconds around each time.

        Returns:
            The range of the energy, the mean loudness, and the mean pitch, which is NaN where nothing is voiced, shape
            (times,) each.
        """
        size = max(round(seconds * FRAMES_PER_SECOND), 1)
        voiced = (~np.isnan(self.pitch)).astype(np.float64)
        share = uniform_filter1d(voiced, size, mode="nearest")
        total = uniform_filter1d(np.nan_to_num(self.pitch), size, mode="nearest")
        mean_pitch = np.full(len(share), np.nan)
        # Less than half a frame of the window is rounding.
        np.divide(total, share, out=mean_pitch, where=share > 0.5 / size)
        contours = {
            "range of RMS energy": maximum_filter1d(self.energy, size, mode="nearest")
            - minimum_filter1d(self.energy, size, mode="nearest"),
            "loudness": uniform_filter1d(self.loudness, size, mode="nearest"),
            "mean F0": mean_pitch,
        }
        place = np.clip(np.rint(np.asarray(times) * FRAMES_PER_SECOND).astype(int), 0, len(self.energy) - 1)
        return {name: contour[place] for name, contour in contours.items()}


def _frames(samples: NDArray[np.floating], rate: int) -> Iterator[Contour]:
    """Frames around their times, some at once, shape (some, samples of a window)."""
    window = round(WINDOW_SECONDS * rate)
    padded = np.pad(np.asarray(samples, dtype=np.float64), window)
    count = len(samples) * FRAMES_PER_SECOND // rate + 1
    begins = np.arange(count) * rate // FRAMES_PER_SECOND + window - window // 2
    every = np.lib.stride_tricks.sliding_window_view(padded, window)
    for first in range(0, count, _BLOCK):
        yield every[begins[first : first + _BLOCK]]


def _described(frames: Contour, rate: int, bands: NDArray[np.float64]) -> tuple[Contour, Contour, Contour]:
    energy = np.sqrt((frames**2).mean(axis=1))
    window = np.hanning(frames.shape[1])
    length = 2 * frames.shape[1]
    power = np.abs(np.fft.rfft((frames - frames.mean(axis=1, keepdims=True)) * window, length)) ** 2
    loudness = ((power @ bands.T / window.sum() ** 2) ** COMPRESSION).sum(axis=1)
    # A window's autocorrelation falls with the lag: divided by its own, a periodic frame comes back to 1.
    own = np.fft.irfft(np.abs(np.fft.rfft(window, length)) ** 2)
    together = np.fft.irfft(power, axis=1)
    shortest, longest = int(rate / HIGHEST_PITCH), int(np.ceil(rate / LOWEST_PITCH))
    lags = np.arange(shortest - 1, longest + 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        similarity = np.nan_to_num(together[:, lags] / together[:, :1] / (own[lags] / own[0]))
    return energy, loudness, _pitch(similarity, lags, rate)


def _pitch(similarity: NDArray[np.float64], lags: NDArray[np.int64], rate: int) -> Contour:
    """The pitch of the best peak between the outermost lags, NaN where none is high enough, shape (frames,)."""
    before, here, after = similarity[:, :-2], similarity[:, 1:-1], similarity[:, 2:]
    is_peak = (here > before) & (here >= after)
    strength = np.where(is_peak, here - OCTAVE_COST * np.log2(LOWEST_PITCH * lags[1:-1] / rate), -np.inf)
    best = strength.argmax(axis=1)[:, None]
    left, top, right = (np.take_along_axis(values, best, axis=1)[:, 0] for values in (before, here, after))
    voiced = np.isfinite(np.take_along_axis(strength, best, axis=1)[:, 0]) & (top >= VOICED_AUTOCORRELATION)
    curvature = np.where(voiced, left - 2 * top + right, -1.0)
    lag = lags[best[:, 0] + 1] + 0.5 * (left - right) / curvature  # the summit of the parabola through the three
    return np.where(voiced, rate / lag, np.nan)


def _bands(rate: int) -> NDArray[np.float64]:
    """Triangular bands, equally wide on the mel scale, shape (bands, frequencies)."""
    mel_limits = 1127 * np.log1p(np.array([BAND_LIMITS[0], min(BAND_LIMITS[1], rate / 2)]) / 700)
    edges = 700 * np.expm1(np.linspace(mel_limits[0], mel_limits[1], BANDS + 2) / 1127)
    frequencies = np.fft.rfftfreq(2 * round(WINDOW_SECONDS * rate), 1 / rate)
    rising = (frequencies - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - frequencies) / np.diff(edges)[1:, None]
    bands: NDArray[np.float64] = np.maximum(np.minimum(rising, falling), 0.0)
    return bands
