"""Films and sounds for tests, written with PyAV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CLOCK = Fraction(1, 90_000)


def write_film(
    path: Path,
    pictures: Iterable[NDArray[np.uint8]],
    times: Sequence[float],
    sound: NDArray[np.float32] | None = None,
    sound_rate: int = 16_000,
    sound_begins: float = 0.0,
) -> Path:
    """A film whose pictures, of even width and height, are shown at `times`; its sound lossless where there is some."""
    import av

    with av.open(str(path), "w") as container:
        film = audio = None
        for picture, seconds in zip(pictures, times, strict=True):
            if film is None:
                film = container.add_stream("libx264", rate=30, options={"crf": "15", "preset": "ultrafast", "bf": "0"})
                film.height, film.width = picture.shape[:2]
                film.pix_fmt = "yuv420p"
                film.time_base = film.codec_context.time_base = CLOCK
                if sound is not None:
                    audio = container.add_stream("flac", rate=sound_rate, layout="mono")
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = round(seconds / CLOCK), CLOCK
            container.mux(film.encode(frame))
        container.mux(film.encode(None))
        if audio is not None:
            _write_sound(container, audio, sound, sound_rate, sound_begins)
    return path


def write_sound(path: Path, samples: NDArray[np.float32], rate: int, codec: str = "pcm_s16le") -> Path:
    """A file of sound: one channel, or as many as `samples` has rows."""
    import av

    channels = np.atleast_2d(samples)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="mono" if len(channels) == 1 else "stereo")
        _write_sound(container, stream, channels, rate, 0.0)
    return path


def _write_sound(container, stream, samples, rate, begins):
    import av

    channels = np.round(np.atleast_2d(samples) * 32767).astype(np.int16)
    if not stream.codec_context.is_open:
        stream.codec_context.open()
    step = stream.codec_context.frame_size or 1024
    for first in range(0, channels.shape[1], step):
        piece = channels[:, first : first + step]
        frame = av.AudioFrame.from_ndarray(piece.T.reshape(1, -1), format="s16", layout=stream.layout.name)
        frame.sample_rate, frame.pts, frame.time_base = rate, round(begins * rate) + first, Fraction(1, rate)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
