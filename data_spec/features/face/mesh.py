"""The mesh of a face, its eyes and irises: MediaPipe's networks, in the order of its iris graph.

Kartynnik et al. 2019, "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs"; Ablavatski et al. 2020,
"Real-time Pupil Tracking from Monocular Video for Digital Puppetry". Scales, ranges and thresholds are those of
MediaPipe's graphs FaceLandmarkCpu, FaceLandmarkLandmarksToRoi and IrisLandmarkCpu.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from data_spec.features.face.crops import Points, Region, cut, network_input, region_around, tilt, to_picture
from data_spec.features.face.faces import MESH_POINTS, Face
from data_spec.features.networks import Network
from data_spec.features.packages import model_file
from data_spec.media.pictures import Pixels

LEAST_SCORE: Final = 0.5
"""Below it there is no face (FaceLandmarkCpu, ThresholdingCalculator)."""

FACE_SCALE: Final = 1.5
"""The side of the region over that of the mesh's box (FaceLandmarkLandmarksToRoi)."""

EYE_SCALE: Final = 2.3
"""The side of an eye's region over the eye's width: a margin of a quarter around it, with the brow."""

# fmt: off
RIGHT_EYE: Final = (
    33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173,  # lids: corner, lower, corner, upper
    130, 25, 110, 24, 23, 22, 26, 112, 243, 247, 30, 29, 27, 28, 56, 190,  # around them
    226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221, 189,  # around these
    35, 124, 46, 53, 52, 65,  # the brow's lower rim
    143, 111, 117, 118, 119, 120, 121, 128, 245, 156, 70, 63, 105, 66, 107, 55, 193,  # cheek, the brow's upper rim
)
"""Which points of the mesh the 71 points of the eye's network stand for (LandmarksRefinementCalculator)."""

LEFT_EYE: Final = (
    263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398,
    359, 255, 339, 254, 253, 252, 256, 341, 463, 467, 260, 259, 257, 258, 286, 414,
    446, 261, 448, 449, 450, 451, 452, 453, 464, 342, 445, 444, 443, 442, 441, 413,
    265, 353, 276, 283, 282, 295,
    372, 340, 346, 347, 348, 349, 350, 357, 465, 383, 300, 293, 334, 296, 336, 285, 417,
)
"""The same of the left eye."""
# fmt: on

CORNER: Final = 8
"""Which of them is the inner corner of the eye; the first is the outer one."""

LID_POINTS: Final = 16
"""How many of them, from the first, are on the rim of the lids."""


class FaceMesh:
    """Finds the landmarks of the face in a region.

    Raises:
        MissingPackageError: LiteRT or the models are not installed.
    """

    def __init__(self) -> None:
        self._face = Network(model_file("mediapipe", "modules", "face_landmark", "face_landmark.tflite"))
        self._eye = Network(model_file("mediapipe", "modules", "iris_landmark", "iris_landmark.tflite"))

    def find(self, pixels: Pixels, region: Region) -> Face | None:
        """The face in a region of a picture, or None where the network sees none there.

        Args:
            pixels: the whole picture.
            region: where a face may be: `Detection.region`, or `face_region` of the picture before.
        """
        side = self._face.input_shape[1]
        points, logit = self._face(network_input(cut(pixels, region, side), 0, 1))
        score = float(1 / (1 + np.exp(-np.clip(logit.item(), -80, 80))))
        if score < LEAST_SCORE:
            return None
        mesh = to_picture(points.reshape(MESH_POINTS, 3), region, side)
        irises = []
        for eye, mirrored in ((RIGHT_EYE, False), (LEFT_EYE, True)):
            # The network knows right eyes; a left eye is one in the mirror.
            contour, iris = self._look(pixels, eye_region(mesh, eye, mirrored))
            # Depth counts from a zero of the eye's own: that of the mesh is kept, and the iris takes its lids'.
            mesh[list(eye), :2] = contour[:, :2]
            iris[:, 2] = mesh[list(eye[:LID_POINTS]), 2].mean()
            irises.append(iris)
        return Face(np.concatenate([mesh, *irises]), score)

    def _look(self, pixels: Pixels, region: Region) -> tuple[Points, Points]:
        """The 71 points around an eye and the 5 of its iris, in the picture."""
        side = self._eye.input_shape[1]
        contour, iris = self._eye(network_input(cut(pixels, region, side), 0, 1))
        return to_picture(contour.reshape(-1, 3), region, side), to_picture(iris.reshape(-1, 3), region, side)


def face_region(landmarks: Points) -> Region:
    """Where to look for the same face in the next picture, landmarks as in `Face`, shape (468 or more, 3)."""
    mesh = landmarks[:MESH_POINTS, :2]
    return region_around(mesh, FACE_SCALE, tilt(mesh[RIGHT_EYE[0]].tolist(), mesh[LEFT_EYE[0]].tolist()))


def eye_region(mesh: Points, eye: tuple[int, ...], mirrored: bool) -> Region:
    """What the eye's network looks at; the left eye mirrored."""
    corners = mesh[[eye[0], eye[CORNER]], :2]
    outer, inner = corners.tolist()
    region = region_around(corners, EYE_SCALE, tilt(inner, outer) if mirrored else tilt(outer, inner))
    return region.mirror() if mirrored else region
