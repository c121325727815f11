"""What is asked of an extraction: the same settings give the same streams."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from data_spec.challenge import Challenge
from data_spec.corpus import CorpusError

RESULTS_VERSION: Final = 1
"""Raised when a change of the kit changes what comes out: results of before are then made anew."""

RATES: Final = {"audio": 100, "face": 50, "eyes": 50, "kinect": 15}
"""Frames per second of what is extracted, by modality."""

FEATURES: Final = {"audio": 36, "eyes": 6, "kinect": 27}
"""Columns of what is extracted, by modality; a face has as many as its challenge asks for, after the projection."""

FROM_FILM: Final = ("face", "eyes", "kinect")
"""The modalities that pictures give; the last where there are no joints."""


@dataclass(frozen=True)
class Settings:
    """What is extracted of every recording, and how.

    Attributes:
        modalities: among audio, face, eyes, kinect.
        embedding: what describes a face: `expression`, `identity` or `vgg16`.
        weights: the embedding's, where no package carries them (`vgg16`).
    """

    modalities: tuple[str, ...]
    embedding: str = "expression"
    weights: Path | None = None

    def as_json(self) -> dict[str, Any]:
        """What stands in the report of a recording: when it differs, the recording is extracted anew.

        The embedding counts only where faces are extracted; its weights by their name, size and time of change.

        >>> Settings(("audio",)).as_json()
        {'version': 1, 'modalities': ['audio']}
        """
        described: dict[str, Any] = {"version": RESULTS_VERSION, "modalities": sorted(self.modalities)}
        if "face" in self.modalities:
            described["embedding"] = self.embedding
            if self.weights is not None:
                described["weights"] = asdict(FileState.of(self.weights))
        return described


@dataclass(frozen=True)
class FileState:
    """A file as it was when it was read; one that changed since differs.

    Attributes:
        name: without its folder: recordings may be moved.
        size: bytes.
        modified_ns: time of the last change, nanoseconds since 1970.
    """

    name: str
    size: int
    modified_ns: int

    @classmethod
    def of(cls, path: Path) -> FileState:
        """The state of a file now. Raises OSError."""
        stat = path.stat()
        return cls(path.name, stat.st_size, stat.st_mtime_ns)


def modalities_for(challenge: Challenge, asked: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """The modalities to extract for a challenge, in its order: those asked, else all that can be.

    Raises:
        CorpusError: one that is asked is none of the challenge's or cannot be extracted, or the challenge wants
            it at another rate or with other columns than what comes out.

    >>> from data_spec.challenge import load_challenge
    >>> modalities_for(load_challenge("merc2017"), ("eyes", "audio"))
    ('audio', 'eyes')
    """
    known = {modality.name: modality for modality in challenge.modalities if modality.name in RATES}
    if unknown := [name for name in asked or () if name not in known]:
        raise CorpusError(f"modalities: expected some of {[*known]}, which {challenge.name!r} has. Received: {unknown}")
    chosen = tuple(name for name in known if asked is None or name in asked)
    if not chosen:
        raise CorpusError(
            f"modalities: expected a challenge with some of {[*RATES]}. Received: {challenge.name!r}, which has "
            f"{[modality.name for modality in challenge.modalities]}"
        )
    for name in chosen:
        modality = known[name]
        made = (RATES[name], FEATURES.get(name, modality.features))
        if made != (modality.rate, modality.features):
            raise CorpusError(
                f"the modality {name!r} of {challenge.name!r} has {modality.features} columns at {modality.rate} "
                f"frames/s; what is extracted has {made[1]} at {made[0]}"
            )
    return chosen
