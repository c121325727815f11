"""Recordings of sound and faces for tests: arousal is how loud it is, valence how bright the face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from baseline.system import Part, TrainingData
from data_spec.challenge import load_challenge
from data_spec.corpus import Corpus
from data_spec.csv_files import write_labels, write_template
from data_spec.stream import Labels
from data_spec.synthetic.media import write_film, write_sound
from data_spec.synthetic.performed import Film, Sound

RATE = 25
SOUND_RATE = 4000
SIDE = 32
SPLITS = {"train": 6, "validation": 3, "test": 2}


def make_corpus(root: Path, seconds: float = 8.0) -> Corpus:
    """A corpus of the form of RECOLA with small pictures. The last recording of the test has no face."""
    recola = load_challenge("recola")
    sizes = {"sound": {"rate": SOUND_RATE}, "faces": {"height": SIDE, "width": SIDE}}
    modalities = [one.model_copy(update=sizes.get(one.name, {})) for one in recola.modalities]
    challenge = recola.model_copy(update={"modalities": tuple(modalities)})
    Corpus.create(root, challenge)
    random = np.random.default_rng(0)
    for split, count in SPLITS.items():
        for number in range(count):
            name, folder = f"{split}{number}", root / split
            values = attributes(round(seconds * RATE), random)
            write_sound(folder / "sound" / f"{name}.flac", Sound(sound_of(values[:, 0], random), SOUND_RATE))
            if split != "test" or number < count - 1:
                write_film(folder / "faces" / f"{name}.mp4", Film(iter(faces_of(values[:, 1])), RATE))
            times = np.arange(len(values)) / RATE
            if split == "test":
                write_template(folder / "prediction" / f"{name}.csv", times, challenge.task)
            else:
                labels = Labels.of_attributes(times, values)
                write_labels(folder / "labels" / f"{name}.csv", labels, challenge.task)
    return Corpus.open(root)


def training_data(corpus: Corpus) -> TrainingData:
    """Its training and validation recordings."""
    train, validation = corpus.folder("train"), corpus.folder("validation")
    return TrainingData(Part(train, train.recordings), Part(validation, validation.recordings))


def attributes(frames: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Arousal and valence that take some seconds to change, -1 to 1, shape (frames, 2)."""
    times = np.arange(frames)[:, None] / RATE
    return 0.8 * np.sin(2 * np.pi * (times * random.uniform(0.15, 0.4, 2) + random.uniform(0, 1, 2)))


def sound_of(arousal: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float32]:
    """Noise whose loudness follows arousal, shape (samples,)."""
    loudness = np.repeat(0.05 + 0.1 * (1 + arousal), SOUND_RATE // RATE)
    return np.clip(loudness * random.normal(size=len(loudness)), -1, 1).astype(np.float32)


def faces_of(valence: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Pictures whose brightness follows valence, shape (pictures, side, side, 3)."""
    brightness = (127 + 100 * valence).astype(np.uint8)
    return np.broadcast_to(brightness[:, None, None, None], (len(valence), SIDE, SIDE, 3)).copy()
