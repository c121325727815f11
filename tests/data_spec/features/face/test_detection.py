from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from skimage.data import astronaut

from data_spec.features.face.crops import Region, cut, overlap
from data_spec.features.face.detection import RANGES, FaceDetector, OneRange, anchors, suppressed

networks_are_there = pytest.mark.skipif(
    not all(find_spec(package) for package in ("ai_edge_litert", "cv2", "mediapipe")),
    reason="needs the optional packages of requirements-features.txt",
)
SHORT, FULL = RANGES

FACE = (226.0, 118.0)
"""The middle of the astronaut's face."""

HEIGHT = 100
"""Of the face, from the chin to the hair, in pixels."""


def at_share(share: float) -> np.ndarray:
    """The astronaut's face at this share of a picture's height."""
    return cut(astronaut(), Region(*FACE, HEIGHT / share), 480)


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector()


def test_the_network_for_short_range_has_two_anchors_at_its_fine_places_and_six_at_its_coarse_ones() -> None:
    found = anchors(128, *RANGES[SHORT][:2])
    assert found.shape == (16 * 16 * 2 + 8 * 8 * 6, 2)
    assert found[:3].tolist() == [[4, 4], [4, 4], [12, 4]]
    assert found[512:520].tolist() == [[8, 8]] * 6 + [[24, 8]] * 2
    assert found[-1].tolist() == [120, 120]


def test_the_network_for_full_range_has_an_anchor_every_four_pixels() -> None:
    found = anchors(192, *RANGES[FULL][:2])
    assert found.shape == (48 * 48, 2)
    assert found[[0, 1, 48, -1]].tolist() == [[2, 2], [6, 2], [2, 6], [190, 190]]


def test_boxes_that_overlap_the_surest_become_one_their_mean_weighted_by_score() -> None:
    points = np.array([[[0, 0], [10, 10], [4, 4]], [[100, 0], [110, 10], [104, 4]], [[2, 0], [12, 10], [7, 4]]], float)
    (first, first_score), (second, second_score) = suppressed(points, np.array([0.9, 0.6, 0.3], dtype=np.float32))
    np.testing.assert_allclose(first, [[0.5, 0], [10.5, 10], [4.75, 4]])
    np.testing.assert_allclose(second, points[1])
    assert (first_score, second_score) == (pytest.approx(0.9), pytest.approx(0.6))


def test_where_no_box_is_there_is_no_face() -> None:
    assert suppressed(np.zeros((0, 8, 2)), np.zeros(0, dtype=np.float32)) == []


@networks_are_there
def test_a_face_is_found_with_its_eyes_nose_mouth_and_ears_in_place(detector: FaceDetector) -> None:
    (face,) = detector.detect(astronaut())
    assert face.score > 0.8
    assert overlap(face.box, (186, 68, 266, 160)) > 0.5
    right_eye, left_eye, nose, mouth, right_ear, left_ear = face.keypoints
    # The right eye is on the left in a picture.
    assert right_ear[0] < right_eye[0] < nose[0] < left_eye[0] < left_ear[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < mouth[1]
    np.testing.assert_allclose(right_eye, (208, 101), atol=6)
    np.testing.assert_allclose(left_eye, (246, 104), atol=6)


@networks_are_there
def test_of_a_wide_or_a_high_picture_faces_are_found_at_their_place(detector: FaceDetector) -> None:
    (alone,) = detector.detect(astronaut())
    for above, beside in ((0, 400), (300, 0)):
        (face,) = detector.detect(np.pad(astronaut(), ((above, 0), (beside, 0), (0, 0))))
        np.testing.assert_allclose(face.keypoints - (beside, above), alone.keypoints, atol=8)


@networks_are_there
@pytest.mark.parametrize("share", [0.08, 0.12, 0.2, 0.4, 0.7, 1.0])
def test_a_face_is_found_whether_it_is_small_in_the_picture_or_fills_it(detector: FaceDetector, share: float) -> None:
    picture = at_share(share)
    assert len(found := detector.detect(picture)) == 1
    size = share * 480
    assert overlap(found[0].box, (240 - size / 2, 240 - size / 2, 240 + size / 2, 240 + size / 2)) > 0.5


@networks_are_there
def test_neither_network_finds_faces_of_every_size() -> None:
    short, full = (OneRange(name, *options) for name, options in RANGES.items())
    small, large = at_share(0.08), at_share(1.0)
    assert [len(short.detect(small)), len(full.detect(small))] == [0, 1]
    assert [len(short.detect(large)), len(full.detect(large))] == [1, 0]


@networks_are_there
def test_a_box_without_a_width_or_a_height_is_no_face(monkeypatch: pytest.MonkeyPatch) -> None:
    full = OneRange(FULL, *RANGES[FULL])
    boxes, scores = np.zeros((1, 2304, 16), np.float32), np.full((1, 2304, 1), -1000, np.float32)
    scores[0, [0, 1000, 2000]] = 1000
    boxes[0, [0, 1000, 2000], 2:4] = [(-30, 30), (30, 0), (20, 30)]
    monkeypatch.setattr(full, "_network", lambda _: [boxes, scores])
    (face,) = full.detect(np.zeros((192, 192, 3), np.uint8))
    x, y = anchors(192, *RANGES[FULL][:2])[2000]
    assert face.box == (x - 10, y - 15, x + 10, y + 15)
    assert face.score == 1


@networks_are_there
@pytest.mark.parametrize("value", [0, 128, 255])
def test_an_empty_picture_has_no_face(detector: FaceDetector, value: int) -> None:
    assert detector.detect(np.full((360, 640, 3), value, np.uint8)) == []


@networks_are_there
def test_the_region_of_a_tilted_face_is_tilted_with_it(detector: FaceDetector) -> None:
    tilted = cut(astronaut(), Region(*FACE, 400, np.radians(-25)), 400)
    (face,) = detector.detect(tilted)
    # She holds her head tilted by 3 degrees.
    assert np.degrees(face.region.angle) == pytest.approx(28, abs=8)
