from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from skimage.data import astronaut

from data_spec.features.face.crops import Region, cut, to_crop
from data_spec.features.face.faces import LEFT_IRIS, RIGHT_IRIS, Face
from data_spec.features.face.head_pose import head_pose
from data_spec.features.face.mesh import LEFT_EYE, LID_POINTS, RIGHT_EYE, FaceMesh, face_region

pytestmark = pytest.mark.skipif(
    not all(find_spec(package) for package in ("ai_edge_litert", "cv2", "mediapipe")),
    reason="needs the optional packages of requirements-features.txt",
)
REGION = Region(226, 110, 150)
WIDTH = 512


@pytest.fixture(scope="module")
def mesh() -> FaceMesh:
    return FaceMesh()


@pytest.fixture(scope="module")
def face(mesh: FaceMesh) -> Face:
    """The astronaut's, found from its own landmarks as in a film."""
    first = mesh.find(astronaut(), REGION)
    assert first is not None
    again = mesh.find(astronaut(), face_region(first.landmarks))
    assert again is not None
    return again


def test_a_face_has_478_landmarks_and_a_score(face: Face) -> None:
    assert face.landmarks.shape == (478, 3)
    assert face.landmarks.dtype == np.float32
    assert 0.99 < face.score <= 1


def test_eyes_nose_and_mouth_are_where_they_are_in_the_photograph(face: Face) -> None:
    corners_of_the_eyes = {33: (196, 100), 133: (218, 104), 362: (237, 105), 263: (257, 104)}
    for point, place in {**corners_of_the_eyes, 4: (226, 122), 61: (202, 139), 291: (248, 141)}.items():
        np.testing.assert_allclose(face.landmarks[point, :2], place, atol=5, err_msg=f"point {point}")


@pytest.mark.parametrize(("eye", "iris"), [(RIGHT_EYE, RIGHT_IRIS), (LEFT_EYE, LEFT_IRIS)])
def test_each_iris_is_round_in_the_middle_of_its_rim_and_between_the_corners_of_its_eye(
    face: Face, eye: tuple[int, ...], iris: slice
) -> None:
    outer, inner = face.landmarks[eye[0], :2], face.landmarks[eye[8], :2]
    middle, *rim = face.landmarks[iris, :2]
    width = np.linalg.norm(outer - inner)
    share = np.dot(middle - outer, inner - outer) / width**2
    assert 0.25 < share < 0.75
    np.testing.assert_allclose(np.mean(rim, axis=0), middle, atol=0.05 * width)
    radii = np.linalg.norm(np.array(rim) - middle, axis=1) / width
    # An iris is 11.7 mm wide, the slit between the lids about 28 mm.
    np.testing.assert_allclose(radii, 11.7 / 28 / 2, atol=0.06)


@pytest.mark.parametrize("iris", [RIGHT_IRIS, LEFT_IRIS])
def test_each_iris_is_on_the_dark_of_its_eye(face: Face, iris: slice) -> None:
    grey = astronaut().mean(axis=2)
    ((x, y),) = face.landmarks[iris][:1, :2].astype(int)
    within = grey[y - 1 : y + 2, x - 1 : x + 2].mean()
    beside = min(grey[y, x - 6], grey[y, x + 6])
    assert within < beside - 15


def test_depth_is_that_of_the_mesh_the_irises_as_deep_as_their_lids(face: Face) -> None:
    # The tip of the nose is nearest, the ears' side farthest.
    assert face.landmarks[4, 2] < face.landmarks[[33, 263], 2].min() < face.landmarks[[127, 356], 2].min()
    for eye, iris in ((RIGHT_EYE, RIGHT_IRIS), (LEFT_EYE, LEFT_IRIS)):
        assert face.landmarks[iris, 2] == pytest.approx(face.landmarks[list(eye[:LID_POINTS]), 2].mean())


def test_around_the_eyes_the_mesh_is_what_the_networks_of_the_eyes_see_in_the_picture(
    mesh: FaceMesh, face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []

    def other_eyes(pixels: np.ndarray, region: Region) -> tuple[np.ndarray, np.ndarray]:
        looked.append(region)
        return np.full((71, 3), len(looked), np.float32), np.full((5, 3), 10 * len(looked), np.float32)

    monkeypatch.setattr(mesh, "_look", other_eyes)
    found = mesh.find(astronaut(), face_region(face.landmarks))
    assert found is not None
    assert [region.mirrored for region in looked] == [False, True]
    for number, (eye, iris) in enumerate(((RIGHT_EYE, RIGHT_IRIS), (LEFT_EYE, LEFT_IRIS)), start=1):
        assert (found.landmarks[list(eye), :2] == number).all()
        assert (found.landmarks[iris, :2] == 10 * number).all()
    assert sorted({*RIGHT_EYE, *LEFT_EYE}) == np.flatnonzero(found.landmarks[:468, 0] < 3).tolist()


@pytest.mark.parametrize("degrees", [-40, 25, 90])
def test_a_face_that_is_turned_in_the_picture_has_its_landmarks_turned(
    mesh: FaceMesh, face: Face, degrees: float
) -> None:
    whole = Region(WIDTH / 2, WIDTH / 2, WIDTH, np.radians(-degrees))
    expected = to_crop(face.landmarks, whole, WIDTH)
    found = mesh.find(cut(astronaut(), whole, WIDTH), face_region(expected))
    assert found is not None
    np.testing.assert_allclose(found.landmarks[:, :2], expected[:, :2], atol=2.5)
    assert head_pose(found.landmarks).roll - head_pose(face.landmarks).roll == pytest.approx(degrees, abs=3)


def test_in_the_mirror_the_right_eye_is_the_left_one(mesh: FaceMesh, face: Face) -> None:
    mirrored = mesh.find(np.ascontiguousarray(astronaut()[:, ::-1]), Region(WIDTH - 226, 110, 150))
    assert mirrored is not None
    for eye, other in ((RIGHT_EYE, LEFT_EYE), (LEFT_EYE, RIGHT_EYE)):
        flipped = mirrored.landmarks[list(other), :2] * (-1, 1) + (WIDTH, 0)
        np.testing.assert_allclose(face.landmarks[list(eye), :2], flipped, atol=2)
    for iris, other_iris in ((RIGHT_IRIS, LEFT_IRIS), (LEFT_IRIS, RIGHT_IRIS)):
        flipped = mirrored.landmarks[other_iris, :2] * (-1, 1) + (WIDTH, 0)
        np.testing.assert_allclose(face.landmarks[iris, :2][0], flipped[0], atol=1)
    assert head_pose(mirrored.landmarks).yaw == pytest.approx(-head_pose(face.landmarks).yaw, abs=3)


def test_where_there_is_no_face_none_is_found(mesh: FaceMesh) -> None:
    assert mesh.find(astronaut(), Region(100, 400, 150)) is None
    assert mesh.find(np.zeros((360, 640, 3), np.uint8), Region(300, 180, 200)) is None


def test_a_region_beyond_the_picture_is_no_fault(mesh: FaceMesh) -> None:
    assert mesh.find(astronaut(), Region(-4000, -4000, 100)) is None


def test_the_region_of_a_face_holds_all_of_its_mesh(face: Face) -> None:
    inside = to_crop(face.landmarks[:468], face_region(face.landmarks), 192)[:, :2]
    assert inside.min() > 10
    assert inside.max() < 182
