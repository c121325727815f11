"""The sound of a file, as one channel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_spec.media.container import MediaError, beginning, opened


def read_sound(path: Path) -> tuple[NDArray[np.float32], int]:
    """The sound of a file as a whole: samples of shape (samples,), and their rate. See `sound_pieces`."""
    rate, pieces = sound_pieces(path)
    return np.concatenate([*pieces]), rate


def sound_pieces(path: Path) -> tuple[int, Iterator[NDArray[np.float32]]]:
    """The sound of a file, piece by piece as it is decoded.

    Its channels are averaged to one. The first sample is the one at the file's beginning: where the sound begins
    later than the pictures, or has gaps, there are zeros.

    Returns:
        samples per second; and the samples, from -1 to 1, in pieces of shape (samples,).

    Raises:
        MediaError: no such file, no sound in it, or it cannot be decoded (also while the pieces are read).
        MissingPackageError: PyAV is not installed.
    """
    with opened(path) as container:
        if not container.streams.audio:
            raise MediaError(f"{path}: expected sound, found none in it")
        rate = int(container.streams.audio[0].rate)
    return rate, _decoded(path, rate)


def _decoded(path: Path, rate: int) -> Iterator[NDArray[np.float32]]:
    begin = beginning(path)
    written = 0
    with opened(path) as container:
        import av  # `opened` has said so where it is not there

        stream = container.streams.audio[0]
        # All channels in one plane: of more than eight planes, PyAV loses those after the eighth.
        as_floats = av.AudioResampler(format="flt", layout=stream.layout.name)
        for frame in container.decode(stream):
            late = 0 if frame.time is None else round((frame.time - begin) * rate) - written
            # A few samples late or early are the rounding of the file's clock, not silence.
            if late > rate // 100:
                for first in range(0, late, rate):
                    yield np.zeros(min(rate, late - first), dtype=np.float32)
                written += late
            for converted in as_floats.resample(frame):
                channels = converted.to_ndarray().reshape(-1, converted.layout.nb_channels)
                piece = channels.mean(axis=1, dtype=np.float32)
                written += len(piece)
                # Lossy formats overshoot a little.
                yield np.clip(piece, -1.0, 1.0)
    if not written:
        raise MediaError(f"{path}: expected sound, found none of it whole")
