"""A drawn face: its mouth follows valence, its eyes and brows arousal, its lips what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_spec.features.packages import MissingPackageError
from data_spec.synthetic.trajectories import wander

Array = NDArray[np.float64]
Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]

FINENESS = 4
"""Points lie on sixteenths of a pixel (bits of a fraction, as OpenCV counts)."""
ROUND = np.stack([np.cos(np.linspace(0, 2 * np.pi, 24)), np.sin(np.linspace(0, 2 * np.pi, 24))], axis=1)
ACROSS = np.linspace(-1.0, 1.0, 9)
GRAINS = 8
"""Pictures of grain, which are used in turn by chance: a new one each time would take longer than all drawing."""


@dataclass(frozen=True)
class Looks:
    """How somebody looks; lengths are in heights of the picture.

    Attributes:
        skin, hair, lips, eyes, behind: colours, red, green, blue
        width: of the face
        eye_distance: of each eye from the middle
        mouth_width: half of it
        mouth_rest: how far the corners of the mouth are up where valence is 0
        brow_rest: how high the brows are where arousal is 0
    """

    skin: Colour
    hair: Colour
    lips: Colour
    eyes: Colour
    behind: Colour
    width: float
    eye_distance: float
    mouth_width: float
    mouth_rest: float
    brow_rest: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Looks:
        """A new person."""
        shade = rng.uniform(0.45, 1.0)

        def colour(red: float, green: float, blue: float) -> Colour:
            shaded = np.clip(np.array([red, green, blue]) + rng.normal(0, 10, size=3), 0, 255).astype(int)
            return int(shaded[0]), int(shaded[1]), int(shaded[2])

        dark = rng.uniform(0.1, 1.0)
        return cls(
            skin=colour(235 * shade, 190 * shade, 160 * shade),
            hair=colour(150 * dark, 110 * dark, 70 * dark),
            lips=colour(200 * shade, 100 * shade, 100 * shade),
            eyes=colour(*rng.uniform(30, 120, size=3)),
            behind=colour(*rng.uniform(60, 200, size=3)),
            width=float(rng.uniform(0.30, 0.37)),
            eye_distance=float(rng.uniform(0.12, 0.16)),
            mouth_width=float(rng.uniform(0.10, 0.14)),
            mouth_rest=float(rng.normal(0.0, 0.008)),
            brow_rest=float(rng.normal(0.0, 0.006)),
        )


@dataclass(frozen=True)
class Moves:
    """What a face does, picture by picture; all have shape (pictures,).

    Attributes:
        arousal: that is seen, -1 to 1
        valence: that is seen, -1 to 1
        speaks: how open the lips are for what they say, 0 to 1
        lids: how open the eyes are, 0 to 1: people blink
        across, down: where the head is, in heights of the picture
        turn: how far it is inclined, in radians
        light: a factor
    """

    arousal: Array
    valence: Array
    speaks: Array
    lids: Array
    across: Array
    down: Array
    turn: Array
    light: Array

    @classmethod
    def draw(cls, arousal: Array, valence: Array, speaks: Array, rate: int, rng: np.random.Generator) -> Moves:
        """All that has nothing to do with what is shown, drawn anew."""
        pictures = len(arousal)
        across, down, turn, light = wander(pictures, 4, 1.5 * rate, rng).T
        blinks = rng.random(pictures) < 0.25 / rate
        lids = 1.0 - np.convolve(blinks, np.ones(max(1, round(0.15 * rate))))[:pictures].clip(0, 1)
        return cls(arousal, valence, speaks, lids, 0.02 * across, 0.02 * down, 0.06 * turn, np.exp(0.06 * light))


def pictures_of(
    looks: Looks, moves: Moves, size: tuple[int, int], grain: float, rng: np.random.Generator
) -> Iterator[Pixels]:
    """The pictures of a face, one after the other: red, green, blue, each of shape (height, width, 3).

    Args:
        looks: whose.
        moves: what it does.
        size: height and width, in pixels.
        grain: standard deviation of what the camera adds to each pixel.
        rng: chance.

    Raises:
        MissingPackageError: OpenCV is not installed.
    """
    try:
        # Imported here: the package is optional.
        import cv2
    except ImportError as error:
        raise MissingPackageError.named("opencv-python-headless", "drawing faces") from error
    height, width = size
    grains = rng.normal(0.0, grain, size=(GRAINS, height, width, 3)).astype(np.float32)
    which = rng.integers(GRAINS, size=len(moves.arousal))
    for number in range(len(moves.arousal)):
        canvas = np.full((height, width, 3), looks.behind, dtype=np.uint8)
        cosine, sine = np.cos(moves.turn[number]), np.sin(moves.turn[number])
        turn = np.array([[cosine, sine], [-sine, cosine]])
        middle = np.array([width / 2 + moves.across[number] * height, (0.5 + moves.down[number]) * height])
        for points, colour in _shapes(looks, moves, number):
            placed = np.rint((points @ turn * height + middle) * (1 << FINENESS)).astype(np.int32)
            cv2.fillPoly(canvas, [placed], colour, lineType=cv2.LINE_AA, shift=FINENESS)
        lit = canvas * np.float32(moves.light[number]) + grains[which[number]]
        yield np.clip(np.rint(lit), 0, 255).astype(np.uint8)


def _shapes(looks: Looks, moves: Moves, number: int) -> Iterator[tuple[Array, Colour]]:
    """What to fill with which colour, from back to front: points of shape (points, 2), in heights of the picture."""
    arousal, valence = moves.arousal[number], moves.valence[number]
    face = ROUND * [looks.width, 0.44]
    yield face * [1.15, 1.08] + [0.0, -0.05], looks.hair
    yield face, looks.skin
    lid = 0.045 * (0.6 + 0.4 * arousal) * moves.lids[number] + 0.003
    for side in (-1.0, 1.0):
        eye = np.array([side * looks.eye_distance, -0.08])
        white = ROUND * [0.06, lid]
        yield white + eye, (245, 245, 245)
        yield ROUND * [min(0.028, lid), min(0.028, lid)] + eye, looks.eyes
        # Arousal lifts the brows; low valence draws their inner ends down.
        along = np.stack([side * looks.eye_distance + side * 0.08 * ACROSS, np.zeros(9)], axis=1)
        along[:, 1] = -0.16 - looks.brow_rest - 0.035 * arousal - 0.02 * valence * (1 - ACROSS) / 2 + 0.01 * ACROSS**2
        yield _band(along, 0.018), looks.hair
    yield np.array([[0.0, -0.06], [0.03, 0.09], [-0.03, 0.09]]), _darker(looks.skin)
    corners = np.stack([looks.mouth_width * (1 + 0.15 * valence) * ACROSS, np.zeros(9)], axis=1)
    corners[:, 1] = 0.23 - (0.05 * valence + looks.mouth_rest) * (ACROSS**2 - 0.5)
    opening = 0.01 + 0.02 * (1 + arousal) * 0.5 + 0.05 * moves.speaks[number]
    lips = opening * (1 - ACROSS**2)
    yield _between(corners, lips + 0.022, lips + 0.022), looks.lips
    yield _between(corners, lips * 0.6, lips), (60, 20, 25)


def _band(line: Array, thickness: float) -> Array:
    half = np.full(len(line), thickness / 2)
    return _between(line, half, half)


def _between(line: Array, above: Array, below: Array) -> Array:
    """The outline of what lies so far above and below a line."""
    upper, lower = line.copy(), line[::-1].copy()
    upper[:, 1] -= above
    lower[:, 1] += below[::-1]
    return np.concatenate([upper, lower])


def _darker(colour: Colour) -> Colour:
    return int(colour[0] * 0.85), int(colour[1] * 0.85), int(colour[2] * 0.85)
