"""A drawn face: valence bends the mouth, arousal opens eyes and lifts brows, and nobody looks like another."""

import numpy as np
import pytest

from data_spec.synthetic.drawn_face import Looks, Moves, pictures_of

PLAIN = Looks(
    skin=(220, 180, 150),
    hair=(40, 30, 20),
    lips=(200, 60, 60),
    eyes=(20, 60, 20),
    behind=(90, 120, 160),
    width=0.34,
    eye_distance=0.14,
    mouth_width=0.13,
    mouth_rest=0.0,
    brow_rest=0.0,
)
SIZE = 220, 220


def still(arousal=0.0, valence=0.0, speaks=0.0, across=0.0, down=0.0, turn=0.0, light=1.0, lids=1.0):
    values = (arousal, valence, speaks, lids, across, down, turn, light)
    return Moves(*(np.array([value]) for value in values))


def picture(looks=PLAIN, grain=0.0, **moves):
    return next(pictures_of(looks, still(**moves), SIZE, grain, np.random.default_rng(0))).astype(int)


def nearest_to(pixels, colour, within=40):
    """Which pixels have about that colour, shape (height, width)."""
    return np.abs(pixels - np.array(colour)).max(axis=2) < within


def mouth_curve(pixels):
    """How much higher the corners of the lips are than their middle, in pixels."""
    rows, columns = np.nonzero(nearest_to(pixels, PLAIN.lips))
    left, right = columns.min() + 4, columns.max() - 4
    corners = rows[(columns <= left) | (columns >= right)].mean()
    return rows[np.abs(columns - (left + right) / 2) < 4].mean() - corners


def test_valence_lifts_the_corners_of_the_mouth():
    curves = [mouth_curve(picture(valence=valence)) for valence in (-1.0, 0.0, 1.0)]
    assert curves[0] < curves[1] < curves[2]
    assert curves[0] < 0 < curves[2]


def test_arousal_opens_the_eyes_and_a_blink_closes_them():
    white = [nearest_to(picture(arousal=arousal), (245, 245, 245)).sum() for arousal in (-1.0, 0.0, 1.0)]
    assert white[0] < white[1] < white[2]
    assert nearest_to(picture(arousal=1.0, lids=0.0), (245, 245, 245)).sum() < 0.5 * white[0]


def test_arousal_lifts_the_brows():
    # Inside the face, above the eyes, there is no hair but the brows.
    heights = []
    for arousal in (-1.0, 1.0):
        dark = nearest_to(picture(arousal=arousal), PLAIN.hair)[50:100, 70:150]
        heights.append(np.nonzero(dark)[0].mean())
    assert heights[1] < heights[0] - 5


def test_lips_open_with_what_they_say_and_with_arousal():
    inside = [nearest_to(picture(**moves), (60, 20, 25)).sum() for moves in ({}, {"arousal": 1.0}, {"speaks": 1.0})]
    assert inside[0] < inside[1] < inside[2]


@pytest.mark.parametrize(("moves", "axis"), [({"across": 0.1}, 1), ({"down": 0.1}, 0)])
def test_a_head_that_moves_takes_all_of_the_face_along(moves, axis):
    before, after = (np.argwhere(nearest_to(picture(**m), PLAIN.lips)).mean(axis=0) for m in ({}, moves))
    assert (after - before)[axis] == pytest.approx(0.1 * SIZE[0], abs=1.0)
    assert (after - before)[1 - axis] == pytest.approx(0.0, abs=1.0)


def test_light_and_grain_change_the_pixels_but_not_the_face():
    assert picture(light=0.8).mean() == pytest.approx(0.8 * picture().mean(), rel=0.02)
    difference = picture(grain=5.0) - picture()
    assert difference.std() == pytest.approx(5.0, rel=0.1)
    assert abs(difference.mean()) < 0.2


def test_pictures_have_the_size_that_is_asked():
    drawn = next(pictures_of(PLAIN, still(), (48, 64), 0.0, np.random.default_rng(0)))
    assert drawn.shape == (48, 64, 3)
    assert drawn.dtype == np.uint8


def test_nobody_looks_like_another():
    rng = np.random.default_rng(0)
    one, other = Looks.draw(rng), Looks.draw(rng)
    assert np.abs(picture(one) - picture(other)).mean() > 5


def test_a_film_of_somebody_moves_and_blinks():
    moves = Moves.draw(np.zeros(500), np.zeros(500), np.zeros(500), 25, np.random.default_rng(3))
    assert 0.7 < moves.lids.mean() < 1.0
    assert set(np.unique(moves.lids)) == {0.0, 1.0}
    assert moves.across.std() == pytest.approx(0.02, rel=0.5)
