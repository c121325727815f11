"""The points of BlazePose, as joints of a Kinect v2."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from data_spec.features.body.joints import JOINTS

Array = NDArray[np.float32]

LEAST_VISIBILITY = 0.5
"""How sure the network must be that a point is in the picture and not hidden; else its joint is not seen.

Hips and hands get values near 0 in close-ups: their positions are then what the network thinks likely, no more.
"""

SOURCES: Final = {
    "SpineBase": (23, 24),  # middle of the hips
    "SpineMid": (11, 12, 23, 24),  # half-way between the hips and the shoulders
    "Neck": (9, 10, 11, 12),  # half-way between the corners of the mouth and the shoulders
    "Head": (7, 8),  # middle of the ears
    "ShoulderLeft": (11,),
    "ElbowLeft": (13,),
    "WristLeft": (15,),
    "HandLeft": (15, 17, 19),  # middle of the wrist and the knuckles of little finger and index finger
    "ShoulderRight": (12,),
    "ElbowRight": (14,),
    "WristRight": (16,),
    "HandRight": (16, 18, 20),
    "HipLeft": (23,),
    "KneeLeft": (25,),
    "AnkleLeft": (27,),
    "FootLeft": (31,),  # the toes
    "HipRight": (24,),
    "KneeRight": (26,),
    "AnkleRight": (28,),
    "FootRight": (32,),
    "SpineShoulder": (11, 12),  # middle of the shoulders
    "HandTipLeft": (19,),  # the knuckle of the index finger: tips of fingers are not among the points
    "ThumbLeft": (21,),
    "HandTipRight": (20,),
    "ThumbRight": (22,),
}
"""Of each joint of a Kinect, the points of BlazePose whose middle stands for it."""


def kinect_joints(world: Array, visibility: Array) -> Array:
    """The points of BlazePose as joints of a Kinect v2.

    Args:
        world: x to the right of the picture, y down, z away from the camera, in metres, shape (33, 3)
        visibility: 0 to 1, shape (33,)

    Returns:
        x to the left of the picture, y up, z away from the camera, as a Kinect has them; the origin stays between the
        hips; NaN for a joint of which a point (`SOURCES`) is less visible than `LEAST_VISIBILITY`; shape (25, 3)
    """
    joints = np.full((len(JOINTS), 3), np.nan, dtype=np.float32)
    for number, joint in enumerate(JOINTS):
        points = list(SOURCES[joint])
        if visibility[points].min() >= LEAST_VISIBILITY:
            joints[number] = world[points].mean(axis=0) * (-1, -1, 1)
    return joints
