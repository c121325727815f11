"""The 25 joints of Kinect v2, and a skeleton that moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data_spec.stream import Times

JOINTS: Final = (
    "SpineBase", "SpineMid", "Neck", "Head",
    "ShoulderLeft", "ElbowLeft", "WristLeft", "HandLeft",
    "ShoulderRight", "ElbowRight", "WristRight", "HandRight",
    "HipLeft", "KneeLeft", "AnkleLeft", "FootLeft",
    "HipRight", "KneeRight", "AnkleRight", "FootRight",
    "SpineShoulder", "HandTipLeft", "ThumbLeft", "HandTipRight", "ThumbRight",
)  # fmt: skip
"""In the order of the JointType enumeration of the Kinect for Windows SDK 2.0."""

INDEX: Final = {name: number for number, name in enumerate(JOINTS)}


@dataclass(frozen=True)
class Skeleton:
    """The joints of one person over time.

    Attributes:
        times: seconds, strictly increasing, shape (frames,)
        positions: x, y up, z, in metres; NaN where a joint was not seen, shape (frames, 25, 3)
    """

    times: Times
    positions: NDArray[np.float32]
