"""The body in a picture: where it is, in metres, and what of it is seen."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from data_spec.features.body.joints import INDEX, JOINTS, Skeleton
from data_spec.features.body.movement import COLUMNS, body_stream
from data_spec.features.body.pose import PoseFinder
from data_spec.features.body.pose_joints import LEAST_VISIBILITY, SOURCES, kinect_joints
from data_spec.features.packages import MissingPackageError
from data_spec.media.pictures import Picture, read_pictures

models_are_there = pytest.mark.skipif(
    find_spec("ai_edge_litert") is None or find_spec("mediapipe") is None,
    reason="needs the optional packages of requirements-features.txt",
)


@pytest.fixture(scope="module")
def finder() -> PoseFinder:
    return PoseFinder()


def shown(finder: PoseFinder, pixels: np.ndarray) -> np.ndarray | None:
    """The joints in a picture that has nothing to do with the one before."""
    finder.forget()
    return finder.find(Picture(0.0, pixels))


def apart(joints: np.ndarray, one: str, other: str) -> float:
    return float(np.linalg.norm(joints[INDEX[one]] - joints[INDEX[other]]))


@models_are_there
def test_an_astronaut_has_her_shoulders_under_her_head_and_apart_as_a_person_has(finder: PoseFinder) -> None:
    joints = shown(finder, data.astronaut())
    assert joints is not None
    assert joints.shape == (25, 3)
    assert joints.dtype == np.float32
    assert 0.25 < apart(joints, "ShoulderLeft", "ShoulderRight") < 0.5
    assert 0.1 < apart(joints, "SpineShoulder", "Head") < 0.4
    head, chest, left, right = (joints[INDEX[j]] for j in ("Head", "SpineShoulder", "ShoulderLeft", "ShoulderRight"))
    assert head[1] > chest[1] + 0.1
    # She faces the camera: as a Kinect sees it, her right side has the larger x.
    assert right[0] > left[0] + 0.2
    # Her legs are not in the picture.
    assert np.isnan(joints[[INDEX["KneeLeft"], INDEX["AnkleRight"], INDEX["FootLeft"]]]).all()


@models_are_there
def test_the_points_lie_where_they_are_in_the_picture(finder: PoseFinder) -> None:
    finder.forget()
    pose = finder.find_pose(Picture(0.0, data.astronaut()))
    assert pose is not None
    assert pose.score > 0.9
    # Read off the picture: the tip of the nose, and the two corners of the mouth.
    np.testing.assert_allclose(pose.landmarks[0], (216, 125), atol=10)
    np.testing.assert_allclose(pose.landmarks[9], (232, 150), atol=12)
    np.testing.assert_allclose(pose.landmarks[10], (196, 150), atol=12)


@models_are_there
@pytest.mark.parametrize("degrees", [-25, 25])
def test_a_picture_that_is_turned_shows_a_body_that_is_turned(finder: PoseFinder, degrees: int) -> None:
    upright = shown(finder, data.astronaut())
    height, width = data.astronaut().shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turned = shown(finder, cv2.warpAffine(data.astronaut(), matrix, (width, height)))
    assert upright is not None
    assert turned is not None

    def slope(joints: np.ndarray) -> float:
        across = joints[INDEX["ShoulderRight"]] - joints[INDEX["ShoulderLeft"]]
        return float(np.degrees(np.arctan2(across[1], across[0])))

    # OpenCV turns a picture counter-clockwise; a Kinect's x is to the left, so that to it she turns the other way.
    assert slope(turned) - slope(upright) == pytest.approx(-degrees, abs=10)


@models_are_there
def test_a_mirrored_picture_shows_the_other_side(finder: PoseFinder) -> None:
    joints = shown(finder, data.astronaut())
    mirrored = shown(finder, np.ascontiguousarray(data.astronaut()[:, ::-1]))
    assert joints is not None
    assert mirrored is not None
    # Her head is to the one side of the middle of her hips, then to the other.
    head = np.array([found[INDEX["Head"], 0] - found[INDEX["SpineShoulder"], 0] for found in (joints, mirrored)])
    np.testing.assert_allclose(head[0], -head[1], atol=0.08)
    assert apart(mirrored, "ShoulderLeft", "ShoulderRight") == pytest.approx(
        apart(joints, "ShoulderLeft", "ShoulderRight"), rel=0.15
    )


@models_are_there
@pytest.mark.parametrize("shape", [(240, 320, 3), (1, 1, 3), (3, 700, 3)])
def test_in_a_picture_of_nothing_there_is_nobody(finder: PoseFinder, shape: tuple[int, int, int]) -> None:
    assert shown(finder, np.full(shape, 90, dtype=np.uint8)) is None


@models_are_there
def test_who_was_found_is_followed_and_lost_and_found_again(finder: PoseFinder) -> None:
    finder.forget()
    picture, empty = data.astronaut(), np.full((512, 512, 3), 90, dtype=np.uint8)
    found = [finder.find(Picture(number / 30, pixels)) for number, pixels in enumerate((picture, empty, picture))]
    assert [one is not None for one in found] == [True, False, True]
    followed = PoseFinder()
    joints = [followed.find(Picture(number / 30, picture)) for number in range(20)]
    widths = [apart(one, "ShoulderLeft", "ShoulderRight") for one in joints if one is not None]
    assert len(widths) == 20
    assert np.std(widths[5:]) < 0.01
    assert 0.25 < min(widths) < max(widths) < 0.5


def test_every_joint_of_a_kinect_is_the_middle_of_points_that_are_all_seen() -> None:
    assert list(SOURCES) == list(JOINTS)
    rng = np.random.default_rng(0)
    world = rng.normal(0, 0.5, (33, 3)).astype(np.float32)
    visibility = np.ones(33, dtype=np.float32)
    visibility[[19, 24]] = LEAST_VISIBILITY - 0.01
    joints = kinect_joints(world, visibility)
    unseen = {joint for joint, points in SOURCES.items() if {19, 24} & set(points)}
    assert unseen == {"SpineBase", "SpineMid", "HandLeft", "HipRight", "HandTipLeft"}
    assert {joint for joint, place in zip(JOINTS, joints, strict=True) if np.isnan(place).any()} == unseen
    np.testing.assert_allclose(joints[INDEX["SpineShoulder"]], (world[11] + world[12]) / 2 * (-1, -1, 1), rtol=1e-5)


def test_a_missing_package_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(MissingPackageError, match=r"needs the package \S+: pip install -r requirements-features.txt"):
        PoseFinder()


@models_are_there
@pytest.mark.slow
def test_an_actor_who_speaks_has_head_and_shoulders_in_every_picture(shared_data: Callable[[str], Path]) -> None:
    finder = PoseFinder()
    times, joints = [], []
    for picture in read_pictures(shared_data("face-video") / "ravdess-01-01-01-01-01-01-01.mp4"):
        times.append(picture.seconds)
        joints.append(finder.find(picture))
    found = np.array([one for one in joints if one is not None])
    assert len(found) == len(times) == 98
    widths = np.linalg.norm(found[:, INDEX["ShoulderLeft"]] - found[:, INDEX["ShoulderRight"]], axis=1)
    assert 0.25 < widths.min() < widths.max() < 0.5
    stream = body_stream(Skeleton(np.array(times), found), times[-1])
    assert stream.present.all()
    # He hardly moves, and his hands are not in the picture.
    assert stream.values[:, COLUMNS.index("velocity_head")].max() < 0.5
    assert not stream.values[:, COLUMNS.index("distance_hands")].any()


@models_are_there
@pytest.mark.slow
def test_a_film_of_nobody_gives_a_stream_all_the_same(shared_data: Callable[[str], Path]) -> None:
    finder = PoseFinder()
    times, joints = [], []
    for picture in read_pictures(shared_data("face-video") / "no_face.mp4"):
        if (found := finder.find(picture)) is not None:
            times.append(picture.seconds)
            joints.append(found)
    stream = body_stream(Skeleton(np.array(times), np.array(joints).reshape(-1, 25, 3)), 4.0)
    assert np.isfinite(stream.values).all()
