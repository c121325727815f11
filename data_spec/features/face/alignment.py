"""Alignment: a face turned, moved and scaled so that its landmarks lie where those of a mean face lie.

A similarity, which keeps shapes, and not an affine transform, which skews faces: the expression network of the
MixedEmotions project (deliverable D4.6, section 4.3, table 4) was right on .636 of the faces aligned by an affine
transform, on .640 of those not aligned, and on .705 of those aligned by a similarity.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from data_spec.features.face.crops import Region, cut
from data_spec.features.face.faces import Face

Matrix = NDArray[np.float64]

LANDMARKS: Final = {
    "outer corner of the left eye": 263,
    "inner corner of the left eye": 362,
    "outer corner of the right eye": 33,
    "inner corner of the right eye": 133,
    "base of the nose": 2,
}
"""The five points of the mesh that are laid on the mean face: bone, more or less, lies under all of them. Lips, brows
and eyelids are left out, because they move with the expression, which would move the whole crop. The tip of the nose
is left out, because it stands out: it moves sideways when the head turns."""

MEAN_FACE: Final = (
    (0.8595674595992, 0.2134981538014),
    (0.6460604764104, 0.2289674387677),
    (0.1205750620789, 0.2137274526848),
    (0.3340850613712, 0.2290642403242),
    (0.4901123135679, 0.6277975316475),
)
"""Where the five lie on the mean face, x to the right and y down. These are the positions of dlib's `get_face_chip`
for five landmarks (King 2017, `dlib/image_transforms/interpolation.h`), averaged over the faces of iBUG 300-W
(Sagonas et al. 2013). On that mean face the brows begin at the left at x = 0 and end at x = 0.98, the highest point
of the brows lies at y = 0.02, and the lower lip at y = 0.91."""

PADDING = 0.25
"""Beside, over and under the square of the mean face: 0.25 of its width, as dlib's `get_face_chip` has it. The chin
and most of the forehead are in the crop then."""


def similarity(points: ArrayLike, targets: ArrayLike) -> Matrix:
    """The rotation, scale and shift that bring points nearest to their targets, by least squares.

    Umeyama 1991, "Least-squares estimation of transformation parameters between two point patterns", equations
    40 to 42. A mirror image is never the answer (his matrix S), also where it would come nearer.

    Args:
        points: x and y, two of them at the least, not all in one place, shape (n, 2)
        targets: where each of them belongs, shape (n, 2)

    Returns:
        shape (2, 3): the first two columns rotate and scale, the third one shifts.

    Raises:
        ValueError: not two equal shapes (n, 2) of finite numbers, or all points in one place.

    >>> similarity([[0, 0], [1, 0]], [[5, 5], [5, 7]]).round(6).tolist()
    [[0.0, -2.0, 5.0], [2.0, 0.0, 5.0]]
    """
    source, target = np.asarray(points, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    if source.ndim != 2 or source.shape[1] != 2 or source.shape != target.shape or len(source) < 2:
        expected = "expected points and targets of one shape (n, 2), two points or more"
        raise ValueError(f"{expected}. Received: {source.shape} and {target.shape}")
    if not (np.isfinite(source).all() and np.isfinite(target).all()):
        raise ValueError("expected points and targets that are finite numbers. Received: NaN or infinity")
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    centred = source - source_mean
    variance = (centred**2).sum() / len(source)
    if not variance > 0:
        raise ValueError(f"expected points that are not all in one place. Received: {len(source)} times {source[0]}")
    covariance = (target - target_mean).T @ centred / len(source)
    left, singular, right = np.linalg.svd(covariance)
    signs = np.array([1.0, 1.0 if np.linalg.det(left) * np.linalg.det(right) > 0 else -1.0])
    linear = (singular * signs).sum() / variance * (left * signs) @ right
    return np.column_stack([linear, target_mean - linear @ source_mean])


def align(
    pixels: NDArray[np.uint8], face: Face, size: int, padding: float = PADDING, rise: float = 0.0
) -> NDArray[np.uint8]:
    """A square crop with the face upright in it, its landmarks where those of the mean face lie.

    The similarity is fitted from the mean face to the landmarks, as dlib does it, and followed backwards: fitted the
    other way, least squares make a face the larger in the crop the worse its landmarks fit.

    Where the crop reaches past the picture, the picture's rim is repeated (`crops.cut`).

    Args:
        pixels: red, green, blue, shape (height, width, 3)
        face: a face in that picture.
        size: width and height of the crop.
        padding: how much of the mean face's width is added on every side of it.
        rise: how far up the crop is moved, in widths of the mean face.

    Returns:
        shape (size, size, 3)

    Raises:
        MissingPackageError: OpenCV is not installed.
    """
    places = (np.array(MEAN_FACE) + np.array([0.0, rise]) + padding) / (1 + 2 * padding) * size
    matrix = similarity(places, face.landmarks[list(LANDMARKS.values()), :2])
    x, y = matrix @ np.array([size / 2, size / 2, 1.0])
    scale = float(np.sqrt(np.linalg.det(matrix[:, :2])))
    return cut(pixels, Region(float(x), float(y), scale * size, float(np.arctan2(matrix[1, 0], matrix[0, 0]))), size)
