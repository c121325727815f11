"""CREMA-D: clips of twelve sentences, and what up to twelve annotators saw in each → a corpus.

A clip's file name is `ACTOR_SENTENCE_EMOTION_INTENSITY` (Cao et al. 2014), the same in `AudioWAV/` and
`VideoFlash/`. The emotion that was to be acted is not the label: the label is what the annotators chose together,
with their agreement, and every frame of a clip has that of the clip.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np

from data_spec.agreement import consensus
from data_spec.challenge import load_challenge
from data_spec.corpus import CorpusError
from data_spec.importers.clips import FILM_SUFFIXES, Clip, FoundClips, each_once
from data_spec.importers.crema_d_tables import EMOTIONS, Shown, read_sessions, read_votes
from data_spec.stream import NO_LABEL

CHALLENGE = "crema_d"
VOTES_FILE = Path("processedResults", "tabulatedVotes.csv")
ACTORS_FILE = Path("VideoDemographics.csv")
SOUND_FOLDER = Path("AudioWAV")
FILM_FOLDER = Path("VideoFlash")

# Copies from before October 2022 have one `1040_ITH_SAD_X`.
_NAME = re.compile(r"(?P<actor>1\d{3})_[A-Z]{3}_(ANG|DIS|FEA|HAP|NEU|SAD)_(X|XX|LO|MD|HI)")
_POINTER = b"version https://git-lfs.github.com/spec/"


def find_clips(source: Path, shown: Shown = "both") -> FoundClips:
    """The clips in a copy of CREMA-D, or in a part of one, with their labels.

    Args:
        source: a copy of the corpus's repository.
        shown: which votes count: of those who heard the voice, saw the face, or both.

    Raises:
        CorpusError: a part of the corpus is not there, a table of it cannot be read, or a clip stands twice.
    """
    _check_parts(source)
    votes, sessions = read_votes(source / VOTES_FILE, shown), read_sessions(source / ACTORS_FILE)
    left_out: Counter[str] = Counter()
    sounds = _files(source / SOUND_FOLDER, frozenset({".wav"}), left_out)
    films = _files(source / FILM_FOLDER, FILM_SUFFIXES, left_out)
    names = sorted({*sounds, *films})
    counts = np.array([votes.get(name, (0,) * len(EMOTIONS)) for name in names], dtype=np.int64)
    agreed = consensus(counts.reshape(-1, len(EMOTIONS)))
    labels = [load_challenge(CHALLENGE).task.labels.index(label) for label in EMOTIONS.values()]
    clips = []
    for number, name in enumerate(names):
        actor = name.split("_")[0]
        if actor not in sessions:
            raise CorpusError(f"{source / ACTORS_FILE}: expected the actor {actor} of {name}, found none")
        if not counts[number].any():
            left_out["nobody voted on them"] += 1
            continue
        index = int(agreed.index[number])
        label = labels[index] if index != NO_LABEL else NO_LABEL
        agreement = float(agreed.agreement[number])
        clips.append(
            Clip(
                name,
                f"actor_{actor}",
                sessions[actor],
                label,
                agreement,
                sounds.get(name, films.get(name)),
                films.get(name),
            )
        )
    if not clips:
        reasons = "; ".join(f"{number}: {reason}" for reason, number in left_out.items())
        raise CorpusError(
            f"{source}: expected clips named ACTOR_SENTENCE_EMOTION_INTENSITY in {SOUND_FOLDER} or {FILM_FOLDER} "
            f"with votes, found none ({reasons or 'no such file'})"
        )
    return FoundClips(tuple(clips), dict(left_out))


def _check_parts(source: Path) -> None:
    """Raises CorpusError that names every part that is lacking."""
    if not source.is_dir():
        raise CorpusError(
            f"{source}: expected a folder with CREMA-D, found {'a file' if source.exists() else 'nothing'}"
        )
    lacking = [str(part) for part in (VOTES_FILE, ACTORS_FILE) if not (source / part).is_file()]
    if not any((source / part).is_dir() for part in (SOUND_FOLDER, FILM_FOLDER)):
        lacking.append(f"{SOUND_FOLDER} or {FILM_FOLDER}")
    if lacking:
        raise CorpusError(f"{source}: expected a copy of CREMA-D, found one without {', '.join(lacking)}")


def _files(folder: Path, suffixes: frozenset[str], left_out: Counter[str]) -> dict[str, Path]:
    """The clips' files in a folder by the clip's name; what was not fetched yet is counted."""
    files = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix.lower() in suffixes and _NAME.fullmatch(path.stem):
            with path.open("rb") as file:
                if file.read(len(_POINTER)) == _POINTER:
                    left_out["their files are not there, only pointers of Git LFS: run `git lfs pull`"] += 1
                    continue
            files.append(path)
    return each_once(folder, {path: f"{path.stem}X" if path.stem.endswith("_X") else path.stem for path in files})
