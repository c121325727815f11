"""Sound and pictures as files: FLAC, and H.264 in MP4. The same release of PyAV writes the same bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from data_spec.features.packages import MissingPackageError
from data_spec.synthetic.performed import Film, Sound

if TYPE_CHECKING:
    from av.container import OutputContainer

ENCODING = {
    "crf": "26",  # grain is not worth its bytes
    "preset": "veryfast",
    "threads": "1",  # with more, the bytes depend on how many
}
_PIECE = 4096


def write_sound(path: Path, sound: Sound) -> None:
    """Write a sound as FLAC of 16 bits. Raises MissingPackageError."""
    with _opened(path) as container:
        import av  # `_opened` has said so where it is not there

        stream = container.add_stream("flac", rate=sound.rate, layout="mono")
        samples = np.rint(sound.samples * 32767).astype(np.int16)
        for first in range(0, len(samples), _PIECE):
            frame = av.AudioFrame.from_ndarray(samples[None, first : first + _PIECE], format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = sound.rate, first, Fraction(1, sound.rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_film(path: Path, film: Film) -> None:
    """Write pictures, of even height and width, as H.264 in MP4, without sound. Raises MissingPackageError."""
    with _opened(path) as container:
        import av  # `_opened` has said so where it is not there

        stream: Any = None
        for number, picture in enumerate(film.pictures):
            if stream is None:
                stream = container.add_stream("libx264", rate=film.rate, options=dict(ENCODING))
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = "yuv420p"
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, film.rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@contextmanager
def _opened(path: Path) -> Iterator[OutputContainer]:
    """A new file to fill, beside `path`; it becomes `path` at the end, or is removed where that is not reached."""
    try:
        # Imported here: the package is optional.
        import av
    except ImportError as error:
        raise MissingPackageError.named("av", "writing sound and pictures") from error
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        with av.open(str(aside), "w", options={"fflags": "+bitexact"}) as container:
            yield container
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
