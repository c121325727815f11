"""The pictures of a film, one after the other, each with its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data_spec.media.container import MediaError, beginning, films_of, opened, time_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video import VideoFrame, VideoStream

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Picture:
    """One picture of a film.

    Attributes:
        seconds: when it is shown, on the clock of the file, on which the sound begins where it does too.
        pixels: red, green, blue, 0 to 255, upright, shape (height, width, 3)
    """

    seconds: float
    pixels: Pixels


def read_pictures(path: Path) -> Iterator[Picture]:
    """Every picture of a film in order, at whatever rate it has; of a still picture, the one.

    One picture is in memory at a time. Phones turn the camera and write the angle beside the film: pictures are
    turned upright. Where a pixel is shown wider than high, as in films on tape, or narrower, pictures are stretched
    to the width that they are shown in. A picture that shows no time, or one not after the picture before, is left out.

    Raises:
        MediaError: no such file, no pictures in it, or they cannot be decoded.
        MissingPackageError: PyAV is not installed.
    """
    begin = beginning(path)
    with opened(path) as container:
        if not (films := films_of(container)):
            raise MediaError(f"{path}: expected a film, found no pictures in it")
        film = films[0]
        # Decoding is a tenth of the work; recordings are extracted side by side, in processes of their own.
        film.thread_type, film.codec_context.thread_count = "AUTO", 2
        last = -np.inf
        for time, frame in _decoded(container, film):
            if time is None or not (seconds := time - begin) > last:
                continue
            last = seconds
            width = _shown_width(film, frame.width)
            pixels = frame.to_ndarray(format="rgb24", width=width, height=frame.height)
            yield Picture(seconds, np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90)), dtype=np.uint8))
        if last == -np.inf:
            raise MediaError(f"{path}: expected a film, found none of its pictures whole")


def _decoded(container: InputContainer, film: VideoStream) -> Iterator[tuple[float | None, VideoFrame]]:
    """Every picture of a film in the order in which they are shown, and when, in seconds on the file's clock."""
    if container.format.name != "avi":
        yield from ((frame.time, frame) for frame in container.decode(film))
        return
    waiting: list[float] = []
    for packet in container.demux(film):
        # An empty packet stands for a picture that was left out.
        if packet.size and (seconds := time_of(packet)) is not None:
            heappush(waiting, seconds)
        # The packets' times in order are those of the pictures, in whatever order the packets are decoded.
        yield from ((heappop(waiting) if waiting else None, frame) for frame in packet.decode())


def _shown_width(film: VideoStream, width: int) -> int:
    """How wide a picture is shown that has so many pixels."""
    ratio = float(film.sample_aspect_ratio or 1)
    # Pixels of all formats that there are lie between these; others are what is left of a broken header.
    return round(width * ratio) if 0.5 <= ratio <= 2 else width
