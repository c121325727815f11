"""Square regions of a picture, turned and scaled to what a network looks at; the network's points, taken back.

Points are continuous: (0, 0) is the upper left corner of a picture, so the middle of its first pixel is (0.5, 0.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from data_spec.features.packages import MissingPackageError
from data_spec.media.pictures import Pixels

Points = NDArray[np.float32]


class Box(NamedTuple):
    """An upright rectangle of a picture, in pixels."""

    left: float
    top: float
    right: float
    bottom: float


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Of two boxes (left, top, right, bottom), the area in both over the area in either, 0 to 1.

    >>> overlap((0, 0, 2, 2), (1, 0, 3, 2))
    0.3333333333333333
    """
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    areas = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return float(both / (areas - both))


@dataclass(frozen=True)
class Region:
    """A square of a picture; it may reach beyond the picture.

    Attributes:
        x, y: its middle, in pixels.
        size: how long a side is, in pixels.
        angle: radians by which its upper side is turned clockwise, as seen in the picture.
        mirrored: whether the network is shown it with left and right exchanged.
    """

    x: float
    y: float
    size: float
    angle: float = 0.0
    mirrored: bool = False

    def mirror(self) -> Region:
        """The same square, shown the other way round."""
        return replace(self, mirrored=not self.mirrored)

    def matrix(self, side: int) -> NDArray[np.float64]:
        """What takes a point of the crop, which is `side` pixels wide, to the picture, shape (2, 3)."""
        scale = self.size / side
        across = np.array([np.cos(self.angle), np.sin(self.angle)]) * (-scale if self.mirrored else scale)
        down = np.array([-np.sin(self.angle), np.cos(self.angle)]) * scale
        corner = np.array([self.x, self.y]) - (across + down) * side / 2
        return np.column_stack([across, down, corner])


def tilt(left: Sequence[float], right: Sequence[float]) -> float:
    """The angle of a region in which the points `left` and `right`, such as two eyes, stand level.

    >>> round(tilt((0, 0), (1, 1)), 4)
    0.7854
    """
    return float(np.arctan2(right[1] - left[1], right[0] - left[0]))


def region_around(points: Points, scale: float, angle: float) -> Region:
    """A square turned by `angle` around points, `scale` times as long as the longer side of their turned box.

    As MediaPipe's RectTransformationCalculator with `square_long`; but its box is upright whatever the angle, so that a
    network sees a tilted head smaller, and a tilted eye larger, than one held upright. This one it sees alike.

    Args:
        points: in pixels, shape (points, 2)
        scale: 1 where the points just fit.
        angle: radians, clockwise in the picture.

    >>> region_around(np.array([[10, 10], [30, 20]], np.float32), 1.5, 0.0)
    Region(x=20.0, y=15.0, size=30.0, angle=0.0, mirrored=False)
    """
    axes = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned = points @ axes.T
    least, most = turned.min(axis=0), turned.max(axis=0)
    x, y = ((least + most) / 2 @ axes).tolist()
    return Region(x, y, float((most - least).max()) * scale, angle)


def whole(pixels: Pixels) -> Region:
    """The square around a whole picture."""
    height, width = pixels.shape[:2]
    return Region(width / 2, height / 2, max(width, height))


def cut(pixels: Pixels, region: Region, side: int, black: bool = False) -> Pixels:
    """The region as a picture of its own, shape (side, side, 3).

    Args:
        pixels: shape (height, width, 3)
        region: what to cut out.
        side: pixels of the result.
        black: whether it is black beyond the picture; else the pixels at its border go on.

    Raises:
        MissingPackageError: OpenCV is not installed.
    """
    try:
        # Imported here: the package is optional.
        import cv2
    except ImportError as error:
        raise MissingPackageError.named("opencv-python-headless", "cutting faces out of pictures") from error
    matrix = region.matrix(side)
    times = int(region.size / side)
    if times > 1:
        # Every pixel of a large region counts, or noise and edges would flicker in the small one (aliasing).
        pixels, corner = _shrunk(pixels, region, times)
        matrix[:, 2] -= corner
        matrix /= times
    # OpenCV counts from the middle of the first pixel.
    matrix[:, 2] += matrix[:, :2].sum(axis=1) / 2 - 0.5
    border = cv2.BORDER_CONSTANT if black else cv2.BORDER_REPLICATE
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(pixels, matrix, (side, side), flags=flags, borderMode=border), dtype=np.uint8)


def _shrunk(pixels: Pixels, region: Region, times: int) -> tuple[Pixels, NDArray[np.float64]]:
    """The part of a picture around a region, `times` smaller, and the corner (x, y) in the picture where it begins."""
    import cv2  # `cut` has said so where it is not there

    height, width = pixels.shape[:2]
    # Half a diagonal, as far as a corner of the square reaches at any angle, and the neighbours of the pixels there.
    reach = region.size / np.sqrt(2) + times
    left, top = (
        int(np.clip(middle - reach, 0, max(0, end - times))) for middle, end in ((region.x, width), (region.y, height))
    )
    right, bottom = min(width, int(region.x + reach) + times), min(height, int(region.y + reach) + times)
    # At least one pixel, and whole ones, so that the scale is the same everywhere.
    across, down = max(1, (right - left) // times), max(1, (bottom - top) // times)
    part = pixels[top : top + down * times, left : left + across * times]
    small = cv2.resize(part, (across, down), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), np.array([left, top], dtype=np.float64)


def network_input(crop: Pixels, least: float, most: float) -> NDArray[np.float32]:
    """A crop, its 0 to 255 as the range that a network was trained with.

    >>> network_input(np.array([0, 255], np.uint8), -1, 1).tolist()
    [-1.0, 1.0]
    """
    return np.asarray(crop * np.float32((most - least) / 255) + np.float32(least), dtype=np.float32)


def to_picture(points: Points, region: Region, side: int) -> Points:
    """Points of a crop → points of the picture. Depth, where there is any, takes on the picture's scale.

    Args:
        points: x, y, or x, y, z, in pixels of a crop that is `side` pixels wide, shape (points, 2 or 3)
        region: what was cut out.
        side: how wide the crop is.
    """
    matrix = region.matrix(side)
    flat = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    return np.column_stack([flat, points[:, 2:] * (region.size / side)]).astype(np.float32)


def to_crop(points: Points, region: Region, side: int) -> Points:
    """Points of the picture → points of a crop: the way back from `to_picture`."""
    matrix = region.matrix(side)
    flat = np.linalg.solve(matrix[:, :2], (points[:, :2] - matrix[:, 2]).T).T
    return np.column_stack([flat, points[:, 2:] * (side / region.size)]).astype(np.float32)
