"""Where the faces of a picture are: BlazeFace, the detector of MediaPipe.

Bazarevsky et al. 2019, "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs". Strides, thresholds and
ranges are those of MediaPipe's graphs FaceDetectionShortRange, FaceDetectionFullRange and FaceDetection (0.10.21).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data_spec.features.face.crops import (
    Box,
    Points,
    Region,
    cut,
    network_input,
    overlap,
    tilt,
    to_picture,
    whole,
)
from data_spec.features.networks import Network
from data_spec.features.packages import model_file
from data_spec.media.pictures import Pixels

SAME_FACE: Final = 0.3
"""Boxes that overlap more than this are one face (`min_suppression_threshold`)."""

REGION_SCALE: Final = 1.5
"""The side of a face's region over that of its box."""

RANGES: Final = {
    "face_detection_short_range.tflite": ((8, 16, 16, 16), 2, 0.5),
    "face_detection_full_range_sparse.tflite": ((4,), 1, 0.6),
}
"""Of each network: the strides of its layers, boxes at each place of a layer, and the least score of a face."""


@dataclass(frozen=True)
class Detection:
    """One face that a detector saw.

    Attributes:
        box: in pixels.
        score: how sure it is, 0 to 1.
        keypoints: right eye, left eye, tip of the nose, mouth, right ear, left ear, in pixels, shape (6, 2)
    """

    box: Box
    score: float
    keypoints: Points

    @property
    def region(self) -> Region:
        """What the mesh's network looks at: the eyes are level in it (FaceDetectionFrontDetectionToRoi)."""
        left, top, right, bottom = self.box
        angle = tilt(*self.keypoints[:2].tolist())
        return Region((left + right) / 2, (top + bottom) / 2, max(right - left, bottom - top) * REGION_SCALE, angle)


class FaceDetector:
    """Finds the faces of a picture with two networks, which are made for different distances.

    The one for short range (within two metres; it sees the picture at 128 × 128 pixels) finds a face that fills the
    picture; the one for full range (within five metres, 192 × 192) one that is a fifteenth of its width. Neither does
    without the other, and the first, shown a group, takes one or two of them for all: so both are asked.

    Raises:
        MissingPackageError: LiteRT or the models are not installed.
    """

    def __init__(self) -> None:
        self._ranges = [OneRange(name, *options) for name, options in RANGES.items()]

    def detect(self, pixels: Pixels) -> list[Detection]:
        """The faces of a picture, surest first; none where there are none. Where both see one, the surer sees it."""
        found: list[Detection] = []
        for one in sorted(
            (face for each in self._ranges for face in each.detect(pixels)), key=lambda face: -face.score
        ):
            if all(overlap(one.box, surer.box) <= SAME_FACE for surer in found):
                found.append(one)
        return found


class OneRange:
    """One of the two networks."""

    def __init__(self, name: str, strides: tuple[int, ...], boxes: int, least: float) -> None:
        self._network = Network(model_file("mediapipe", "modules", "face_detection", name))
        self._side = self._network.input_shape[1]
        self._anchors = anchors(self._side, strides, boxes)
        self._least = least

    def detect(self, pixels: Pixels) -> list[Detection]:
        """As `FaceDetector.detect`."""
        region = whole(pixels)
        crop = cut(pixels, region, self._side, black=True)
        values, raw = (found[0] for found in self._network(network_input(crop, -1, 1)))
        # Clipped as in MediaPipe, so that the exponential does not overflow.
        scores = 1 / (1 + np.exp(-np.clip(raw[:, 0], -80, 80)))
        sure = (scores >= self._least) & (values[:, 2:4] > 0).all(axis=1)
        points = values[sure].reshape(-1, 8, 2)
        centres, sizes = points[:, 0] + self._anchors[sure], points[:, 1]
        keypoints = points[:, 2:] + self._anchors[sure][:, None]
        corners = np.stack([centres - sizes / 2, centres + sizes / 2], axis=1)
        merged = suppressed(np.concatenate([corners, keypoints], axis=1), scores[sure])
        return [_detection(to_picture(found, region, self._side), score) for found, score in merged]


def anchors(side: int, strides: tuple[int, ...], boxes: int) -> Points:
    """The middle of every box that the network may shift, in pixels of its input, shape (anchors, 2).

    Each layer has `boxes` at each of its places; layers of the same stride take turns place by place
    (SsdAnchorsCalculator with `fixed_anchor_size`, offset 0.5; two boxes where the interpolated scale is not 0).

    >>> anchors(4, (2, 2), 1)[:3].tolist()
    [[1.0, 1.0], [1.0, 1.0], [3.0, 1.0]]
    """
    layers = []
    for stride in dict.fromkeys(strides):
        places = (np.arange(side // stride) + 0.5) * stride
        grid = np.stack(np.meshgrid(places, places), axis=-1).reshape(-1, 2)
        layers.append(np.repeat(grid, boxes * strides.count(stride), axis=0))
    return np.concatenate(layers).astype(np.float32)


def suppressed(points: Points, scores: NDArray[np.float32]) -> list[tuple[Points, float]]:
    """One set of points for each face: the mean of those that overlap the surest, weighted by score (section 3.4).

    Args:
        points: upper left and lower right corner of the box, then keypoints, shape (boxes, points, 2)
        scores: shape (boxes,)

    Returns:
        of each face the points, shape (points, 2), and the highest score, surest first.
    """
    found = []
    boxes = points[:, :2].reshape(-1, 4).tolist()
    left = [int(index) for index in np.argsort(-scores, kind="stable")]
    while left:
        surest = left[0]
        same = [index for index in left if index == surest or overlap(boxes[index], boxes[surest]) > SAME_FACE]
        found.append((np.average(points[same], axis=0, weights=scores[same]), float(scores[surest])))
        left = [index for index in left if index not in same]
    return found


def _detection(points: Points, score: float) -> Detection:
    return Detection(Box(*points[:2].ravel().tolist()), score, points[2:])
