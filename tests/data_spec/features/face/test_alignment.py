from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.transform import SimilarityTransform

from data_spec.features.face.alignment import LANDMARKS, MEAN_FACE, align, similarity
from data_spec.features.packages import MissingPackageError
from tests.data_spec.features.face.astronaut import FIVE, astronaut, face_of, packages_are_there


def residual(matrix: np.ndarray, points: np.ndarray, targets: np.ndarray) -> float:
    return float(((points @ matrix[:, :2].T + matrix[:, 2] - targets) ** 2).sum())


coordinates = st.floats(-100, 100).map(lambda number: round(number, 3))


@given(st.integers(2, 9).flatmap(lambda n: arrays(np.float64, (2, n, 2), elements=coordinates)))
def test_a_similarity_comes_as_near_to_the_targets_as_that_of_scikit_image(both: np.ndarray) -> None:
    points, targets = both
    assume(points.std(axis=0).sum() > 0.1)
    ours = similarity(points, targets)
    theirs = SimilarityTransform.from_estimate(points, targets)
    assume(theirs)
    scale = 1 + (targets**2).sum()
    assert residual(ours, points, targets) == pytest.approx(
        residual(theirs.params[:2], points, targets), abs=1e-9 * scale
    )
    spread = np.linalg.svd((targets - targets.mean(axis=0)).T @ (points - points.mean(axis=0)), compute_uv=False)
    # Where the covariance is as long one way as the other, many rotations come equally near.
    if spread[1] > 1e-3 and spread[0] - spread[1] > 1e-3:
        np.testing.assert_allclose(ours, theirs.params[:2], atol=1e-6 * scale)


@given(st.floats(-3, 3), st.floats(0.01, 50), st.tuples(coordinates, coordinates))
def test_a_known_turn_scale_and_shift_is_found_again(angle: float, scale: float, shift: tuple[float, float]) -> None:
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    expected = np.column_stack([turn, shift])
    points = np.array(MEAN_FACE)
    np.testing.assert_allclose(similarity(points, points @ turn.T + shift), expected, atol=1e-9 * (scale + 100))


def test_a_mirror_image_is_turned_and_never_mirrored() -> None:
    # Umeyama's own example (1991, figure 1): without his matrix S the answer would be a reflection.
    points, targets = np.array([[0.0, 0], [1, 0], [0, 2]]), np.array([[0.0, 0], [-1, 0], [0, 2]])
    matrix = similarity(points, targets)
    assert np.linalg.det(matrix[:, :2]) > 0
    scale = np.sqrt(np.linalg.det(matrix[:, :2]))
    np.testing.assert_allclose(matrix[:, :2] / scale, [[0.832, 0.555], [-0.555, 0.832]], atol=1e-3)
    np.testing.assert_allclose([scale, *matrix[:, 2]], [0.721, -0.8, 0.4], atol=1e-3)


@pytest.mark.parametrize(
    ("points", "targets", "expected"),
    [
        ([[0, 0]], [[1, 1]], "two points or more"),
        ([[0, 0], [1, 1]], [[0, 0]], r"Received: \(2, 2\) and \(1, 2\)"),
        ([[3, 4], [3, 4]], [[0, 0], [1, 1]], "not all in one place"),
        ([[0, 0], [np.nan, 1]], [[0, 0], [1, 1]], "finite numbers"),
    ],
)
def test_points_that_say_no_similarity_are_refused(points: list, targets: list, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        similarity(points, targets)


@packages_are_there
@pytest.mark.parametrize(("padding", "rise"), [(0.25, 0.0), (0.3, 0.14)])
def test_landmarks_come_to_lie_where_those_of_the_mean_face_lie(padding: float, rise: float) -> None:
    angle, width = 0.4, 150.0
    turn = width * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    five = (np.array(MEAN_FACE) - 0.5) @ turn.T + [200, 180]
    rows, columns = np.mgrid[:400, :400]
    for name, (x, y), place in zip(LANDMARKS, five, MEAN_FACE, strict=True):
        dot = 255 * np.exp(-((columns + 0.5 - x) ** 2 + (rows + 0.5 - y) ** 2) / 50)
        crop = align(np.repeat(dot[..., None], 3, axis=2).astype(np.uint8), face_of(five.tolist()), 120, padding, rise)
        found = np.argwhere(crop[..., 0] > 100)[:, ::-1].mean(axis=0) + 0.5
        expected = (np.add(place, [0, rise]) + padding) / (1 + 2 * padding) * 120
        np.testing.assert_allclose(found, expected, atol=0.3, err_msg=name)


@packages_are_there
def test_a_crop_is_the_one_that_dlib_cuts_out() -> None:
    import dlib

    pixels, _ = astronaut()
    five = np.round(FIVE).astype(int).tolist()
    # dlib shrinks a larger picture by steps of its own before it cuts out: alike are crops of about its size.
    seen = dlib.full_object_detection(dlib.rectangle(178, 69, 273, 177), [dlib.point(x, y) for x, y in five])
    theirs = dlib.get_face_chip(pixels, seen, 150, 0.25)
    # It counts from the middle of the first pixel, and the crop too.
    ours = align(pixels, face_of((np.array(five) + 0.5).tolist()), 150, 0.25)
    assert np.abs(ours.astype(int) - theirs).mean() < 1.5
    assert np.abs(ours[1:].astype(int) - theirs[:-1]).mean() > 4


@packages_are_there
def test_a_turned_picture_gives_the_same_crop() -> None:
    pixels, face = astronaut()
    upright = align(pixels, face, 64).astype(int)
    turned = [(512 - y, x) for x, y in FIVE]
    crop = align(np.ascontiguousarray(np.rot90(pixels, -1)), face_of(turned), 64)
    assert np.abs(crop - upright).max() <= 4  # of 255: angles are rounded otherwise


@packages_are_there
def test_a_face_larger_than_the_crop_is_averaged_and_not_sampled() -> None:
    stripes = np.zeros((600, 600, 3), dtype=np.uint8)
    stripes[::2] = 255
    five = np.array(MEAN_FACE) * 300 + 150
    crop = align(stripes, face_of(five.tolist()), 50)
    assert crop.std() < 30
    assert abs(crop.mean() - 127.5) < 5


@packages_are_there
def test_past_the_rim_of_the_picture_the_rim_is_repeated() -> None:
    white = np.full((100, 100, 3), 255, dtype=np.uint8)
    crop = align(white, face_of((np.array(MEAN_FACE) * 80 - 40).tolist()), 40)
    assert (crop == 255).all()


@packages_are_there
def test_a_face_absurdly_large_is_no_absurdly_large_work() -> None:
    pixels, _ = astronaut()
    crop = align(pixels, face_of((np.array(MEAN_FACE) * 1e6).tolist()), 64)
    assert crop.shape == (64, 64, 3)


def test_without_opencv_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(
        MissingPackageError, match=r"cutting faces out of pictures needs the package opencv-python-headless: pip"
    ):
        align(*astronaut(), 64)
