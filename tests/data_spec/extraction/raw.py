"""Raw recordings that need no optional package: files of Kinect joints; workers that are no processes; the command."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner

from data_spec.__main__ import main
from data_spec.challenge import load_challenge
from data_spec.csv_files import write_labels
from data_spec.extraction.source import Source
from data_spec.extraction.workers import Finished, Workers
from data_spec.features.body.joints import INDEX, Skeleton
from data_spec.features.body.joints_file import write_joints
from data_spec.stream import Labels

PLACES = {
    "SpineShoulder": (0.0, 0.5, 2.0),
    "Head": (0.0, 0.7, 2.0),
    "ShoulderLeft": (-0.2, 0.5, 2.0),
    "ShoulderRight": (0.2, 0.5, 2.0),
    "HandLeft": (-0.3, 0.2, 1.8),
    "HandRight": (0.3, 0.2, 1.8),
}


def write_body(path: Path, seconds: float, waves: float = 1.0, begin: float = 0.0) -> Path:
    """Joints of somebody who waves so many times a second, 30 frames a second."""
    times = np.arange(round(seconds * 30)) / 30
    positions = np.full((len(times), 25, 3), (0.0, 0.0, 2.0), dtype=np.float32)
    for joint, place in PLACES.items():
        positions[:, INDEX[joint]] = place
    positions[:, INDEX["HandLeft"], 1] += 0.1 * np.sin(2 * np.pi * waves * times)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_joints(path, Skeleton(begin + times, positions))
    return path


def body_source(folder: Path, recording: str, seconds: float = 1.0) -> Source:
    """A recording of nothing but joints."""
    return Source(recording, joints=write_body(folder / f"{recording}.kinect.csv", seconds))


class InThisProcess(Workers):
    """Does the jobs one after the other, and remembers their names."""

    def __init__(self) -> None:
        super().__init__(jobs=1)
        self.did: list[str] = []

    def run(
        self, function: Callable[[Any], Any], jobs: Mapping[str, Any], shared: Sequence[Path] = ()
    ) -> Generator[Finished[Any], None, None]:
        for name, job in jobs.items():
            self.did.append(name)
            yield Finished(name, function(job), None)


def touch_later(path: Path) -> None:
    """Give a file another time of change."""
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))


def run(*words: str | Path) -> tuple[int, str]:
    """Call `python -m data_spec` in this process: its exit code and all that it says."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, result.output


def put_labels(path: Path, first: float, last: float) -> None:
    """Labels of the challenge of 2017, the same for every frame."""
    path.parent.mkdir(parents=True, exist_ok=True)
    times = first + np.arange(round((last - first) * 100)) / 100
    labels = Labels(times, np.ones(len(times), dtype=np.int8), np.ones(len(times)))
    write_labels(path, labels, load_challenge("merc2017").task)


def is_there(group: int) -> bool:
    """Whether a process of the group is left ten seconds later: some end only when they see that the others have."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    return True
