"""RAVDESS: spoken clips of one emotion each, heard, seen or both → a corpus.

A clip's file name says all: `MODALITY-CHANNEL-EMOTION-INTENSITY-STATEMENT-REPETITION-ACTOR` (Livingstone & Russo
2018). Modality 01 is picture and sound, 02 picture alone, 03 sound alone; channel 01 is speech, 02 song, which is left
out. Files that differ in the modality alone are the same take: one clip, its sound from 03 where it is there, its
pictures from 01. Its emotion is the label of every frame, with full agreement. Two of the eight emotions, calm and
surprised, are not among the challenge's six: those clips are left out.

The clock is the same in the three files but for one picture: in the take that was measured the film's own sound comes
33 ms after that of 03.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from data_spec.challenge import load_challenge
from data_spec.corpus import CorpusError
from data_spec.importers.clips import FILM_SUFFIXES, Clip, FoundClips, each_once

CHALLENGE = "ravdess"

EMOTIONS: Mapping[str, str | None] = {
    "01": "Neutral",
    "02": None,  # calm
    "03": "Happy",
    "04": "Sad",
    "05": "Anger",
    "06": "Scared",
    "07": "Disgust",
    "08": None,  # surprised
}
"""The label of each emotion code; None for those that the challenge has no label for."""

_BOTH, _PICTURES, _SOUND = "01", "02", "03"
_SUFFIXES = {_BOTH: FILM_SUFFIXES, _PICTURES: FILM_SUFFIXES, _SOUND: frozenset({".flac", ".wav"})}
_NAME = re.compile(r"(?P<modality>0[1-3])-(?P<take>01-(?P<emotion>0[1-8])-\d\d-\d\d-\d\d-(?P<actor>\d\d))")


def find_clips(source: Path) -> FoundClips:
    """The spoken clips in a folder and the folders inside it; other files are no clips.

    A clip is named after its file of sound alone, whether that is there or not.

    Raises:
        CorpusError: not a folder, no clip of the six emotions in it, or a clip stands twice.
    """
    if not source.is_dir():
        raise CorpusError(f"{source}: expected a folder of clips, found {'a file' if source.exists() else 'nothing'}")
    names = {
        path: path.stem
        for path in sorted(source.rglob("*"), key=lambda path: (path.name, path))
        if (name := _NAME.fullmatch(path.stem)) and path.suffix.lower() in _SUFFIXES[name["modality"]]
    }
    files = each_once(source, names)
    takes = {name["take"]: name for stem in files if (name := _NAME.fullmatch(stem))}
    labels = load_challenge(CHALLENGE).task.labels
    clips = []
    for take, name in sorted(takes.items()):
        if label := EMOTIONS[name["emotion"]]:
            both, pictures, sound = (files.get(f"{kind}-{take}") for kind in (_BOTH, _PICTURES, _SOUND))
            number = int(name["actor"])
            clips.append(
                Clip(
                    name=f"{_SOUND}-{take}",
                    actor=f"actor_{number:02d}",
                    session=1 if number % 2 else 2,
                    label=labels.index(label),
                    agreement=1.0,
                    sound=sound or both,
                    pictures=both or pictures,
                )
            )
    others = len(takes) - len(clips)
    if not clips:
        raise CorpusError(
            f"{source}: expected .flac or .wav files named 03-01-EMOTION-INTENSITY-STATEMENT-REPETITION-ACTOR, or "
            f"films named 01-… or 02-…, of emotions {[code for code, label in EMOTIONS.items() if label]}; "
            f"found {others} of other emotions"
        )
    return FoundClips(tuple(clips), {"their emotion is none of the challenge's labels": others})
