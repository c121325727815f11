"""A raw recording: the files that one actor's take was recorded in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """The files of one recording. At least one of them is there.

    Attributes:
        recording: its name in the corpus.
        sound: a file with sound; may be the same as `pictures`.
        pictures: a film, or a still picture.
        joints: a CSV of Kinect joints (see `features/body/joints_file.py`).
    """

    recording: str
    sound: Path | None = None
    pictures: Path | None = None
    joints: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file of it once."""
        return tuple(dict.fromkeys(file for file in (self.sound, self.pictures, self.joints) if file is not None))
