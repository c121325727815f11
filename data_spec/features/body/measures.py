"""Measures of a movement: how curved, smooth, wide, symmetric and strong it is. Each takes every frame at once.

The sources of the 2017 challenge's body features are the EyesWeb library and Piana et al. 2014, "Real-time Automatic
Emotion Recognition from Body Gestures" (arXiv 1402.5047), which lists kinetic energy, density, symmetry, smoothness
and curvature beside the velocities, accelerations and jerks of single joints. NaN stands for what was not seen.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from data_spec.features.body.joints import INDEX

Array = NDArray[np.float64]

AT_REST = 0.1
"""Metres per second under which a joint is at rest: its path has no direction, but for the sensor's jitter."""

LARGEST_CURVATURE = 100.0
"""Per metre: circles with a radius under 1 cm are the sensor's jitter, and drawn by no hand."""

SMOOTHNESS_SECONDS = 1.0
"""The stretch over which smoothness is taken, about as long as one gesture."""

SEGMENTS: Final = (
    ("SpineShoulder", "SpineBase", 0.497, 0.5),
    ("SpineShoulder", "Head", 0.081, 1.0),
    *(
        (proximal + side, distal + side, mass, centre)
        for side in ("Left", "Right")
        for proximal, distal, mass, centre in (
            ("Shoulder", "Elbow", 0.028, 0.436),
            ("Elbow", "Wrist", 0.016, 0.430),
            ("Wrist", "Hand", 0.006, 1.0),
            ("Hip", "Knee", 0.100, 0.433),
            ("Knee", "Ankle", 0.0465, 0.433),
            ("Ankle", "Foot", 0.0145, 0.5),
        )
    ),
)
"""Parts of the body: from which joint, to which, their share of its mass, and where between the two their middle is.

From Winter 2005, "Biomechanics and Motor Control of Human Movement", table of anthropometric data (after Dempster
1955). The trunk there reaches from the hips to the shoulder joints, the middle of head and neck is the ear canal, which
is where a Kinect's Head is, and the middle of a hand the knuckles, which is a Kinect's Hand.
"""


