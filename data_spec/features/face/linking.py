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
    if not groups:
        return []
    sums = np.array([track.identities.sum(axis=0, dtype=np.float64) for track in tracks])
    is_known = np.array([len(track.identities) > 0 for track in tracks])
    # Nobody is like somebody in the same picture, oneself included.
    can_join = is_known[:, None] & is_known & ~_meet(tracks)
    likeness = np.where(can_join, _cosines(sums, sums), -np.inf)
    while likeness.max() >= threshold:
        kept, joined = sorted(divmod(int(likeness.argmax()), len(tracks)))
        groups[kept] += groups[joined]
        groups[joined] = []
        sums[kept] += sums[joined]
        can_join = np.isfinite(likeness[kept]) & np.isfinite(likeness[joined])
        likeness[kept, :] = likeness[:, kept] = np.where(can_join, _cosines(sums[kept][None], sums)[0], -np.inf)
        likeness[joined, :] = likeness[:, joined] = -np.inf
    found = [_person(sorted(group, key=lambda track: (track.first, track.number))) for group in groups if group]
    return sorted(found, key=lambda one: (-one.area * one.seconds, -one.area, one.tracks))


def _meet(tracks: Sequence[Track]) -> NDArray[np.bool_]:
    """Which tracks go on at the same time, each with itself as well, shape (tracks, tracks)."""
    firsts, lasts = (np.array(times) for times in zip(*((track.first, track.last) for track in tracks), strict=True))
    begins_before_end = firsts[:, None] <= lasts
    return np.asarray(begins_before_end & begins_before_end.T)


def _cosines(ones: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """The cosines of the angles between vectors, -1 for one without a direction, shape (ones, others)."""
    lengths = np.outer(np.linalg.norm(ones, axis=1), np.linalg.norm(others, axis=1))
    return np.asarray(np.divide(ones @ others.T, lengths, out=np.full(lengths.shape, -1.0), where=lengths > 0))


def _person(tracks: Sequence[Track]) -> Person:
    """One person of these tracks."""
    seconds = [track.last - track.first for track in tracks]
    areas = [track.area for track in tracks]
    # In a still picture, and in tracks of one picture each, no time passes: each weighs the same.
    area = float(np.average(areas, weights=seconds if sum(seconds) > 0 else None))
    return Person(tuple(track.number for track in tracks), float(sum(seconds)), area)
