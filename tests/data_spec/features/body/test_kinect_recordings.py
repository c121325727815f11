"""Real movements of a Kinect v2 (UI-PRMD, Vakanski et al. 2018).

The files give 22 joints, in this order, as offsets from the parent joint in centimetres, 30 times a second. The offsets
are along the axes of the parent's own bone, and the angles of the bones are in other files, which are not here: added
up, they are a body that keeps its arms stretched out, but goes where the person went, with the sensor's own jitter.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from data_spec.features.body.joints import INDEX, Skeleton
from data_spec.features.body.joints_file import read_joints, write_joints
from data_spec.features.body.movement import COLUMNS, body_stream

# Joint, and the number of its parent. What they call head and head tip are Neck and Head to a Kinect, by the lengths of
# the bones; their neck and collars are none of its joints.
ORDER = [
    ("SpineBase", -1), ("SpineMid", 0), ("SpineShoulder", 1), ("", 2), ("Neck", 3), ("Head", 4),
    ("", 2), ("ShoulderLeft", 6), ("ElbowLeft", 7), ("HandLeft", 8),
    ("", 2), ("ShoulderRight", 10), ("ElbowRight", 11), ("HandRight", 12),
    ("HipLeft", 0), ("KneeLeft", 14), ("AnkleLeft", 15), ("FootLeft", 16),
    ("HipRight", 0), ("KneeRight", 18), ("AnkleRight", 19), ("FootRight", 20),
]  # fmt: skip
FILES = [f"m{movement:02d}_s{person:02d}_e01_positions.txt.gz" for movement in range(1, 5) for person in range(1, 4)]


def recorded(path: Path) -> Skeleton:
    with gzip.open(path, "rt") as file:
        places = np.loadtxt(file, delimiter=",").reshape(-1, len(ORDER), 3) / 100
    positions = np.full((len(places), 25, 3), np.nan, dtype=np.float32)
    for number, (joint, parent) in enumerate(ORDER):
        if parent >= 0:
            places[:, number] += places[:, parent]
        if joint:
            positions[:, INDEX[joint]] = places[:, number]
    return Skeleton(np.arange(len(places)) / 30, positions)


def slowed(skeleton: Skeleton, factor: int) -> Skeleton:
    """The movement without its jitter, at 30 frames a second, so many times as long."""
    seen = ~np.isnan(skeleton.positions[0, :, 0])
    smooth = gaussian_filter1d(skeleton.positions[:, seen], 3, axis=0)
    times = np.arange(int(skeleton.times[-1] * factor * 30)) / 30
    positions = np.full((len(times), 25, 3), np.nan, dtype=np.float32)
    positions[:, seen] = CubicSpline(skeleton.times, smooth, axis=0)(times / factor)
    return Skeleton(times, positions)


@pytest.mark.parametrize("name", FILES)
def test_a_recorded_movement_has_plausible_values_in_every_frame(
    shared_data: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    skeleton = recorded(shared_data("kinect-v2") / name)
    write_joints(tmp_path / "joints.csv", skeleton)
    skeleton = read_joints(tmp_path / "joints.csv")
    stream = body_stream(skeleton, len(skeleton.times) / 30)
    assert np.isfinite(stream.values).all()
    assert stream.present.all()
    for column, values in zip(COLUMNS, stream.values.T, strict=True):
        kind = column.split("_")[0]
        least, most = {
            "distance": (0.2, 1.6),
            "velocity": (0.0, 2.5),
            "acceleration": (0.0, 60.0),
            "jerk": (0.0, 1000.0),
            "smoothness": (-15.0, 0.0),
            "curvature": (0.0, 100.0),
            "density": (0.25, 0.7),
            "symmetry": (0.9, 1.0),
            "kinetic": (0.0, 1.5),
        }[kind]
        assert least <= values.min() <= values.max() <= most, column


@pytest.mark.parametrize("name", FILES)
def test_a_recorded_movement_twice_as_fast_has_doubled_velocities_and_the_rest_as_documented(
    shared_data: Callable[[str], Path], name: str
) -> None:
    skeleton = recorded(shared_data("kinect-v2") / name)
    seconds = float(skeleton.times[-1])
    # Both slow enough for a window of half a second not to flatten them.
    slow = body_stream(slowed(skeleton, 8), 8 * seconds, rate=15).values
    fast = body_stream(slowed(skeleton, 4), 4 * seconds, rate=30).values
    frames = min(len(slow), len(fast))
    within = slice(15, frames - 15)
    for number, column in enumerate(COLUMNS):
        power = {"velocity": 2, "kinetic": 4, "acceleration": 4, "jerk": 8}.get(column.split("_")[0])
        if power is not None:
            once, twice = (values[within, number].astype(float) for values in (slow, fast))
            # The factor by which one is the other, in the sense of least squares, and how well it is.
            assert once @ twice / (once @ once) == pytest.approx(power, rel=0.05), column
            assert np.corrcoef(once, twice)[0, 1] > 0.98, column
