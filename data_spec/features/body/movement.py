"""Joints → the body stream: 27 columns, as many as in the 2017 challenge, and of the kinds that it names.

Which column of the challenge was which joint's is not known; most of its columns look like logarithms. Here all are
plain quantities in metres, seconds and joules: with the time compressed to half, velocities are twice as high,
accelerations four times, jerks eight times, the kinetic energy four times; distances, densities, symmetry and
curvature stay. That holds for what is slow enough for the smoothing to follow it (`cleaning.WINDOW_SECONDS`). All
velocities are those that the sensor sees, the walking of the whole body included.
"""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np

from data_spec.features.body.cleaning import Motion, clean
from data_spec.features.body.joints import INDEX, JOINTS, Skeleton
from data_spec.features.body.measures import Array, curvature, density, hand_symmetry, kinetic_energy, smoothness
from data_spec.features.resampling import frame_times
from data_spec.stream import Stream, Values

DISTANCES: Final = {
    "distance_hands": ("HandLeft", "HandRight"),
    "distance_left_hand_hip": ("HandLeft", "HipLeft"),
    "distance_right_hand_hip": ("HandRight", "HipRight"),
    "distance_left_hand_head": ("HandLeft", "Head"),
    "distance_right_hand_head": ("HandRight", "Head"),
    "distance_head_hips": ("Head", "SpineBase"),
    "distance_head_spine": ("Head", "SpineMid"),
}
"""Columns in metres, and between which joints."""

MOVING: Final = {"head": "Head", "chest": "SpineShoulder", "left_hand": "HandLeft", "right_hand": "HandRight"}
"""The joints whose velocity, acceleration and jerk are columns. Elbows and wrists go where the hands go."""

UPPER_BODY: Final = tuple(
    INDEX[joint]
    for joint in (
        "Head", "SpineShoulder", "ShoulderLeft", "ElbowLeft", "HandLeft", "ShoulderRight", "ElbowRight", "HandRight",
    )
)  # fmt: skip

NEEDED: Final = ("Head", "SpineShoulder")
"""A frame where one of these is not seen is a gap: they are what even a close-up shows."""

BLOCK_SECONDS: Final = 60
"""So much movement is measured at once: memory stays flat in the length of a recording."""

MARGIN_SECONDS: Final = 3
"""So much around a block is measured with it and dropped: nothing looks further than a second."""

COLUMNS: Final = (
    *DISTANCES,
    *(f"{quantity}_{name}" for quantity, name in product(("velocity", "acceleration", "jerk"), MOVING)),
    "smoothness_left_hand",
    "smoothness_right_hand",
    "curvature_left_hand",
    "curvature_right_hand",
    "density_body",
    "density_upper_body",
    "symmetry_hands",
    "kinetic_energy",
)
"""The 27 columns, in order.

| columns | unit | what |
|---|---|---|
| `distance_…` | m | between two joints |
| `velocity_…` | m/s | magnitude of a joint's first derivative; Piana et al. 2014, as the next two |
| `acceleration_…` | m/s² | magnitude of its second derivative |
| `jerk_…` | m/s³ | magnitude of its third derivative |
| `smoothness_…` | 1 | `measures.smoothness`, 0 the smoothest |
| `curvature_…` | 1/m | `measures.curvature` |
| `density_…` | m | `measures.density`, of all joints and of those above the hips |
| `symmetry_hands` | 1 | `measures.hand_symmetry`, 1 the most |
| `kinetic_energy` | J/kg | `measures.kinetic_energy` |
"""


def body_stream(skeleton: Skeleton, seconds: float, rate: int = 15) -> Stream:
    """The body stream of a recording.

    A row of zeros is a gap: the head or the chest was not seen (`NEEDED`, after `clean`). In other rows, columns of
    which a joint was not seen are 0, such as the distance between hands in a close-up.

    Args:
        skeleton: the joints, with times on the recording's clock.
        seconds: how long the recording is.
        rate: frames per second.

    Returns:
        times from 0 on, values of shape (frames, 27), of which `COLUMNS` names the units.

    Raises:
        ValueError: the skeleton is not of its shape, or its times do not increase.
    """
    if skeleton.positions.shape != (len(skeleton.times), len(JOINTS), 3) or not (np.diff(skeleton.times) > 0).all():
        expected = f"positions of shape ({len(skeleton.times)}, {len(JOINTS)}, 3) at increasing times"
        raise ValueError(f"skeleton: expected {expected}. Received: shape {skeleton.positions.shape}")
    times = frame_times(seconds, rate)
    values = np.zeros((len(times), len(COLUMNS)), dtype=np.float32)
    for begin in range(0, len(times), BLOCK_SECONDS * rate):
        lead = min(begin, MARGIN_SECONDS * rate)
        first, kept = (begin - lead) // rate, len(times[begin : begin + BLOCK_SECONDS * rate])
        part = _between(skeleton, first, first + BLOCK_SECONDS + 2 * MARGIN_SECONDS)
        motion = clean(part, min(seconds - first, BLOCK_SECONDS + 2 * MARGIN_SECONDS), rate)
        values[begin : begin + kept] = _rows(motion, rate)[lead : lead + kept]
    return Stream(times=times, values=values)


def _between(skeleton: Skeleton, begin: int, end: int) -> Skeleton:
    """What was measured between two whole seconds, or a moment before or after, with times from the first on."""
    near = slice(*np.searchsorted(skeleton.times, (begin - 1.0, end + 1.0)))
    return Skeleton(skeleton.times[near] - begin, skeleton.positions[near])


def _rows(motion: Motion, rate: int) -> Values:
    """The frames of a movement, shape (frames, 27)."""
    columns = np.column_stack(_columns(motion, rate))
    needed = motion.positions[:, [INDEX[joint] for joint in NEEDED]]
    columns[np.isnan(needed).any(axis=(1, 2))] = 0.0
    return np.nan_to_num(columns, nan=0.0).astype(np.float32)


def _columns(motion: Motion, rate: int) -> list[Array]:
    """The columns in order, NaN where a joint of theirs was not seen, each of shape (frames,)."""
    positions = motion.positions
    hands = [INDEX["HandLeft"], INDEX["HandRight"]]
    apart = [positions[:, INDEX[one]] - positions[:, INDEX[other]] for one, other in DISTANCES.values()]
    derivatives = (motion.velocities, motion.accelerations, motion.jerks)
    moving = [moved[:, INDEX[joint]] for moved, joint in product(derivatives, MOVING.values())]
    return [
        *(np.linalg.norm(vectors, axis=1) for vectors in (*apart, *moving)),
        *(smoothness(motion.velocities[:, hand], motion.jerks[:, hand], rate) for hand in hands),
        *(curvature(motion.velocities[:, hand], motion.accelerations[:, hand]) for hand in hands),
        density(positions),
        density(positions[:, UPPER_BODY]),
        hand_symmetry(positions),
        kinetic_energy(motion.velocities),
    ]
