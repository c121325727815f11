"""Clips: what every importer finds in a public corpus, whatever its files are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from pathlib import Path

from data_spec.challenge import Challenge
from data_spec.corpus import CorpusError
from data_spec.extraction.settings import modalities_for
from data_spec.extraction.source import Source
from data_spec.importers.span import SOUND
from data_spec.media.container import PICTURE_SUFFIXES

FILM_SUFFIXES = PICTURE_SUFFIXES - {".jpg", ".jpeg", ".png"}
"""Names of films: still pictures are none."""


@dataclass(frozen=True)
class Clip:
    """One actor's take of one sentence, and what emotion it shows.

    Attributes:
        name: that of its files in the public corpus.
        actor: such as `actor_07`.
        session: the session of the challenge that the actor belongs to.
        label: its index among the challenge's labels, or `NO_LABEL`.
        agreement: of those who gave the label, 0 to 1.
        sound: a file with sound, may be the film; None where there is none.
        pictures: a film; None where there is none.
    """

    name: str
    actor: str
    session: int
    label: int
    agreement: float
    sound: Path | None
    pictures: Path | None

    @property
    def recording(self) -> str:
        """The recording's name, in the form of the 2017 challenge, from which the emotion cannot be read.

        >>> Clip("03-01-05-01-02-01-07", "actor_07", 1, 0, 1.0, Path("03-01-05-01-02-01-07.flac"), None).recording
        'id53617570'
        """
        return f"id{blake2s(self.name.encode()).hexdigest()[:8]}"

    def source(self, modalities: Sequence[str]) -> Source | None:
        """Its files that these modalities are made of, or None where it has none of them."""
        sound = self.sound if SOUND in modalities else None
        pictures = self.pictures if set(modalities) - {SOUND} else None
        return Source(self.recording, sound, pictures) if sound or pictures else None


@dataclass(frozen=True)
class FoundClips:
    """The clips of a public corpus that have a label, or a tie of its annotators.

    Attributes:
        clips: by name.
        left_out: how many others there are, by the reason.
    """

    clips: tuple[Clip, ...]
    left_out: Mapping[str, int]

    def modalities(self, challenge: Challenge, asked: tuple[str, ...] | None) -> tuple[str, ...]:
        """The modalities to extract: those asked, else all for which any clip has files.

        Raises:
            CorpusError: no clip has files for one that is asked, or it cannot be extracted.
        """
        there = {
            name: any((clip.sound if name == SOUND else clip.pictures) for clip in self.clips)
            for name in modalities_for(challenge)
        }
        possible = tuple(name for name in there if there[name])
        chosen = modalities_for(challenge, asked if asked is not None else possible)
        if not set(chosen) <= set(possible):
            raise CorpusError(
                f"modalities: expected some of {[*possible]}, for which the clips have files. Received: {[*chosen]}"
            )
        return chosen


def each_once(source: Path, names: Mapping[Path, str]) -> dict[str, Path]:
    """Files by the name of their clip, given their names by file. Raises CorpusError where two have the same."""
    files: dict[str, Path] = {}
    for path, name in names.items():
        if name in files:
            raise CorpusError(f"{source}: expected every clip once, found {[str(files[name]), str(path)]}")
        files[name] = path
    return files
