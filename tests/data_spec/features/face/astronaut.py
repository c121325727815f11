"""A face picture that comes inside scikit-image, with the five landmarks that alignment uses laid over it by hand."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from data_spec.features.face.alignment import LANDMARKS
from data_spec.features.face.faces import Face

packages_are_there = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("cv2", "dlib", "ai_edge_litert", "fer", "face_recognition_models")),
    reason="needs the optional packages of requirements-features.txt",
)

FIVE = ((256.5, 104.3), (236.7, 105.1), (194.0, 101.0), (213.1, 103.8), (222.7, 134.4))
"""In the order of `LANDMARKS`, in pixels."""


def astronaut() -> tuple[NDArray[np.uint8], Face]:
    """The picture, of shape (512, 512, 3), and the face in it."""
    return data.astronaut(), face_of(FIVE)


def face_of(five: Sequence[tuple[float, float]]) -> Face:
    """A face with these five landmarks, all others in their middle."""
    landmarks = np.zeros((478, 3), dtype=np.float32)
    landmarks[:, :2] = np.mean(five, axis=0)
    landmarks[list(LANDMARKS.values()), :2] = five
    return Face(landmarks, 1.0)
