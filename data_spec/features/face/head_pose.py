"""Which way a head is turned, from the mesh of its face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

# fmt: off
RIGID: Final = {
    10: (0.000000, 8.261778, 4.481535), 151: (0.000000, 6.545390, 5.027311),  # forehead
    109: (-1.891399, 8.236377, 4.274997), 338: (1.891399, 8.236377, 4.274997),
    67: (-3.523964, 8.005976, 3.729163), 297: (3.523964, 8.005976, 3.729163),
    33: (-4.445859, 2.663991, 3.173422), 263: (4.445859, 2.663991, 3.173422),  # outer corners of the eyes
    133: (-1.856432, 2.585245, 3.757904), 362: (1.856432, 2.585245, 3.757904),  # inner corners
    127: (-7.743095, 2.364999, -2.005167), 356: (7.743095, 2.364999, -2.005167),  # temples
    234: (-7.664182, 0.673132, -2.435867), 454: (7.664182, 0.673132, -2.435867),
    168: (0.000000, 3.271027, 5.236015), 6: (0.000000, 2.473255, 5.788627),  # ridge of the nose
    197: (0.000000, 1.728369, 6.316750), 195: (0.000000, 1.059413, 6.774605),
    5: (0.000000, 0.365669, 7.242870), 4: (0.000000, -0.463170, 7.586580), 1: (0.000000, -1.126865, 7.475604),
}
# fmt: on
"""Points of the mesh that no muscle moves far, and where they are in MediaPipe's `canonical_face_model.obj`: x to the
person's left, y up, z to the front, in centimetres. The chin is not among them: who opens the mouth does not nod.
"""


@dataclass(frozen=True)
class HeadPose:
    """The angles of a head, in degrees; all are 0 where the face looks straight out of the picture.

    Attributes:
        yaw: positive where the nose points to the right in the picture (the person's own left), -180 to 180
        pitch: positive where the face looks up, -90 to 90
        roll: positive where the head is tilted clockwise in the picture (to the person's own left), -180 to 180
    """

    yaw: float
    pitch: float
    roll: float


def head_rotation(landmarks: NDArray[np.floating]) -> NDArray[np.float64]:
    """The rotation of a face that looks straight at the camera into this one, shape (3, 3).

    Axes are the picture's: x right, y down, z away from the camera. It is the rotation that brings the canonical
    face's `RIGID` points nearest to those of the mesh (least squares; Kabsch 1976, "A solution for the best rotation
    to relate two sets of vectors"); where the face is and how large plays no part.

    Args:
        landmarks: as in `Face`: x, y, z in the same scale, shape (468 or more, 3)

    Raises:
        ValueError: a landmark is not finite.
    """
    measured = landmarks[list(RIGID)].astype(np.float64)
    if not np.isfinite(measured).all():
        raise ValueError("landmarks: expected finite numbers, received others")
    canonical = np.array(list(RIGID.values())) * (1.0, -1.0, -1.0)
    covariance = (measured - measured.mean(axis=0)).T @ (canonical - canonical.mean(axis=0))
    left, _, right = np.linalg.svd(covariance)
    # Without the sign, the nearest might be a mirror image.
    sign = np.sign(np.linalg.det(left @ right)) or 1.0
    return np.asarray(left @ np.diag([1.0, 1.0, sign]) @ right)


def head_pose(landmarks: NDArray[np.floating]) -> HeadPose:
    """The angles of a head.

    A face that looks at the camera is rolled, then pitched, then yawed into this one: `head_rotation` is
    Ry(-yaw) Rx(-pitch) Rz(roll), each turning about an axis of the picture (x right, y down, z away). The mesh has no
    perspective: at the edge of a wide picture a head that looks ahead seems turned.

    Args:
        landmarks: as in `Face`: x, y, z in the same scale, shape (468 or more, 3)

    Raises:
        ValueError: a landmark is not finite.
    """
    rotation = head_rotation(landmarks)
    yaw = np.arctan2(-rotation[0, 2], rotation[2, 2])
    pitch = np.arcsin(np.clip(rotation[1, 2], -1.0, 1.0))
    roll = np.arctan2(rotation[1, 0], rotation[1, 1])
    return HeadPose(*np.degrees([yaw, pitch, roll]).tolist())
