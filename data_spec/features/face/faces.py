"""A face in a picture, as every other part of the face pipeline sees it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

MESH_POINTS = 468
"""Points of the mesh of a face (Kartynnik et al. 2019, "Real-time Facial Surface Geometry from Monocular Video")."""

IRIS_POINTS = 5
"""Of each eye, after the mesh: the middle, then four on the rim (Ablavatski et al. 2020). The right eye's are first,
as everywhere in these models: right and left are the person's own, so the right eye is on the left in a picture."""

RIGHT_IRIS = slice(MESH_POINTS, MESH_POINTS + IRIS_POINTS)
LEFT_IRIS = slice(MESH_POINTS + IRIS_POINTS, MESH_POINTS + 2 * IRIS_POINTS)


@dataclass(frozen=True)
class Face:
    """One face in one picture.

    Attributes:
        landmarks: x to the right, y down, in pixels; z away from the camera, in the same scale, shape (478, 3)
        score: how sure the network is that this is a face, 0 to 1.
    """

    landmarks: NDArray[np.float32]
    score: float

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the mesh, in pixels."""
        left, top = self.landmarks[:MESH_POINTS, :2].min(axis=0).tolist()
        right, bottom = self.landmarks[:MESH_POINTS, :2].max(axis=0).tolist()
        return left, top, right, bottom

    @property
    def area(self) -> float:
        """Of the box, in square pixels."""
        left, top, right, bottom = self.box
        return (right - left) * (bottom - top)
