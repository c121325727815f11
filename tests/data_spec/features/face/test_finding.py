from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from skimage.data import astronaut

from data_spec.features.face.crops import Region, cut
from data_spec.features.face.faces import LEFT_IRIS, RIGHT_IRIS
from data_spec.features.face.finding import DETECTION_SECONDS, MOST_FACES, FaceFinder
from data_spec.features.face.head_pose import head_pose
from data_spec.features.face.tracking import Tracker
from data_spec.media.pictures import Picture, read_pictures

pytestmark = pytest.mark.skipif(
    not all(find_spec(package) for package in ("ai_edge_litert", "av", "cv2", "mediapipe")),
    reason="needs the optional packages of requirements-features.txt",
)
WALL = np.full((480, 640, 3), 90, np.uint8)


def with_faces(*places: tuple[int, int, int], wall: np.ndarray = WALL) -> np.ndarray:
    """A picture with photographs of the astronaut's head: (left, top, pixels of a side) of each."""
    picture = wall.copy()
    for left, top, side in places:
        picture[top : top + side, left : left + side] = cut(astronaut(), Region(226, 110, 180), side)
    return picture


@pytest.fixture
def finder() -> FaceFinder:
    return FaceFinder()


@pytest.fixture
def looks(finder: FaceFinder, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time that the detector was asked: how many faces it saw."""
    seen: list[int] = []
    detect = finder._detector.detect

    def counted(pixels: np.ndarray) -> list:
        found = detect(pixels)
        seen.append(len(found))
        return found

    monkeypatch.setattr(finder._detector, "detect", counted)
    return seen


def test_a_face_that_moves_is_found_in_every_picture_and_the_detector_asked_once_a_second(
    finder: FaceFinder, looks: list[int]
) -> None:
    lefts = []
    for number in range(51):
        (face,) = finder.find(Picture(number / 25, with_faces((5 * number, 100, 200))))
        lefts.append(face.box[0])
    np.testing.assert_allclose(np.diff(lefts), 5, atol=2)
    assert looks == [1] * round(1 + 2 / DETECTION_SECONDS)


def test_somebody_who_comes_in_is_found_when_the_detector_is_asked_again(finder: FaceFinder) -> None:
    counts = []
    for number in range(30):
        places = [(20, 100, 250), *([(350, 150, 200)] if number >= 5 else [])]
        counts.append(len(finder.find(Picture(number / 25, with_faces(*places)))))
    assert counts == [1] * 25 + [2] * 5


def test_faces_are_given_largest_first(finder: FaceFinder) -> None:
    faces = finder.find(Picture(0.0, with_faces((20, 20, 150), (380, 100, 250), (20, 250, 200))))
    assert len(faces) == 3
    assert [face.area for face in faces] == sorted((face.area for face in faces), reverse=True)
    assert faces[0].box[0] > 380


def test_after_a_cut_the_face_is_found_where_it_is_now(finder: FaceFinder, looks: list[int]) -> None:
    finder.find(Picture(0.0, with_faces((20, 20, 200))))
    (face,) = finder.find(Picture(0.04, with_faces((400, 240, 200))))
    assert face.box[0] > 400
    assert len(looks) == 2


def test_where_the_face_goes_none_is_found_until_it_comes_back(finder: FaceFinder) -> None:
    there, gone = with_faces((200, 100, 250)), WALL
    counts = [len(finder.find(Picture(number / 25, there if number in (0, 1, 5) else gone))) for number in range(7)]
    assert counts == [1, 1, 0, 0, 0, 1, 0]


def test_a_face_is_given_once_and_looked_at_once_though_it_is_followed_and_detected(
    finder: FaceFinder, looks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    regions = []
    find = finder._mesh.find
    monkeypatch.setattr(finder._mesh, "find", lambda pixels, region: (regions.append(region), find(pixels, region))[1])
    picture = with_faces((200, 100, 250))
    assert [len(finder.find(Picture(seconds, picture))) for seconds in (0.0, 1.5, 3.0)] == [1, 1, 1]
    assert looks == [1, 1, 1]
    assert len(regions) == 3


def test_two_followed_faces_that_turn_out_to_be_one_are_one(finder: FaceFinder) -> None:
    picture = with_faces((200, 100, 250))
    (face,) = finder.find(Picture(0.0, picture))
    finder._followed = [face, face]
    assert len(finder.find(Picture(0.04, picture))) == 1


def test_while_one_face_stays_another_that_jumps_is_found_at_once(finder: FaceFinder) -> None:
    stays = (20, 20, 250)
    finder.find(Picture(0.0, with_faces(stays, (350, 20, 200))))
    faces = finder.find(Picture(0.04, with_faces(stays, (400, 270, 200))))
    assert [face.box[1] > 270 for face in faces] == [False, True]


def test_of_a_crowd_only_the_largest_are_followed(finder: FaceFinder, looks: list[int]) -> None:
    small = (215, 163, 140)
    others = [
        (5 + 210 * column, 5 + 158 * row, 150) for row in range(3) for column in range(3) if (row, column) != (1, 1)
    ]
    faces = finder.find(Picture(0.0, with_faces(small, *others)))
    assert looks == [MOST_FACES + 1]
    assert len(faces) == MOST_FACES
    middle = (215 + 70, 163 + 70)
    assert not any(face.box[0] < middle[0] < face.box[2] and face.box[1] < middle[1] < face.box[3] for face in faces)


def test_pictures_of_nothing_have_no_face(finder: FaceFinder) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (360, 640, 3), dtype=np.uint8)
    for number, picture in enumerate([np.zeros_like(noise), noise, np.zeros((1, 1, 3), np.uint8)]):
        assert finder.find(Picture(number / 25, picture)) == []


@pytest.mark.parametrize(
    ("name", "pictures", "with_a_face"),
    [("ravdess-01-01-01-01-01-01-01.mp4", 98, 98), ("single_face.mp4", 72, 72), ("no_face.mp4", 95, 0)],
)
def test_in_real_films_a_face_is_found_where_there_is_one(
    finder: FaceFinder, shared_data: Callable[[str], Path], name: str, pictures: int, with_a_face: int
) -> None:
    tracker = Tracker()
    counts, numbers, poses, gazes = [], set(), [], []
    for picture in read_pictures(shared_data("face-video") / name):
        faces = finder.find(picture)
        counts.append(len(faces))
        numbers.update(tracker.assign(picture.seconds, faces))
        for face in faces:
            pose = head_pose(face.landmarks)
            poses.append((pose.yaw, pose.pitch, pose.roll))
            corners = face.landmarks[[[33, 133], [362, 263]], 0]
            middles = face.landmarks[[RIGHT_IRIS.start, LEFT_IRIS.start], 0]
            gazes.append((middles - corners[:, 0]) / (corners[:, 1] - corners[:, 0]))
    assert counts == [1] * with_a_face + [0] * (pictures - with_a_face)
    assert numbers == ({0} if with_a_face else set())
    # Both look about straight ahead, and no head turns by 5 degrees from one picture to the next.
    assert np.abs(poses).max(initial=0) < 20
    assert np.abs(np.diff(np.reshape(poses, (-1, 3)), axis=0)).max(initial=0) < 5
    assert np.abs(np.reshape(gazes, (-1, 2)) - 0.5).max(initial=0) < 0.25


def test_in_a_real_picture_of_a_group_all_five_are_found(
    finder: FaceFinder, shared_data: Callable[[str], Path]
) -> None:
    (picture,) = read_pictures(shared_data("face-video") / "multi_face.jpg")
    faces = finder.find(picture)
    middles = sorted(
        (round((left + right) / 2), round((top + bottom) / 2)) for left, top, right, bottom in (f.box for f in faces)
    )
    expected = [(260, 124), (363, 301), (477, 266), (582, 376), (738, 362)]
    np.testing.assert_allclose(middles, expected, atol=10)
