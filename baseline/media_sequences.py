"""Sequences: pieces of equal length of the sound and the faces of recordings, with the labels of their frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tqdm import tqdm

from baseline.keras_training import batches
from baseline.raw_media import RawMedia, augmented, centre_crop, faces_on_disk, sound_on_disk
from baseline.windows import first_frames
from data_spec.challenge import Challenge
from data_spec.corpus import RecordingFolder
from data_spec.modality import Form

Inputs = dict[str, NDArray[np.float32]]
"""`sound`, shape (sequences, samples), and `pictures`, shape (sequences, pictures, side, side, 3); or one of them."""


@dataclass(frozen=True)
class SequenceForm:
    """How long sequences are, and what is in them.

    Attributes:
        frames: label frames.
        rate: label frames per second.
        sound_rate: samples per second, a multiple of `rate`.
        frames_per_picture: so many label frames have one picture.
        side: of a picture, in pixels.
        side_uncropped: to which pictures are brought before they are cropped to `side`.
        brightness: how far it is changed at random in training, as a share of the range.
        saturation: how far it is changed at random in training, as a share of itself.
    """

    frames: int
    rate: int
    sound_rate: int
    frames_per_picture: int
    side: int
    side_uncropped: int
    brightness: float
    saturation: float

    @property
    def samples(self) -> int:
        """Samples of a sequence."""
        return self.frames * (self.sound_rate // self.rate)

    @property
    def pictures(self) -> int:
        """Pictures of a sequence."""
        return self.frames // self.frames_per_picture


class Sequences:
    """The sequences of some recordings: end to end, the last one moved back to end with its recording.

    Args:
        folder: of the recordings.
        recordings: which ones.
        forms: `sound`, `pictures` or both. A recording that lacks one has silence or black pictures.
        form: of the sequences.
        scratch: a new folder for what is decoded; it is needed as long as this is. Five minutes with a picture of
            110 × 110 for each of 25 frames a second take 290 MB.

    Raises:
        CsvError: labels or a template are broken.
        MediaError: a sound or a film is broken.
    """

    def __init__(
        self,
        folder: RecordingFolder,
        recordings: Sequence[str],
        forms: Sequence[Form],
        form: SequenceForm,
        scratch: Path,
    ) -> None:
        scratch.mkdir(parents=True)
        self.folder, self.form, self.forms = folder, form, tuple(forms)
        decoding = tqdm(recordings, desc="decoding", unit="recording", disable=None if len(recordings) > 1 else True)
        self.media = {name: _opened(folder, name, forms, form, scratch) for name in decoding}
        self.places = [
            (name, first) for name, one in self.media.items() for first in first_frames(len(one.times), form.frames)
        ]

    def inputs(self, recording: str, first: int, forms: Sequence[Form], random: np.random.Generator | None) -> Inputs:
        """One sequence from a frame on, without the first axis of `Inputs`; augmented where `random` is given."""
        media, form = self.media[recording], self.form
        result = {}
        if "sound" in forms:
            result["sound"] = media.sound_of(first, form.samples)
        if "pictures" in forms:
            faces = media.faces_of(first, form.pictures)
            result["pictures"] = (
                centre_crop(faces, form.side)
                if random is None
                else augmented(faces, form.side, form.brightness, form.saturation, random)
            )
        return result

    def batches(self, forms: Sequence[Form], size: int, shuffle_seed: int | None = None) -> tf.data.Dataset:
        """(inputs, labels of shape (sequences, frames, attributes)) of the labelled sequences that are whole.

        Args:
            forms: which inputs.
            size: sequences in a batch.
            shuffle_seed: with it, for training: in a new order in every pass, and pictures are augmented.

        Raises:
            ValueError: there are none.
        """
        labels, length = self.folder.labels, self.form.frames
        places = [(name, at) for name, at in self.places if name in labels and at + length <= len(labels[name].times)]
        if not places:
            raise ValueError(
                f"{self.folder.path}: expected labelled recordings of {length} frames or more, "
                f"found none among {len(self.media)}"
            )
        random = None if shuffle_seed is None else np.random.default_rng(shuffle_seed)

        def load(rows: NDArray[np.int64]) -> tuple[Inputs, NDArray[np.float32]]:
            chosen = [places[row] for row in rows]
            each = [self.inputs(name, first, forms, random) for name, first in chosen]
            values = [labels[name].values[first : first + length] for name, first in chosen]
            return {key: np.stack([one[key] for one in each]) for key in each[0]}, np.stack(values).astype(np.float32)

        return batches(load, np.arange(len(places)), size=size, shuffle_seed=shuffle_seed)


def modality_of_form(challenge: Challenge, form: Form) -> str | None:
    """The challenge's first modality of that form, or None."""
    return next((modality.name for modality in challenge.modalities if modality.form == form), None)


def _opened(folder: RecordingFolder, name: str, forms: Sequence[Form], form: SequenceForm, scratch: Path) -> RawMedia:
    times = folder.templates[name]
    sound = np.zeros(0, dtype=np.float32)
    faces = np.zeros((0, form.side_uncropped, form.side_uncropped, 3), dtype=np.uint8)
    files = {
        one: folder.media(modality, name) for one in forms if (modality := modality_of_form(folder.challenge, one))
    }
    if (file := files.get("sound")) is not None:
        sound = sound_on_disk(file, form.sound_rate, scratch / f"{name}.sound.npy")
    if (file := files.get("pictures")) is not None:
        shown = times[:: form.frames_per_picture]
        faces = faces_on_disk(file, shown, form.side_uncropped, scratch / f"{name}.pictures.npy")
    return RawMedia(times, sound, form.sound_rate, faces, form.frames_per_picture)
