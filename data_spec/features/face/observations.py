"""What is seen of every face in a film, row by row in a file; and, at the end, the person it is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from data_spec.features.eyes import MEASURES, measure_eyes
from data_spec.features.face.embedding import Embedding
from data_spec.features.face.faces import Face
from data_spec.features.face.finding import FaceFinder
from data_spec.features.face.head_pose import head_pose
from data_spec.features.face.identity import IdentityNetwork
from data_spec.features.face.linking import Track, persons
from data_spec.features.face.tracking import Tracker
from data_spec.media.pictures import Picture
from data_spec.stream import Flags, Times

IDENTITIES_OF_A_TRACK = 5
"""How many pictures of a track are asked who it is: an identity costs as much time as a hundred other networks."""

SECONDS_BETWEEN_IDENTITIES = 2.0

NEAR_FRONTAL_DEGREES = 25.0
"""Faces turned further say little of who it is: identities are compared on near-frontal ones ([004], face pipeline)."""


@dataclass(frozen=True)
class Observations:
    """One person in a film.

    Attributes:
        seconds: when the person was seen, increasing, shape (pictures,)
        joined: whether the picture before showed the person too, shape (pictures,)
        eyes: what `measure_eyes` says, shape (pictures, 5)
        tracks: the numbers of the person's tracks.
        people: how many there are in the film.
        notes: what the film's user should know, a sentence each.
    """

    seconds: Times
    joined: Flags
    eyes: NDArray[np.float32]
    tracks: tuple[int, ...]
    people: int
    notes: tuple[str, ...]
    _file: Path
    _features: int
    _rows: NDArray[np.int64]

    def embeddings(self, pictures: slice) -> NDArray[np.float32]:
        """The embeddings of some of the pictures, read from the file, shape (pictures, features)."""
        rows = self._rows[pictures]
        if len(rows) == 0:
            return np.zeros((0, self._features), dtype=np.float32)
        # Only these: what is between them may be an hour of other people.
        return np.asarray(np.memmap(self._file, np.float32, mode="r").reshape(-1, self._features)[rows])


@dataclass
class _Following:
    """A track that is being seen: for how long, how large, who."""

    first: float
    last: float
    pictures: int = 0
    areas: float = 0.0
    identities: list[NDArray[np.float32]] = field(default_factory=list)
    next_identity: float = -np.inf


_SEEN = np.dtype([("seconds", "f8"), ("picture", "i8"), ("track", "i8"), ("eyes", "f4", (MEASURES,))])
"""What is kept of a face in a picture, beside its embedding, which is much larger and has a file of its own."""


class FaceObserver:
    """Looks at the pictures of a film in order.

    Args:
        folder: where the rows go, in two files.
        embedding: what each face is turned into; None where nobody asks.
    """

    def __init__(self, folder: Path, embedding: Embedding | None) -> None:
        self._paths = folder / "faces.bin", folder / "embeddings.bin"
        self._embedding = embedding
        self._tracks: dict[int, _Following] = {}
        self._finder: FaceFinder | None = None
        self._tracker = Tracker()
        self._pictures = 0

    def __enter__(self) -> Self:
        self._faces, self._embeddings = (path.open("wb") for path in self._paths)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._faces.close()
        self._embeddings.close()

    def look(self, picture: Picture) -> list[tuple[int, Face]]:
        """Find, follow and measure the faces of the film's next picture: the number of its track and the face, each."""
        if self._finder is None:
            self._finder = FaceFinder()
        faces = self._finder.find(picture)
        numbered = list(zip(self._tracker.assign(picture.seconds, faces), faces, strict=True))
        for number, face in numbered:
            track = self._tracks.setdefault(number, _Following(picture.seconds, picture.seconds))
            track.last = picture.seconds
            track.areas += face.area
            track.pictures += 1
            pose = head_pose(face.landmarks)
            is_frontal = max(abs(pose.yaw), abs(pose.pitch)) <= NEAR_FRONTAL_DEGREES
            if is_frontal and picture.seconds >= track.next_identity and len(track.identities) < IDENTITIES_OF_A_TRACK:
                track.identities.append(_identity_network().embed(picture.pixels, face))
                track.next_identity = picture.seconds + SECONDS_BETWEEN_IDENTITIES
            row = np.zeros((), dtype=_SEEN)
            row["seconds"], row["picture"], row["track"] = picture.seconds, self._pictures, number
            row["eyes"] = measure_eyes(face.landmarks)
            self._faces.write(row.tobytes())
            if self._embedding is not None:
                self._embeddings.write(self._embedding.embed(picture.pixels, face).astype(np.float32).tobytes())
        self._pictures += 1
        return numbered

    def person(self) -> Observations:
        """The largest person of the film: the one with the most area over time. Nobody: no rows, and a note."""
        tracks = [
            Track(
                number,
                one.first,
                one.last,
                one.areas / one.pictures,
                np.array(one.identities, dtype=np.float32).reshape(-1, 128),
            )
            for number, one in self._tracks.items()
        ]
        features = 0 if self._embedding is None else self._embedding.features
        rows = np.fromfile(self._paths[0], dtype=_SEEN)
        people = persons(tracks)
        own = people[0].tracks if people else ()
        # No two of them are in one picture: tracks that meet are never one person's.
        kept = np.flatnonzero(np.isin(rows["track"], own))
        notes: tuple[str, ...] = ()
        if len(people) != 1:
            notes = (
                f"face: the largest of {len(people)} people is followed" if people else "face: none in any picture",
            )
        joined = np.diff(rows["picture"][kept], prepend=-2) == 1
        return Observations(
            rows["seconds"][kept], joined, rows["eyes"][kept], own, len(people), notes, self._paths[1], features, kept
        )


@cache
def _identity_network() -> IdentityNetwork:
    """Loaded once for a process: that takes as long as a picture."""
    return IdentityNetwork()
