from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_spec.features.face.faces import Face
from data_spec.features.face.identity import IdentityNetwork
from data_spec.features.face.linking import SAME_PERSON, Person, Track, persons
from tests.data_spec.features.face.astronaut import astronaut, face_of, packages_are_there

NOBODY = np.zeros((0, 128), dtype=np.float32)


def person_like(seed: int, spread: float = 0.0, faces: int = 3) -> np.ndarray:
    """Embeddings of one person's faces, `spread` away from their middle."""
    middle = np.random.default_rng(seed).normal(size=128)
    noise = np.random.default_rng([seed, 1]).normal(size=(faces, 128))
    return (middle + spread * noise).astype(np.float32)


def track(number: int, first: float, last: float, identities: np.ndarray, area: float = 100.0) -> Track:
    return Track(number, first, last, area, identities)


def test_tracks_of_like_faces_are_one_person() -> None:
    tracks = [track(0, 0, 2, person_like(1, 0.1)), track(1, 2.5, 4, person_like(2)), track(2, 5, 9, person_like(1))]
    assert [one.tracks for one in persons(tracks)] == [(0, 2), (1,)]


def test_tracks_that_are_in_one_picture_are_never_one_person() -> None:
    twins = [track(0, 0, 2, person_like(1)), track(1, 2, 3, person_like(1))]
    assert [one.tracks for one in persons(twins)] == [(0,), (1,)]
    assert [one.tracks for one in persons([twins[0], replace(twins[1], first=2.04)])] == [(0, 1)]


def test_nobody_is_joined_over_a_third_who_is_in_the_picture_with_one_of_them() -> None:
    one = person_like(1)
    tracks = [track(0, 0, 1, one), track(1, 2, 4, one), track(2, 3, 5, person_like(1, 0.1)), track(3, 6, 7, NOBODY)]
    # 0 and 1 are alike to the last digit and joined first; 2 would fit 0, but not 1, beside whom it is seen.
    assert sorted(one.tracks for one in persons(tracks)) == [(0, 1), (2,), (3,)]


def test_a_track_whose_faces_nobody_looked_at_stays_alone() -> None:
    assert [one.tracks for one in persons([track(0, 0, 1, NOBODY), track(1, 2, 3, NOBODY)])] == [(0,), (1,)]


def test_the_person_who_fills_most_of_the_film_is_first() -> None:
    tracks = [
        track(0, 0, 10, person_like(1), area=100),
        track(1, 0, 4, person_like(2), area=200),
        track(2, 5, 9, person_like(2), area=100),
        track(3, 0, 0, person_like(3), area=10_000),
    ]
    assert persons(tracks) == [Person((1, 2), 8.0, 150.0), Person((0,), 10.0, 100.0), Person((3,), 0.0, 10_000.0)]


def test_in_a_still_picture_the_largest_face_is_first() -> None:
    tracks = [track(number, 0, 0, NOBODY, area=area) for number, area in enumerate((5.0, 9.0, 7.0))]
    assert [one.tracks for one in persons(tracks)] == [(1,), (2,), (0,)]


def test_where_no_face_is_there_is_nobody() -> None:
    assert persons([]) == []


@st.composite
def films(draw: st.DrawFn) -> list[Track]:
    tracks = []
    for number in range(draw(st.integers(1, 9))):
        first = draw(st.floats(0, 20))
        faces = draw(st.integers(0, 3))
        identities = person_like(draw(st.integers(0, 3)), 0.3, faces) + np.float32(0.01 * number)
        tracks.append(track(number, first, first + draw(st.floats(0, 6)), identities, draw(st.floats(1, 100))))
    return tracks


@settings(max_examples=150, deadline=None)
@given(films(), st.randoms(use_true_random=False))
def test_every_track_has_one_person_none_meets_itself_and_order_does_not_matter(
    tracks: list[Track], random: st.DataObject
) -> None:
    found = persons(tracks)
    assert sorted(number for one in found for number in one.tracks) == [one.number for one in tracks]
    for one in found:
        mine = [tracks[number] for number in one.tracks]
        assert all(before.last < after.first for before, after in pairwise(mine))
        assert one.seconds == pytest.approx(sum(part.last - part.first for part in mine))
    assert [one.area * one.seconds for one in found] == sorted((one.area * one.seconds for one in found), reverse=True)
    shuffled = list(tracks)
    random.shuffle(shuffled)
    assert {one.tracks for one in persons(shuffled)} == {one.tracks for one in found}


@packages_are_there
def test_a_face_under_other_light_mirrored_or_small_is_the_same_person() -> None:
    import cv2

    network = IdentityNetwork()
    pixels, face = astronaut()
    small = Face(face.landmarks / 3, 1.0)
    mirrored = face.landmarks.copy()
    mirrored[:, 0] = 511 - mirrored[:, 0]
    mirrored[[263, 33, 362, 133]] = mirrored[[33, 263, 133, 362]]
    seen = [
        network.embed(pixels, face),
        network.embed((255 * (pixels / 255) ** 1.8).astype(np.uint8), face),
        network.embed(cv2.resize(pixels, None, fx=1 / 3, fy=1 / 3, interpolation=cv2.INTER_AREA), small),
        network.embed(np.ascontiguousarray(pixels[:, ::-1]), Face(mirrored, 1.0)),
    ]
    tracks = [track(number, number, number + 0.5, one[None]) for number, one in enumerate(seen)]
    assert [one.tracks for one in persons(tracks)] == [(0, 1, 2, 3)]


REAL_FACES = (
    ((769.2, 345.5), (748.1, 343.5), (703.0, 337.5), (722.7, 340.5), (729.8, 369.3)),
    ((609.9, 359.1), (590.0, 357.5), (548.7, 353.2), (566.5, 355.3), (572.3, 383.3)),
    ((395.9, 281.4), (378.0, 283.2), (335.9, 284.6), (355.2, 284.3), (370.0, 312.3)),
    ((503.3, 249.6), (488.2, 249.1), (453.2, 247.7), (468.6, 248.3), (478.3, 271.4)),
)
"""Of four people in `multi_face.jpg`."""


@packages_are_there
def test_real_people_who_look_alike_stay_apart(shared_data: Callable[[str], Path]) -> None:
    import cv2

    pixels = cv2.imread(str(shared_data("face-video") / "multi_face.jpg"))[..., ::-1]
    network = IdentityNetwork()
    seen = [network.embed(np.ascontiguousarray(pixels), face_of(five)) for five in REAL_FACES]
    tracks = [track(number, number, number + 0.5, one[None]) for number, one in enumerate(seen)]
    assert len(persons(tracks)) == len(REAL_FACES)
    # dlib's own threshold, 0.6 apart, would take two of them for one.
    assert len(persons(tracks, 0.91)) < len(REAL_FACES)
    assert SAME_PERSON > 0.91
