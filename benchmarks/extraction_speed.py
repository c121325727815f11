"""How much faster than real time each stream is extracted from a film, against calling the packages frame by frame.

python -m benchmarks.extraction_speed film.mp4

Two processes extract the same film side by side, each several times, with networks that are loaded; then the same
film is gone through the plain way, as the packages' own examples do it:

- audio: openSMILE on a piece of 0.2 s around each frame
- face: dlib finds the face in every picture, its 68 landmarks, its embedding
- eyes: dlib finds the face in every picture, and its 68 landmarks
- body: the pose networks of MediaPipe, loaded and detecting anew for every picture

The kit follows faces and poses from picture to picture instead, embeds with a small network, looks for poses no more
often than the stream has frames, and describes sound as a whole.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

PROCESSES = 2
TURNS = 5
PLAIN_PICTURES = 30
"""Of the film, the plain way is measured on so many pictures, or as much sound."""


def main(film: Path) -> None:
    """Measure and print."""
    from data_spec.media.container import read_facts

    facts = read_facts(film)
    if not (facts.has_pictures and facts.has_sound and facts.seconds >= 2):
        sys.exit(f"{film}: expected a film of two seconds or more, with sound. Received: {facts}")
    print("| stream | × real time | the plain way | ratio |")  # noqa: T201
    print("|---|---|---|---|")  # noqa: T201
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        for stream in ("audio", "face", "eyes", "body"):
            for way in (extract, extract_plainly):  # loads what is needed
                list(pool.map(way, [film] * PROCESSES, [stream] * PROCESSES))
            pairs = []
            for _ in range(TURNS):
                ours = sum(pool.map(extract, [film] * PROCESSES, [stream] * PROCESSES))
                plain = sum(pool.map(extract_plainly, [film] * PROCESSES, [stream] * PROCESSES))
                pairs.append((ours, plain, ours / plain))
            ours, plain, ratio = (median(column) for column in zip(*pairs, strict=True))
            least, most = min(pair[2] for pair in pairs), max(pair[2] for pair in pairs)
            print(f"| {stream} | {ours:.1f} | {plain:.2f} | {ratio:.1f} ({least:.1f} to {most:.1f}) |")  # noqa: T201


def extract(film: Path, stream: str) -> float:
    """How many seconds of the film one process extracts in a second."""
    from data_spec.features.audio import extract_sound
    from data_spec.features.film import BODY, extract_film
    from data_spec.media.container import read_facts
    from data_spec.media.sound import sound_pieces

    seconds = read_facts(film).seconds
    start = time.perf_counter()
    if stream == "audio":
        rate, pieces = sound_pieces(film)
        extract_sound(pieces, rate)
    else:
        with TemporaryDirectory() as scratch:
            extract_film(film, [BODY if stream == "body" else stream], _embedding(), Path(scratch))
    return seconds / (time.perf_counter() - start)


def extract_plainly(film: Path, stream: str) -> float:
    """The same, the plain way, on the beginning of the film."""
    from data_spec.media.pictures import read_pictures

    start = time.perf_counter()
    if stream == "audio":
        return _audio_plainly(film)
    last = 0.0
    for picture in islice(read_pictures(film), PLAIN_PICTURES):
        _PLAIN[stream](picture)
        last = picture.seconds
    return last / (time.perf_counter() - start)


def _audio_plainly(film: Path) -> float:
    import numpy as np

    from data_spec.media.sound import read_sound

    start = time.perf_counter()
    samples, rate = read_sound(film)
    frames = PLAIN_PICTURES * 100 // 30
    for frame in range(frames):
        piece = samples[frame * rate // 100 :][: rate // 5]
        for extractor in _sound_extractors():
            extractor.process_signal(np.asarray(piece), rate)
    return frames / 100 / (time.perf_counter() - start)


def _face_plainly(picture: Any) -> None:
    finder, landmarks, embed = _dlib()
    for box in finder(picture.pixels, 0):
        embed.compute_face_descriptor(picture.pixels, landmarks(picture.pixels, box))


def _eyes_plainly(picture: Any) -> None:
    finder, landmarks, _ = _dlib()
    for box in finder(picture.pixels, 0):
        landmarks(picture.pixels, box)


def _body_plainly(picture: Any) -> None:
    from data_spec.features.body.pose import PoseFinder

    PoseFinder().find(picture)


_PLAIN: dict[str, Callable[[Any], None]] = {"face": _face_plainly, "eyes": _eyes_plainly, "body": _body_plainly}


@cache
def _embedding() -> Any:
    from data_spec.features.face.embedding import open_embedding

    return open_embedding("expression", None)


@cache
def _dlib() -> tuple[Any, Any, Any]:
    import dlib

    from data_spec.features.packages import model_file

    models = ("face_recognition_models", "models")
    return (
        dlib.get_frontal_face_detector(),
        dlib.shape_predictor(str(model_file(*models, "shape_predictor_68_face_landmarks.dat"))),
        dlib.face_recognition_model_v1(str(model_file(*models, "dlib_face_recognition_resnet_model_v1.dat"))),
    )


@cache
def _sound_extractors() -> tuple[Any, ...]:
    import opensmile

    import data_spec.features

    configuration = Path(data_spec.features.__path__[0], "mfcc.conf")
    descriptors = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.LowLevelDescriptors)
    return descriptors, opensmile.Smile(str(configuration), "lld")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"expected a film, received {sys.argv[1:] or 'nothing'}")
    main(Path(sys.argv[1]))