def curvature(velocities: Array, accelerations: Array) -> Array:
    """How sharply a path bends: |v × a| / |v|³, per metre, which is 1 / radius, from 0 to `LARGEST_CURVATURE`.

    0 where the joint is at rest. How quickly the path is run through does not change it. It is the curvature of any
    curve in space, one of the measures of Piana et al. 2014.

    Args:
        velocities: metres per second, shape (frames, 3)
        accelerations: metres per second², shape (frames, 3)

    >>> curvature(np.array([[0.0, 2.0, 0.0]]), np.array([[-8.0, 0.0, 0.0]])).tolist()
    [2.0]
    """
    speeds = np.linalg.norm(velocities, axis=1)
    bends = np.linalg.norm(np.cross(velocities, accelerations), axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        curved = np.minimum(bends / speeds**3, LARGEST_CURVATURE)
    return np.asarray(np.where(speeds < AT_REST, 0.0, curved))


def smoothness(velocities: Array, jerks: Array, rate: int) -> Array:
    """The log dimensionless jerk of the second around each frame: 0 or less, the lower the more jerky.

    -ln(T³ / v² · ∫ |jerk|² dt), v being the highest speed in the stretch of T = `SMOOTHNESS_SECONDS`, shorter at the
    ends and beside gaps (Balasubramanian et al. 2012, "A Robust and Sensitive Metric for Quantifying Movement
    Smoothness"; 2015, "On the analysis of movement smoothness"). The smoothest way to reach for something in T has
    -5.3. It is 0 where the jerk does not count: where the integral's value is under 1, as in a straight and even
    movement, and where the joint is at rest all the while.

    Args:
        velocities: metres per second, shape (frames, 3)
        jerks: metres per second³, shape (frames, 3)
        rate: frames per second.
    """
    half = int(SMOOTHNESS_SECONDS * rate / 2)
    squares, speeds = (jerks**2).sum(axis=1), np.linalg.norm(velocities, axis=1)
    padded = [np.concatenate([np.full(half, np.nan), one, np.full(half, np.nan)]) for one in (squares, speeds)]
    around, fast = (np.lib.stride_tricks.sliding_window_view(one, 2 * half + 1) for one in padded)
    seen = ~np.isnan(around)
    lasts = seen.sum(axis=1) / rate
    highest = np.where(seen, fast, 0.0).max(axis=1, initial=0.0)
    integral = np.where(seen, around, 0.0).sum(axis=1) / rate
    jerkiness = lasts**3 / np.maximum(highest, AT_REST) ** 2 * integral
    result = np.where(highest < AT_REST, 0.0, -np.log(np.maximum(jerkiness, 1.0)))
    return np.asarray(np.where(np.isnan(squares), np.nan, result))


def density(points: Array) -> Array:
    """How far the body spreads: the mean distance of its joints from their common middle, in metres.

    The density index of EyesWeb, small in a contracted and large in an expanded body (Piana et al. 2014; Glowinski et
    al. 2011, "Toward a Minimal Representation of Affective Gestures"). Of the joints that are seen, at least two.

    Args:
        points: metres, shape (frames, joints, 3)

    >>> density(np.array([[[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [np.nan, np.nan, np.nan]]])).tolist()
    [0.5]
    """
    seen = np.asarray(~np.isnan(points).any(axis=2))
    count = np.maximum(seen.sum(axis=1), 1)
    middle = np.where(seen[:, :, None], points, 0.0).sum(axis=1) / count[:, None]
    apart = np.where(seen, np.linalg.norm(points - middle[:, None], axis=2), 0.0)
    return np.asarray(np.where(count >= 2, apart.sum(axis=1) / count, np.nan))


def hand_symmetry(positions: Array) -> Array:
    """How far the hands are each other's mirror images, 0 to 1.

    1 - |L - R'| / (|L| + |R|): L and R are the hands as seen from SpineShoulder, R' is R mirrored in the upright plane
    through it across which the shoulders lie. How far one hand is from the other's mirror image is the geometric
    symmetry of PyEyesWeb, the EyesWeb library in Python; dividing by the most that it can be is ours.

    Args:
        positions: metres, shape (frames, 25, 3)
    """
    left, right = (
        positions[:, INDEX[hand]] - positions[:, INDEX["SpineShoulder"]] for hand in ("HandLeft", "HandRight")
    )
    across = positions[:, INDEX["ShoulderRight"]] - positions[:, INDEX["ShoulderLeft"]]
    across[:, 1] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        across /= np.linalg.norm(across, axis=1, keepdims=True)
        mirrored = right - 2 * (right * across).sum(axis=1, keepdims=True) * across
        largest = np.linalg.norm(left, axis=1) + np.linalg.norm(right, axis=1)
        return np.asarray(1 - np.linalg.norm(left - mirrored, axis=1) / largest)


def kinetic_energy(velocities: Array) -> Array:
    """½ Σ m v² / Σ m over the parts of the body that are seen, in joules per kilogram of their mass.

    Piana et al. 2014 sum ½ m v² over the joints. Here m is the mass of a part of the body and v the velocity of its
    middle (`SEGMENTS`); the mass of the person is not known, so it is that of one kilogram.

    Args:
        velocities: metres per second, shape (frames, 25, 3)
    """
    energy, mass = np.zeros(len(velocities)), np.zeros(len(velocities))
    for proximal, distal, share, centre in SEGMENTS:
        velocity = velocities[:, INDEX[distal]]
        if centre < 1:
            velocity = (1 - centre) * velocities[:, INDEX[proximal]] + centre * velocity
        seen = ~np.isnan(velocity).any(axis=1)
        energy[seen] += 0.5 * share * (velocity[seen] ** 2).sum(axis=1)
        mass[seen] += share
    return np.asarray(np.divide(energy, mass, out=np.full(len(energy), np.nan), where=mass > 0))
