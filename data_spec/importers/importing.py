"""The clips of a public corpus → a corpus of the kit.

The streams are extracted into `OUT/.extraction`, where an import that was interrupted finds what it had done. Then
the files of the corpus are written, last of all `challenge.yaml`: a folder without it is no corpus.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from data_spec.challenge import Challenge
from data_spec.corpus import CorpusError, Recording
from data_spec.extraction.extracting import Progress, extract_all, no_progress
from data_spec.extraction.results import read_result
from data_spec.extraction.settings import Settings
from data_spec.extraction.target import WORK_FOLDER
from data_spec.extraction.workers import Workers
from data_spec.importers.clips import FoundClips
from data_spec.importers.span import spoken_span
from data_spec.importers.writing import FACE, Part, check_free, write_corpus
from data_spec.splits import assign_splits

Bar = Callable[[str], AbstractContextManager[Progress]]
"""Opens what shows how far a part of the work is, such as `media_bar`, given its title."""


def no_bar(title: str) -> AbstractContextManager[Progress]:
    """Show nothing."""
    return nullcontext(no_progress)


@dataclass(frozen=True)
class ImportReport:
    """What became of the clips.

    Attributes:
        recordings: how many went to each split.
        left_out: how many did not become recordings, by the reason.
        broken: the clips that could not be read, by name, and why.
        notes: what was noticed in the others, and in how many of them.
    """

    recordings: Mapping[str, int]
    left_out: Mapping[str, int]
    broken: Mapping[str, str]
    notes: Mapping[str, int]


def import_clips(
    found: FoundClips,
    challenge: Challenge,
    out: Path,
    settings: Settings,
    workers: Workers,
    seed: int,
    bar: Bar = no_bar,
) -> ImportReport:
    """Make a corpus of clips. One that cannot be read does not stop the others.

    Args:
        found: the clips.
        challenge: has splits for their sessions.
        out: the corpus; a new or empty folder, or that of an interrupted import, which is gone on with.
        settings: what is extracted; see `FoundClips.modalities`.
        workers: who extracts.
        seed: chance in dividing the actors over the splits.
        bar: shows how far the extraction is, and then the writing.

    Raises:
        CorpusError: none of the clips can be read, no actor of the training split has films to fit the face's
            components on, or something is in the way at `out`.
        MissingPackageError: a package for extraction is not installed.
    """
    check_free(out, challenge)
    is_new = not out.exists()
    sources = {clip.recording: source for clip in found.clips if (source := clip.source(settings.modalities))}
    clips = {clip.recording: clip for clip in found.clips if clip.recording in sources}
    takes = [(name, clip.session, clip.actor) for name, clip in clips.items()]
    split_of = assign_splits(takes, challenge.splits, seed)
    if FACE in settings.modalities:
        _check_films(
            {clips[name].actor: split_of[name] for name in clips if sources[name].pictures}, challenge.published_splits
        )
    work = out / WORK_FOLDER
    with bar("Extracting") as progress:
        outcome = extract_all([*sources.values()], settings, work, workers, progress)
    broken = dict(outcome.broken)
    spans = {}
    for name, report in outcome.done.items():
        try:
            spans[name] = spoken_span(read_result(work, name), report.seconds, challenge)
        except ValueError as error:
            broken[name] = f"{sources[name].files[0]}: {error}"
    if not spans:
        if is_new:
            # There is nothing to go on with; in a folder that was there before may be what earlier runs finished.
            shutil.rmtree(work)
            out.rmdir()
        raise CorpusError(f"none of {len(clips)} clips can be read; the first: {min(broken.values())}")
    parts = [
        Part(Recording(name, clips[name].session, clips[name].actor, split_of[name]), clips[name], span)
        for name, span in spans.items()
    ]
    with bar("Writing") as progress:
        write_corpus(out, challenge, parts, progress)
    counts = Counter(part.recording.split for part in parts)
    without_files = {"they have no files for these modalities": len(found.clips) - len(clips)}
    return ImportReport(
        recordings={split.name: counts[split.name] for split in challenge.splits.folders},
        left_out=dict(found.left_out) | (without_files if len(clips) < len(found.clips) else {}),
        broken=dict(sorted((clips[name].name, why) for name, why in broken.items())),
        notes=Counter(note for name in spans for note in outcome.done[name].notes),
    )


def _check_films(split_of: Mapping[str, str], train: Collection[str]) -> None:
    """Raises CorpusError where the films are all of actors who are not in `train`."""
    if not set(split_of.values()) & set(train):
        raise CorpusError(
            f"expected films of actors of {sorted(train)}, on which the components of faces are fitted. Received: "
            f"films of {sorted(split_of)[:5]}, who are in other splits: choose another seed, or leave out {FACE!r}"
        )
