"""Linking: tracks of faces that are the same person's, by the likeness of their embeddings.

A track ends where its face is lost: at a cut, behind a hand, turned away. Following Hradiš et al. (MixedEmotions
deliverable D4.6, section 4.1), tracks are linked where the cosine similarity of embeddings of near-frontal faces
passes a fixed threshold. There a new track joins whom it is like, one after the other; here the two that are most
alike are joined first, so that the order of the tracks does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAME_PERSON = 0.95
"""The least cosine similarity of the mean embeddings of one person's tracks.

dlib's documentation calls two faces one person's where they lie within 0.6 (`face_recognition.py` of its examples:
99.38 % right on Labeled Faces in the Wild); the vectors are about 1.42 long, so that is a cosine of 0.91. In films it
is too lax: two different people of one picture reached 0.935. Measured on eight people in four films and pictures:
different people 0.77 to 0.94; one person over a clip, speaking or from earnest to a grin, 0.974 or more; one person's
face made darker, brighter, warmer, lit from the side, mirrored, or shrunk to a width of 30 pixels 0.970 or more.
"""


@dataclass(frozen=True)
class Track:
    """One face, followed from picture to picture.

    Attributes:
        number: which of the tracks of a film.
        first: when it is seen first, in seconds.
        last: when it is seen last, in seconds.
        area: of its box, on average, in square pixels.
        identities: embeddings of its near-frontal faces by `IdentityNetwork`, shape (n, 128); n may be 0.
    """

    number: int
    first: float
    last: float
    area: float
    identities: NDArray[np.float32]


@dataclass(frozen=True)
class Person:
    """Somebody in a film.

    Attributes:
        tracks: the numbers of the tracks, in order of time.
        seconds: how long they are seen, all tracks together.
        area: of the box, on average over that time, in square pixels.
    """

    tracks: tuple[int, ...]
    seconds: float
    area: float


def persons(tracks: Sequence[Track], threshold: float = SAME_PERSON) -> list[Person]:
    """Who is in a film, the one that fills most of it first: by area times seconds, in a still picture by area.

    The two persons whose mean embeddings are most alike become one, again and again, until no two pass the
    threshold (agglomerative clustering with centroids). Tracks of which both are in some picture are never one
    person. A track without embeddings stays a person of its own.

    Args:
        tracks: of one film, in any order.
        threshold: the least cosine similarity of one person's tracks, -1 to 1.
    """
    groups = [[track] for track in tracks]
    sums = [track.identities.sum(axis=0, dtype=np.float64) for track in tracks]
    known = [number for number, track in enumerate(tracks) if len(track.identities)]
    likeness = np.full((len(tracks), len(tracks)), -np.inf)
    for place, one in enumerate(known):
        for other in known[:place]:
            if not _meet(tracks[one], tracks[other]):
                likeness[one, other] = likeness[other, one] = _cosine(sums[one], sums[other])
    while likeness.max(initial=-np.inf) >= threshold:
        kept, joined = sorted(divmod(int(likeness.argmax()), len(tracks)))
        groups[kept] += groups[joined]
        groups[joined] = []
        sums[kept] = sums[kept] + sums[joined]
        for other in np.flatnonzero(np.isfinite(likeness[kept])).tolist():
            can_join = np.isfinite(likeness[joined, other])
            likeness[kept, other] = likeness[other, kept] = _cosine(sums[kept], sums[other]) if can_join else -np.inf
        likeness[joined, :] = likeness[:, joined] = -np.inf
    found = [_person(sorted(group, key=lambda track: (track.first, track.number))) for group in groups if group]
    return sorted(found, key=lambda one: (-one.area * one.seconds, -one.area, one.tracks))


def _meet(one: Track, other: Track) -> bool:
    """Whether both are in some picture."""
    return one.first <= other.last and other.first <= one.last


def _cosine(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The cosine of the angle between two vectors."""
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / lengths if lengths > 0 else -1.0


def _person(tracks: Sequence[Track]) -> Person:
    """One person of these tracks."""
    seconds = [track.last - track.first for track in tracks]
    areas = [track.area for track in tracks]
    # In a still picture, and in tracks of one picture each, no time passes: each weighs the same.
    area = float(np.average(areas, weights=seconds if sum(seconds) > 0 else None))
    return Person(tuple(track.number for track in tracks), float(sum(seconds)), area)
