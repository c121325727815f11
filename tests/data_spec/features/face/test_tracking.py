from __future__ import annotations

import numpy as np

from data_spec.features.face.faces import Face
from data_spec.features.face.tracking import LONGEST_UNSEEN, Tracker


def face(left: float) -> Face:
    """A face whose box is a square of 100 pixels that begins at `left`."""
    landmarks = np.full((478, 3), (left, 0, 0), dtype=np.float32)
    landmarks[100, :2] += 100
    return Face(landmarks, 1.0)


def test_a_face_that_moves_keeps_its_number() -> None:
    tracker = Tracker()
    assert [tracker.assign(picture / 25, [face(20 * picture)]) for picture in range(20)] == [[0]] * 20


def test_numbers_follow_the_faces_in_whatever_order_they_are_given() -> None:
    tracker = Tracker()
    assert tracker.assign(0.0, [face(0), face(300)]) == [0, 1]
    assert tracker.assign(0.04, [face(310), face(10)]) == [1, 0]


def test_a_new_face_gets_a_new_number() -> None:
    tracker = Tracker()
    tracker.assign(0.0, [face(0)])
    assert tracker.assign(0.04, [face(300), face(0)]) == [1, 0]


def test_of_two_faces_the_one_that_overlaps_more_goes_on() -> None:
    tracker = Tracker()
    tracker.assign(0.0, [face(0)])
    assert tracker.assign(0.04, [face(40), face(10)]) == [1, 0]


def test_two_faces_beside_each_other_do_not_exchange_their_numbers() -> None:
    tracker = Tracker()
    tracker.assign(0.0, [face(0), face(60)])
    assert tracker.assign(0.04, [face(25), face(65)]) == [0, 1]


def test_a_face_far_from_where_it_was_is_another_track() -> None:
    tracker = Tracker()
    tracker.assign(0.0, [face(0)])
    assert tracker.assign(0.04, [face(60)]) == [1]


def test_a_track_lives_through_pictures_in_which_its_face_was_not_seen() -> None:
    tracker = Tracker()
    tracker.assign(1.0, [face(0)])
    tracker.assign(1.1, [])
    assert tracker.assign(1.0 + LONGEST_UNSEEN, [face(0)]) == [0]


def test_a_track_that_was_not_seen_too_long_has_ended() -> None:
    tracker = Tracker()
    tracker.assign(1.0, [face(0)])
    tracker.assign(1.1, [])
    assert tracker.assign(1.05 + LONGEST_UNSEEN, [face(0)]) == [1]


def test_a_track_that_has_ended_never_gets_a_face_again() -> None:
    tracker = Tracker()
    tracker.assign(0.0, [face(0)])
    assert tracker.assign(1.0, [face(300)]) == [1]
    assert tracker.assign(1.04, [face(0), face(300)]) == [2, 1]


def test_pictures_without_faces_have_no_numbers() -> None:
    assert Tracker().assign(0.0, []) == []
