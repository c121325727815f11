"""What a recording's file holds: some pictures of its film, and the facts."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from baseline.report.contents import Film, Thumbnail
from data_spec.media.container import opened
from data_spec.media.pictures import Picture, read_pictures

THUMBNAILS = 10
LARGEST_SIDE = 160
"""Of a thumbnail, in pixels: twice what is shown, for screens with small pixels."""


def look_at_film(path: Path, seconds: float, thumbnails: int = THUMBNAILS) -> Film:
    """Look through a film once, one picture in memory at a time.

    Args:
        path: has pictures.
        seconds: how long the recording is.
        thumbnails: how many are kept: what is shown at 0, at one tenth of the time and so on; of a still picture, one.

    Raises:
        MediaError: no pictures in it, or they cannot be decoded.
        MissingPackageError: PyAV is not installed.
    """
    kept: list[Thumbnail] = []
    first = last = 0.0
    shown: Picture | None = None
    pictures = 0
    for picture in read_pictures(path):
        while shown is not None and len(kept) < thumbnails and picture.seconds > len(kept) * seconds / thumbnails:
            kept.append(_thumbnail(shown, len(kept) * seconds / thumbnails))
        first, last = (picture.seconds if shown is None else first), picture.seconds
        shown, pictures = picture, pictures + 1
    assert shown is not None  # read_pictures gives one, or raises
    while len(kept) < (thumbnails if pictures > 1 else 1):
        kept.append(_thumbnail(shown, len(kept) * seconds / thumbnails))
    height, width, _ = shown.pixels.shape
    rate = (pictures - 1) / (last - first) if pictures > 1 else None
    return Film(pictures, rate, width, height, tuple(kept))


def sound_rate(path: Path) -> int | None:
    """Samples of sound per second, None where there is no sound. Raises MediaError, MissingPackageError."""
    with opened(path) as container:
        return int(container.streams.audio[0].rate) if container.streams.audio else None


def _thumbnail(picture: Picture, seconds: float) -> Thumbnail:
    image = Image.fromarray(picture.pixels)
    image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=72, optimize=True)
    return Thumbnail(seconds, image.width, image.height, file.getvalue())
