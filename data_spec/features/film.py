"""A film → what its pictures show: the face stream (not yet projected), the eyes stream, and a stand-in for the Kinect.

The pictures are looked at once, one at a time. What is seen of each face goes to a file, row by row, since who the
person is that the recording is about is known only at the end: memory stays flat however long the film is.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_spec.features.body.joints import JOINTS, Skeleton
from data_spec.features.body.movement import body_stream
from data_spec.features.body.pose import NOSE, Pose, PoseFinder
from data_spec.features.body.pose_joints import kinect_joints
from data_spec.features.eyes import eyes_stream
from data_spec.features.face.embedding import Embedding
from data_spec.features.face.faces import Face
from data_spec.features.face.observations import FaceObserver, Observations
from data_spec.features.resampling import LONGEST_BRIDGE, frame_times, interpolate
from data_spec.media.pictures import read_pictures
from data_spec.stream import Flags, Stream

FACE_RATE = 50
"""Frames per second of the face stream."""

POSE_RATE = 15
"""How many pictures a second the pose is looked for in at the most: as many as Kinect gave frames in 2017."""

STILL_SECONDS = LONGEST_BRIDGE / 2
"""How long a still picture is shown: as long as what it shows holds (`resampling.bridged`)."""

FACE, EYES, BODY = "face", "eyes", "kinect"
"""The modalities that a film gives."""

_POSE = np.dtype([("seconds", "f8"), ("track", "i8"), ("positions", "f4", (len(JOINTS), 3))])
"""What is kept of each pose."""

_NO_FACE, _NO_FACE_OF_IT = -1, -2
"""Instead of the track of a pose's face: there is none in the picture; there are some, and none where its nose is."""

_CHUNK = 2_000  # frames that are interpolated at once


@dataclass(frozen=True)
class Film:
    """What was seen in a film.

    Attributes:
        seconds: how long it is.
        pictures: how many it has.
        faces: in how many of them the person was seen.
        streams: by modality; `face` not yet projected, shape (frames, embedding.features), in a file.
        notes: what its user should know, a sentence each.
    """

    seconds: float
    pictures: int
    faces: int
    streams: dict[str, Stream]
    notes: tuple[str, ...]


def no_progress(seconds: float) -> None:
    """Tell nobody."""


def extract_film(
    path: Path,
    modalities: Collection[str],
    embedding: Embedding,
    scratch: Path,
    progress: Callable[[float], None] = no_progress,
) -> Film:
    """Everything that the pictures of a film give.

    Args:
        path: a film, or a still picture.
        modalities: some of `face`, `eyes` and `kinect`; others are none of a film's business.
        embedding: what the face stream is made of.
        scratch: an empty folder that is kept for as long as the streams are read.
        progress: told the time of each picture when it has been looked at.

    Raises:
        MediaError: the film cannot be decoded.
        MissingPackageError: a package for extraction is not installed.
    """
    watches_faces = FACE in modalities or EYES in modalities
    observer = FaceObserver(scratch, embedding if FACE in modalities else None)
    poses = PoseFinder() if BODY in modalities else None
    times = array("d")
    next_pose = 0.0
    faces: list[tuple[int, Face]] = []
    with observer, (scratch / "poses.bin").open("wb") as pose_file:
        for picture in read_pictures(path):
            times.append(picture.seconds)
            if watches_faces:
                faces = observer.look(picture)
            # A little early is in time: pictures come a hair before or after their even times.
            if poses is not None and picture.seconds >= next_pose - 0.25 / POSE_RATE:
                next_pose = max(next_pose, picture.seconds - 1 / POSE_RATE) + 1 / POSE_RATE
                if (pose := poses.find_pose(picture)) is not None:
                    positions = kinect_joints(pose.world, pose.visibility)
                    row = (picture.seconds, _whose(pose, faces), positions)
                    pose_file.write(np.array(row, dtype=_POSE).tobytes())
            progress(picture.seconds)
    seconds = times[-1] + float(np.median(np.diff(times))) if len(times) > 1 else STILL_SECONDS
    streams: dict[str, Stream] = {}
    notes: list[str] = []
    seen = observer.person() if watches_faces else None
    if seen is not None:
        notes += seen.notes
        if EYES in modalities:
            streams[EYES] = eyes_stream(seen.seconds, seen.eyes, seconds, seen.joined)
        if FACE in modalities:
            streams[FACE] = _face_stream(seen, embedding.features, seconds, scratch / "face.bin")
    if poses is not None:
        streams[BODY] = body_stream(_skeleton(scratch / "poses.bin", seen), seconds)
        notes.append(f"{BODY}: stands in from the film's pose, without the way of the whole body")
        if seen is not None and (others := _others(scratch / "poses.bin", seen)) > 0:
            notes.append(f"{BODY}: left out where the pose was not the followed person's ({others:.0%} of poses)")
        if seen is not None and seen.people == 0 and streams[BODY].present.any():
            notes.append(f"{BODY}: without a face in any picture, the body may be nobody's")
    return Film(seconds, len(times), 0 if seen is None else len(seen.seconds), streams, tuple(notes))


def _whose(pose: Pose, faces: list[tuple[int, Face]]) -> int:
    """The track of the face that the pose's nose is in."""
    x, y = pose.landmarks[NOSE]
    for number, face in faces:
        left, top, right, bottom = face.box
        if left <= x <= right and top <= y <= bottom:
            return number
    return _NO_FACE_OF_IT if faces else _NO_FACE


def _poses(file: Path) -> NDArray[np.void]:
    """The poses in a file, which stay there. An empty one cannot be mapped."""
    return np.memmap(file, _POSE, mode="r") if file.stat().st_size else np.zeros(0, dtype=_POSE)


def _is_own(poses: NDArray[np.void], seen: Observations | None) -> Flags:
    """Which poses are of the person whose face is followed, or of somebody whose face is not seen."""
    return np.isin(poses["track"], [_NO_FACE, *(seen.tracks if seen is not None else ())])


def _others(file: Path, seen: Observations) -> float:
    """The share of poses that are not the person's, 0 to 1."""
    poses = _poses(file)
    return 1 - float(_is_own(poses, seen).mean()) if len(poses) else 0.0


def _skeleton(file: Path, seen: Observations | None) -> Skeleton:
    """The person's poses in a file."""
    poses = _poses(file)
    own = _is_own(poses, seen)
    return Skeleton(np.asarray(poses["seconds"][own]), np.asarray(poses["positions"][own]))


def _face_stream(seen: Observations, features: int, seconds: float, file: Path) -> Stream:
    """The embeddings at 50 frames a second, in a file: an hour of them may be larger than memory."""
    times = frame_times(seconds, FACE_RATE)
    with file.open("wb") as out:
        for first in range(0, len(times), _CHUNK):
            asked = times[first : first + _CHUNK]
            near = slice(
                max(int(np.searchsorted(seen.seconds, asked[0])) - 1, 0),
                int(np.searchsorted(seen.seconds, asked[-1], side="right")) + 1,
            )
            values = interpolate(seen.seconds[near], seen.embeddings(near), asked, seen.joined[near])
            out.write(values.tobytes())
    if len(times) == 0:
        return Stream(times, np.zeros((0, features), dtype=np.float32))
    return Stream(times, np.memmap(file, dtype=np.float32, mode="r", shape=(len(times), features)))
