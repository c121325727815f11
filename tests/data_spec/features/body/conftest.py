"""A body that stands still: the joints of a person of 1.7 m, facing a Kinect two metres away."""

from __future__ import annotations

import numpy as np
import pytest

from data_spec.features.body.joints import INDEX, JOINTS

STANDING = {
    "SpineBase": (0.0, 0.0, 2.0),
    "SpineMid": (0.0, 0.25, 2.0),
    "SpineShoulder": (0.0, 0.5, 2.0),
    "Neck": (0.0, 0.56, 2.0),
    "Head": (0.0, 0.7, 2.0),
    "Shoulder": (0.18, 0.46, 2.0),
    "Elbow": (0.22, 0.2, 2.0),
    "Wrist": (0.24, -0.04, 1.95),
    "Hand": (0.24, -0.12, 1.93),
    "HandTip": (0.24, -0.2, 1.92),
    "Thumb": (0.21, -0.13, 1.9),
    "Hip": (0.08, -0.02, 2.0),
    "Knee": (0.1, -0.45, 2.0),
    "Ankle": (0.1, -0.85, 2.02),
    "Foot": (0.12, -0.9, 1.9),
}


@pytest.fixture(scope="session")
def standing() -> np.ndarray:
    """Joints in metres, shape (25, 3). To a Kinect, the right side has the positive x."""
    body = np.zeros((len(JOINTS), 3))
    for joint, number in INDEX.items():
        part = joint.removesuffix("Left").removesuffix("Right")
        body[number] = np.array(STANDING[part]) * (-1 if joint.endswith("Left") else 1, 1, 1)
    body.setflags(write=False)
    return body
