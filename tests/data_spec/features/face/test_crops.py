from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_spec.features.face.crops import (
    Box,
    Region,
    cut,
    overlap,
    region_around,
    tilt,
    to_crop,
    to_picture,
    whole,
)

pytest.importorskip("cv2", reason="needs the optional packages of requirements-features.txt")

SIDE = 64
WIDE = 256


def regions(least: float, most: float, middle: float) -> st.SearchStrategy[Region]:
    """Squares around the middle of a picture, turned in any way."""
    near = st.floats(middle - 20, middle + 20)
    return st.builds(Region, near, near, st.floats(least, most), st.floats(-np.pi, np.pi), st.booleans())


@pytest.fixture(scope="module")
def ramps() -> np.ndarray:
    """A picture that says of each pixel where it is: red is x, green is y, at the pixel's upper left corner."""
    places = np.arange(WIDE, dtype=np.uint8)
    return np.stack([*np.meshgrid(places, places), np.full((WIDE, WIDE), 7, np.uint8)], axis=-1)


@given(
    regions(20, 4000, 1000),
    st.lists(st.tuples(*[st.floats(-100, 300)] * 3), min_size=1, max_size=5),
    st.sampled_from([64, 128, 192]),
)
def test_points_of_a_crop_come_back_from_the_picture_as_they_were(
    region: Region, points: list[tuple[float, float, float]], side: int
) -> None:
    given_points = np.array(points, dtype=np.float32)
    there = to_picture(given_points, region, side)
    # A pixel at 4000 is kept to a 4000th of itself in 32 bits, and a crop may be larger than its region.
    np.testing.assert_allclose(to_crop(there, region, side), given_points, atol=1e-3 * max(1.0, side / region.size))


@given(region=regions(40, 127, WIDE / 2))
def test_every_pixel_of_a_crop_shows_the_place_that_its_point_is_taken_back_to(
    region: Region, ramps: np.ndarray
) -> None:
    crop = cut(ramps, region, SIDE)
    middles = np.stack(np.meshgrid(*[np.arange(SIDE) + 0.5] * 2), axis=-1).reshape(-1, 2).astype(np.float32)
    places = to_picture(middles, region, SIDE)
    # Pixels are whole numbers, and OpenCV takes places to a 32nd of a pixel.
    np.testing.assert_allclose(crop[..., :2].reshape(-1, 2), places - 0.5, atol=0.6)


@given(region=regions(128, 160, WIDE / 2))
def test_the_same_holds_of_regions_so_large_that_they_are_shrunk_first(region: Region, ramps: np.ndarray) -> None:
    crop = cut(ramps, region, SIDE)
    middles = np.stack(np.meshgrid(*[np.arange(SIDE) + 0.5] * 2), axis=-1).reshape(-1, 2).astype(np.float32)
    places = to_picture(middles, region, SIDE)
    inside = ((places > 4) & (places < WIDE - 4)).all(axis=1)
    np.testing.assert_allclose(crop[..., :2].reshape(-1, 2)[inside], places[inside] - 0.5, atol=1.1)


def test_a_region_whose_size_is_that_of_the_crop_is_cut_out_pixel_by_pixel(ramps: np.ndarray) -> None:
    np.testing.assert_array_equal(cut(ramps, Region(100, 80, SIDE), SIDE), ramps[48:112, 68:132])


def test_a_mirrored_region_shows_left_and_right_exchanged(ramps: np.ndarray) -> None:
    region = Region(100, 80, SIDE)
    np.testing.assert_array_equal(cut(ramps, region.mirror(), SIDE), cut(ramps, region, SIDE)[:, ::-1])


def test_a_large_region_is_averaged_and_not_sampled() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (1280, 1280, 3), dtype=np.uint8)
    sampled = noise[::10, ::10].std()
    # The mean of 100 pixels, and of a few such means beside each other, spreads a tenth as far or less.
    assert cut(noise, whole(noise), 128).std() < sampled / 9


def test_beyond_the_picture_a_crop_is_black_or_goes_on_as_at_the_border(ramps: np.ndarray) -> None:
    region = Region(0, 128, SIDE)
    assert (cut(ramps, region, SIDE, black=True)[:, :31] == 0).all()
    assert (cut(ramps, region, SIDE)[:, :31, 2] == 7).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (3, 5)])
@pytest.mark.parametrize("middle", [(0.0, 0.0), (-5000.0, 20.0), (5000.0, 5000.0)])
def test_pictures_smaller_than_a_pixel_of_the_crop_and_regions_beyond_them_are_cut(
    shape: tuple[int, int], middle: tuple[float, float]
) -> None:
    picture = np.full((*shape, 3), 9, np.uint8)
    for size in (10.0, 900.0, 9000.0):
        crop = cut(picture, Region(*middle, size, 0.3), SIDE)
        assert crop.shape == (SIDE, SIDE, 3)
        assert (crop == 9).all()


def test_the_square_around_a_picture_holds_all_of_it() -> None:
    region = whole(np.zeros((720, 1280, 3), np.uint8))
    corners = np.array([[0, 0], [1280, 720]], dtype=np.float32)
    np.testing.assert_allclose(to_crop(corners, region, 128), [[0, 28], [128, 100]], atol=1e-4)


@given(st.floats(-np.pi, np.pi), st.floats(1.0, 3.0))
def test_the_region_around_points_is_turned_with_them_and_sees_them_alike(turned: float, scale: float) -> None:
    upright = np.random.default_rng(0).uniform(100, 300, (20, 2)).astype(np.float32)
    turn = Region(200, 200, SIDE, -turned)
    points = to_crop(upright, turn, SIDE)
    alike = to_crop(upright, region_around(upright, scale, 0.0), 192)
    np.testing.assert_allclose(to_crop(points, region_around(points, scale, turned), 192), alike, atol=1e-2)


def test_the_region_around_points_just_holds_them_where_the_scale_is_one() -> None:
    points = np.random.default_rng(0).uniform(100, 300, (20, 2)).astype(np.float32)
    inside = to_crop(points, region_around(points, 1.0, 0.4), 192)
    assert np.ptp(inside, axis=0).max() == pytest.approx(192, abs=1e-3)
    assert inside.min() > -1e-3
    assert inside.max() < 192 + 1e-3


@given(st.floats(-np.pi, np.pi), st.floats(1, 500))
def test_two_eyes_stand_level_in_a_region_with_their_tilt(turned: float, apart: float) -> None:
    eyes = np.array([[0, 0], [np.cos(turned), np.sin(turned)]]) * apart + 300
    (left_x, left_y), (right_x, right_y) = to_crop(eyes, Region(200, 100, 192, tilt(*eyes.tolist())), 192)
    assert left_y == pytest.approx(right_y, abs=1e-3)
    assert right_x - left_x == pytest.approx(apart, abs=1e-3)


boxes = st.tuples(*[st.integers(0, 12)] * 4).map(lambda at: Box(min(at[:2]), min(at[2:]), max(at[:2]), max(at[2:])))


@given(boxes, boxes)
def test_overlap_is_the_share_of_squares_in_both_among_those_in_either(one: Box, other: Box) -> None:
    def squares(box: Box) -> set[tuple[int, int]]:
        return {(x, y) for x in range(int(box.left), int(box.right)) for y in range(int(box.top), int(box.bottom))}

    either = squares(one) | squares(other)
    expected = len(squares(one) & squares(other)) / len(either) if either else 0.0
    assert overlap(one, other) == pytest.approx(expected)
    assert overlap(one, other) == overlap(other, one)
