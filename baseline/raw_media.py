"""Sound and pictures of recordings as end-to-end systems take them: decoded once, kept on disk, read piece by piece.

Five minutes of faces are hundreds of megabytes: files that are mapped into memory hold them, and only the pieces of the
batch at hand are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.signal import resample_poly

from data_spec.media.pictures import Pixels, read_pictures
from data_spec.media.sound import read_sound
from data_spec.stream import Times

Samples = NDArray[np.float32]
Faces = NDArray[np.uint8]
"""One picture for each of some times, shape (times, side, side, 3); black where no picture is shown."""


def standardized_sound(path: Path, rate: int) -> Samples:
    """The sound of a recording at `rate` samples per second, mean 0 and variance 1; silence stays silence.

    Standardising makes speakers and microphones equally loud (section III-B).

    Returns:
        shape (samples,)

    Raises:
        MediaError: it cannot be decoded.
    """
    samples, found = read_sound(path)
    if found != rate:
        common = gcd(rate, found)
        samples = resample_poly(samples, rate // common, found // common)
    centred = samples - samples.mean(dtype=np.float64)
    deviation = float(centred.std())
    return np.asarray(centred / deviation if deviation > 0 else centred, dtype=np.float32)


def sound_on_disk(path: Path, rate: int, out: Path) -> Samples:
    """As `standardized_sound`, kept in the new file `out` (.npy) and mapped into memory."""
    np.save(out, standardized_sound(path, rate))
    return _mapped(out)


def faces_on_disk(path: Path, times: Times, side: int, out: Path) -> Faces:
    """The pictures of a film that are shown at `times`, kept in the new file `out` (.npy) and mapped into memory.

    A picture is shown until the next one, and the last one as long as the one before it.

    Args:
        path: of the film.
        times: seconds, increasing, shape (times,).
        side: pictures are brought to so many pixels in height and width.
        out: side × side × 3 bytes for each time.

    Raises:
        MediaError: it cannot be decoded.
    """
    faces = np.lib.format.open_memmap(out, mode="w+", dtype=np.uint8, shape=(len(times), side, side, 3))
    # Times that were printed and read again differ in their last digits.
    tolerance = 1e-4
    shown: Pixels | None = None
    since, lasts, place = -np.inf, 0.0, 0
    for picture in read_pictures(path):
        while place < len(times) and times[place] < picture.seconds - tolerance:
            if shown is not None:
                faces[place] = shown
            place += 1
        if place == len(times):
            break
        lasts = picture.seconds - since if np.isfinite(since) else lasts
        shown, since = _square(picture.pixels, side), picture.seconds
    while place < len(times) and shown is not None and times[place] < since + lasts + tolerance:
        faces[place] = shown
        place += 1
    faces.flush()
    return _mapped(out)


@dataclass(frozen=True)
class RawMedia:
    """The sound and the faces of one recording, and the frames that are labelled or to be predicted.

    Attributes:
        times: of these frames, seconds, shape (frames,)
        sound: at `sound_rate`, standardised, shape (samples,); of no samples where there is none.
        sound_rate: samples per second.
        faces: of every `frames_per_picture`-th frame; of no pictures where there are none.
        frames_per_picture: how many frames one picture stands for.
    """

    times: Times
    sound: Samples
    sound_rate: int
    faces: Faces
    frames_per_picture: int

    def sound_of(self, first: int, samples: int) -> Samples:
        """So many samples from the time of a frame on, zeros where there is no sound, shape (samples,)."""
        return piece(self.sound, round(float(self.times[first]) * self.sound_rate), samples)

    def faces_of(self, first: int, pictures: int) -> Faces:
        """So many pictures from a frame on, black where there are none, shape (pictures, side, side, 3)."""
        return piece(self.faces, first // self.frames_per_picture, pictures)


def piece(values: NDArray[Any], first: int, length: int) -> NDArray[Any]:
    """`length` rows from `first` on, zeros where there are none, before the beginning and after the end.

    >>> piece(np.array([1, 2, 3]), -1, 3).tolist(), piece(np.array([1, 2, 3]), 2, 3).tolist()
    ([0, 1, 2], [3, 0, 0])
    """
    result = np.zeros((length, *values.shape[1:]), dtype=values.dtype)
    begin, end = max(first, 0), min(first + length, len(values))
    if begin < end:
        result[begin - first : end - first] = values[begin:end]
    return result


def augmented(faces: Faces, side: int, brightness: float, saturation: float, random: np.random.Generator) -> Samples:
    """One random crop, brightness and saturation for all pictures of a sequence (section V).

    Args:
        faces: shape (pictures, larger side, larger side, 3), 0 to 255.
        side: of the crop.
        brightness: at most so much of the range is added or taken away, 0 to 1.
        saturation: colours become stronger or weaker by at most this share, 0 to 1.
        random: where the choice comes from.

    Returns:
        shape (pictures, side, side, 3), 0 to 255.
    """
    down, right = random.integers(0, faces.shape[1] - side + 1, size=2)
    added = 255 * random.uniform(-brightness, brightness)
    stronger = 1 + random.uniform(-saturation, saturation)
    crop = faces[:, down : down + side, right : right + side].astype(np.float32)
    grey = crop.mean(axis=-1, keepdims=True)
    return np.asarray(np.clip(grey + stronger * (crop - grey) + added, 0, 255), dtype=np.float32)


def centre_crop(faces: Faces, side: int) -> Samples:
    """The middle of each picture, shape (pictures, side, side, 3), 0 to 255: as large as augmentation shows faces."""
    first = (faces.shape[1] - side) // 2
    return faces[:, first : first + side, first : first + side].astype(np.float32)


def _square(pixels: Pixels, side: int) -> Pixels:
    if pixels.shape[:2] == (side, side):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.BILINEAR))


def _mapped(path: Path) -> NDArray[Any]:
    return np.asanyarray(np.load(path, mmap_mode="r"))
