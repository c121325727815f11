"""From when to when a clip is a recording: from its first sound to its last, the same for all of its streams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from data_spec.challenge import Challenge
from data_spec.stream import Labels, Stream

_ROUNDING = 1e-6  # seconds: times are sums of fractions

SOUND = "audio"


@dataclass(frozen=True)
class Span:
    """A part of a clip, in seconds on the clip's own clock; `end` is the first instant after it."""

    begin: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.begin

    def cut(self, stream: Stream) -> Stream:
        """The frames that begin within it; their times stay those of the clip.

        >>> Span(0.01, 0.03).cut(Stream(np.arange(6) / 100, np.zeros((6, 1), dtype=np.float32))).times.tolist()
        [0.01, 0.02]
        """
        first, after = np.searchsorted(stream.times, [self.begin - _ROUNDING, self.end - _ROUNDING])
        return Stream(stream.times[first:after], stream.values[first:after])

    def labels(self, label: int, agreement: float, rate: int) -> Labels:
        """The same label for every frame of it.

        Args:
            label: its index, or `NO_LABEL`.
            agreement: 0 to 1.
            rate: frames per second.

        >>> Span(0.5, 0.53).labels(2, 0.75, 100).times.tolist()
        [0.5, 0.51, 0.52]
        """
        frames = int((self.seconds + _ROUNDING) * rate)
        return Labels(
            times=self.begin + np.arange(frames) / rate,
            index=np.full(frames, label, dtype=np.int8),
            agreement=np.full(frames, agreement),
        )


def spoken_span(streams: Mapping[str, Stream], seconds: float, challenge: Challenge) -> Span:
    """From the first sound to the last: the second or so of silence at either end is nobody's emotion.

    A film that is not listened to, or in which nothing is heard, is a recording as a whole.

    Args:
        streams: of one clip, by modality, on one clock.
        seconds: how long the clip is.
        challenge: has the rate of the audio stream.

    Raises:
        ValueError: nothing is heard, and there is no other stream.

    >>> from data_spec.challenge import load_challenge
    >>> sound = Stream(np.arange(6) / 100, np.array([[0], [3], [0], [4], [0], [0]], dtype=np.float32))
    >>> spoken_span({"audio": sound}, 0.06, load_challenge("ravdess"))
    Span(begin=0.01, end=0.04)
    """
    if SOUND in streams and len(sounds := np.flatnonzero(streams[SOUND].present)):
        times = streams[SOUND].times
        return Span(float(times[sounds[0]]), float(times[sounds[-1]]) + 1 / challenge.modality(SOUND).rate)
    if not set(streams) - {SOUND}:
        raise ValueError(f"expected a voice, found {seconds:g} s of silence")
    return Span(0.0, seconds)
