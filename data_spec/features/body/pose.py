"""The joints of a person in a picture: a stand-in where there was no Kinect.

BlazePose (Bazarevsky et al. 2020, "BlazePose: On-device Real-time Body Pose tracking") guesses 33 points of the body in
metres from one camera (Grishchenko et al. 2022, "BlazePose GHUM Holistic"). They are no measurement of depth, and their
origin lies between the hips: there is no translation of the whole body, so that nothing moves when somebody walks
through the picture. The networks also see bodies in what is none: in half of the pictures of a film that showed a
title in large letters, with scores of up to 0.99. Who knows where the faces are can leave those out.

Which regions are looked at, and thresholds, are those of MediaPipe's graphs PoseDetection, PoseDetectionToRoi,
PoseLandmarkByRoi and PoseLandmarksToRoi (0.10.21).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_spec.features.body.pose_joints import kinect_joints
from data_spec.features.face.crops import Points, Region, cut, network_input, to_picture, whole
from data_spec.features.face.detection import anchors, suppressed
from data_spec.features.networks import Network
from data_spec.features.packages import model_file
from data_spec.media.pictures import Picture, Pixels

Array = NDArray[np.float32]

LEAST_SCORE = 0.5
"""How sure the networks must be that there is somebody, as in MediaPipe."""

MARGIN = 1.25
"""The region is so many times as large as the circle around the body."""

NOSE = 0
"""Among the points of a body."""

BODY_POINTS = 33
"""After them come auxiliary points: the middle of the hips, then a point on the circle around the body, above."""


@dataclass(frozen=True)
class Pose:
    """One person in one picture.

    Attributes:
        landmarks: x to the right, y down, in pixels: 33 points of the body and 2 auxiliary ones, shape (35, 2)
        world: x to the right, y down, z away from the camera, in metres from the middle of the hips, shape (33, 3)
        visibility: of each point of the body, 0 to 1, shape (33,)
        score: how sure the network is that somebody is there, 0 to 1.
    """

    landmarks: Points
    world: Array
    visibility: Array
    score: float


class PoseFinder:
    """Finds one person in each picture of a film, the one that it found in the picture before where it can.

    Raises:
        MissingPackageError: LiteRT or the models are not installed.
    """

    def __init__(self) -> None:
        self._detector = Network(model_file("mediapipe", "modules", "pose_detection", "pose_detection.tflite"))
        self._network = Network(model_file("mediapipe", "modules", "pose_landmark", "pose_landmark_full.tflite"))
        # Two boxes at each place of a layer.
        self._anchors = anchors(self._detector.input_shape[1], (8, 16, 32, 32, 32), 2)
        self._region: Region | None = None

    def forget(self) -> None:
        """The next picture has nothing to do with those before."""
        self._region = None

    def find(self, picture: Picture) -> Array | None:
        """The joints of the person in the next picture of a film: see `kinect_joints`; None where there is nobody."""
        pose = self.find_pose(picture)
        return None if pose is None else kinect_joints(pose.world, pose.visibility)

    def find_pose(self, picture: Picture) -> Pose | None:
        """All that the network says of the person in the next picture; None where there is nobody."""
        pose = self._look(picture.pixels, self._region) if self._region is not None else None
        if pose is None and (detected := self._detect(picture.pixels)) is not None:
            pose = self._look(picture.pixels, detected)
        self._region = None if pose is None else _around(pose.landmarks[BODY_POINTS:])
        return pose

    def _detect(self, pixels: Pixels) -> Region | None:
        """Where the surest person of a picture is."""
        region, side = whole(pixels), self._detector.input_shape[1]
        crop = cut(pixels, region, side, black=True)
        values, raw = (found[0] for found in self._detector(network_input(crop, -1.0, 1.0)))
        # Clipped as in MediaPipe, so that the exponential does not overflow.
        scores = 1 / (1 + np.exp(-np.clip(raw[:, 0], -80, 80)))
        sure = scores >= LEAST_SCORE
        if not sure.any():
            return None
        # The box of the face, then the middle of the hips and a point on the circle around the body; two more for the
        # upper body alone.
        points = values[sure].reshape(-1, 6, 2)
        moved = points[:, [0, 2, 3]] + self._anchors[sure][:, None]
        corners = np.stack([moved[:, 0] - points[:, 1] / 2, moved[:, 0] + points[:, 1] / 2], axis=1)
        surest, _ = suppressed(np.concatenate([corners, moved[:, 1:]], axis=1), scores[sure])[0]
        return _around(to_picture(surest[2:], region, side))

    def _look(self, pixels: Pixels, region: Region) -> Pose | None:
        """The person in a region, or None where there is nobody."""
        side = self._network.input_shape[1]
        crop = cut(pixels, region, side, black=True)
        flat, score, *_, world = self._network(network_input(crop, 0.0, 1.0))
        if (sure := float(score.item())) < LEAST_SCORE:
            return None
        values = flat.reshape(-1, 5)
        # In metres, the points are turned as the crop was.
        cosine, sine = np.cos(region.angle), np.sin(region.angle)
        turned = world.reshape(-1, 3)[:BODY_POINTS] @ np.array(
            [[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]], dtype=np.float32
        )
        visibility = 1 / (1 + np.exp(-np.clip(values[:BODY_POINTS, 3], -80, 80)))
        landmarks = to_picture(values[: BODY_POINTS + 2, :2], region, side)
        return Pose(landmarks, turned.astype(np.float32), visibility.astype(np.float32), sure)


def _around(points: Points) -> Region:
    """The square around a body: the middle of the hips, and a point above it that the square's circle goes through."""
    (x, y), (x_top, y_top) = points.tolist()
    right, down = x_top - x, y_top - y
    return Region(x, y, 2 * MARGIN * float(np.hypot(right, down)), float(np.arctan2(right, -down)))
