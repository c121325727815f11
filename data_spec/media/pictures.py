"""The pictures of a film, one after the other, each with its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_spec.media.container import MediaError, beginning, films_of, opened

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
    turned upright. A picture that shows no time, or one not after the picture before, is left out.

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
        for frame in container.decode(film):
            if frame.time is None or not (seconds := frame.time - begin) > last:
                continue
            last = seconds
            turned = np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90))
            yield Picture(seconds, np.ascontiguousarray(turned))
        if last == -np.inf:
            raise MediaError(f"{path}: expected a film, found none of its pictures whole")
