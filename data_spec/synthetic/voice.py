"""A voice in which arousal is heard, and valence a little: syllables of harmonics, in phrases with pauses.

Loudness, pitch and pitch range follow arousal, and so does the tilt of the spectrum; valence brightens it. They are
the prosodic features that Tzirakis et al. 2017 (section V-B-1, Fig. 2) find in the gates of their network.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_spec.synthetic.scenario import pieces_of
from data_spec.synthetic.trajectories import wander

Array = NDArray[np.float64]

RATE = 100
"""Of all that changes slowly, per second."""
HARMONICS = 16
PHRASE_SECONDS = 2.0
PAUSE_SHARE = 0.3
SYLLABLE_SECONDS = 0.2
VOWELS = np.array([[730, 1090], [270, 2290], [300, 870], [530, 1840], [570, 840]])
"""First and second formant of five vowels, in Hz (Peterson and Barney 1952, men)."""
FORMANT_WIDTH = 150.0


@dataclass(frozen=True)
class Throat:
    """How somebody's voice differs from others'.

    Attributes:
        pitch: in Hz, where arousal is 0
        formants: a factor
        loudness: in dB, of the voice and of the microphone
        tilt: in powers of the harmonic's number
    """

    pitch: float
    formants: float
    loudness: float
    tilt: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Throat:
        """A new person's."""
        high = rng.random() < 0.5
        return cls(
            pitch=float((200.0 if high else 115.0) * np.exp(rng.normal(0.0, 0.08))),
            formants=float((1.15 if high else 1.0) * np.exp(rng.normal(0.0, 0.04))),
            loudness=float(rng.normal(0.0, 1.5)),
            tilt=float(rng.normal(0.0, 0.1)),
        )


@dataclass(frozen=True)
class Speech:
    """What is said, `RATE` times a second.

    Attributes:
        voiced: how open the mouth is, 0 to 1, shape (moments,)
        vowel: index, shape (moments,)
        melody: the pitch's way up and down, in standard deviations, shape (moments,)
    """

    voiced: Array
    vowel: NDArray[np.int64]
    melody: Array

    @classmethod
    def draw(cls, seconds: float, rng: np.random.Generator) -> Speech:
        """Something new to say."""
        moments = int(np.ceil(seconds * RATE)) + 1
        phrase = pieces_of(moments, RATE, PHRASE_SECONDS, rng)
        speaks = (rng.random(phrase[-1] + 1) >= PAUSE_SHARE)[phrase]
        syllable = pieces_of(moments, RATE, SYLLABLE_SECONDS, rng)
        first = np.searchsorted(syllable, np.arange(syllable[-1] + 1))
        length = np.bincount(syllable)
        # Opens and closes once in a syllable.
        within = (np.arange(moments) - first[syllable] + 0.5) / length[syllable]
        vowel = rng.integers(len(VOWELS), size=syllable[-1] + 1)[syllable]
        return cls(np.sin(np.pi * within) * speaks, vowel, wander(moments, 1, 0.15 * RATE, rng)[:, 0])


def sing(
    speech: Speech, arousal: Array, valence: Array, throat: Throat, samples: int, rate: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """The sound of it, from -1 to 1, shape (samples,).

    Args:
        speech: what is said.
        arousal: that is heard, -1 to 1, `RATE` times a second, shape (moments,).
        valence: likewise.
        throat: whose voice.
        samples: how many.
        rate: samples per second.
        rng: chance.
    """
    moments, times = np.arange(len(speech.voiced)) / RATE, np.arange(samples) / rate

    def finely(slow: Array) -> Array:
        return np.interp(times, moments, slow)

    pitch = throat.pitch * np.exp(0.3 * arousal + 0.08 * np.exp(0.8 * arousal) * speech.melody)
    pitch = np.clip(pitch, 50.0, 600.0)
    loudness = 10 ** ((-28.0 + 8.0 * arousal + throat.loudness) / 20) * speech.voiced
    tilt = 1.5 + throat.tilt - 0.25 * arousal - 0.25 * valence
    formants = throat.formants * VOWELS[speech.vowel].astype(np.float64)

    turn = np.exp(2j * np.pi * np.cumsum(finely(pitch)) / rate)
    harmonic, sound = np.ones_like(turn), np.zeros(samples)
    for number in range(1, HARMONICS + 1):
        harmonic *= turn
        frequency = number * pitch
        near = np.exp(-(((frequency[:, None] - formants) / (2 * FORMANT_WIDTH)) ** 2)).sum(axis=1)
        audible = frequency < 0.45 * rate
        sound += harmonic.imag * finely(loudness * number**-tilt * (0.25 + 2 * near) * audible)
    breath = rng.normal(size=samples, scale=0.05) * finely(loudness)
    return np.asarray(np.clip(sound + breath, -1.0, 1.0), dtype=np.float32)
