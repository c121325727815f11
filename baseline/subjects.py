"""Who is in a recording: what cross-validations and held out parts keep together."""

from __future__ import annotations

from collections.abc import Sequence

from data_spec.corpus import RECORDINGS_FILE, Corpus, RecordingFolder


def subjects_of(folder: RecordingFolder, recordings: Sequence[str]) -> tuple[str, ...]:
    """The subject of each recording: its actor where the corpus has the organiser's list, else the recording itself.

    Participants have no such list: to them each recording is of somebody else.

    Raises:
        CorpusError: the list is broken.
    """
    root = folder.path.parent
    listed = Corpus(root, folder.challenge).read_recordings() if (root / RECORDINGS_FILE).is_file() else ()
    actor_of = {one.name: f"actor {one.actor}" for one in listed}
    return tuple(actor_of.get(name, f"recording {name}") for name in recordings)
