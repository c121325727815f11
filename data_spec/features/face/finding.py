"""The faces of a film, picture after picture: found once, then followed."""

from __future__ import annotations

from typing import Final

from data_spec.features.face.crops import overlap
from data_spec.features.face.detection import FaceDetector
from data_spec.features.face.faces import Face
from data_spec.features.face.mesh import FaceMesh, face_region
from data_spec.media.pictures import Picture, Pixels

DETECTION_SECONDS: Final = 1.0
"""The detector looks at the whole picture this often, while there are faces to follow: somebody may come in."""

SAME_FACE: Final = 0.5
"""Regions, or boxes of meshes, that overlap more than this are one face (AssociationNormRectCalculator in
MediaPipe's graph FaceLandmarkFrontCpu)."""

MOST_FACES: Final = 8
"""No more than these, the largest, are followed in one picture: a crowd in the background would take all the time."""


class FaceFinder:
    """Finds the faces in the pictures of one film, given in order.

    A face is looked for where it was in the picture before, as in MediaPipe's FaceLandmarkFrontCpu: from its own
    landmarks a turned face is found that the detector would miss, and faster. The detector is asked where there is no
    face to follow, where one that was followed is not there any more, and every `DETECTION_SECONDS`.

    Raises:
        MissingPackageError: LiteRT or the models are not installed.
    """

    def __init__(self) -> None:
        self._detector = FaceDetector()
        self._mesh = FaceMesh()
        self._followed: list[Face] = []
        self._detected = float("-inf")

    def find(self, picture: Picture) -> list[Face]:
        """The faces in the next picture, largest first; none where there are none."""
        faces: list[Face] = []
        for face in self._followed:
            self._add(faces, self._mesh.find(picture.pixels, face_region(face.landmarks)), picture.pixels)
        lost = len(faces) < len(self._followed)
        if lost or not faces or picture.seconds - self._detected >= DETECTION_SECONDS:
            self._detected = picture.seconds
            self._detect(faces, picture.pixels)
        self._followed = sorted(faces, key=lambda face: -face.area)[:MOST_FACES]
        return list(self._followed)

    def _detect(self, faces: list[Face], pixels: Pixels) -> None:
        """Adds those that the detector sees beside `faces`."""
        known = [face.box for face in faces]
        for detection in self._detector.detect(pixels)[: 2 * MOST_FACES]:
            if all(overlap(detection.box, box) <= SAME_FACE for box in known):
                self._add(faces, self._mesh.find(pixels, detection.region), pixels)

    @staticmethod
    def _add(faces: list[Face], face: Face | None, pixels: Pixels) -> None:
        """Adds a face, unless it is one of `faces` already, or there is none."""
        if face is not None and all(overlap(face.box, other.box) <= SAME_FACE for other in faces):
            faces.append(face)
