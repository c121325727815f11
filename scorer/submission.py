"""A submitted zip: its predictions, or the precise reasons why there are none.

The one way by which a submission is read: the participant's `check`, the server and the scorer all come
here. What a prediction file must look like stands in `scorer/prediction_file.py`, what a zip may contain
in `scorer/entries.py`, how it is read safely in `scorer/archive.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

from data_spec.challenge import Challenge
from data_spec.stream import Times
from scorer.archive import Archive, ArchiveError, archive_in
from scorer.entries import Contents, sort_entries
from scorer.plain_rows import TemplateLayouts
from scorer.prediction_file import FileVerdict, PredictionReader
from scorer.verdict import WHOLE_ZIP, Fault, Predictions, Verdict, refused

__all__ = ["MAX_FAULTS", "Fault", "Predictions", "Verdict", "read"]

MAX_FAULTS = 100
"""How many faults of a submission are listed; of the others the number is told."""


def read(
    source: Path | BinaryIO,
    templates: Mapping[str, Times],
    challenge: Challenge,
    layouts: TemplateLayouts | None = None,
) -> Verdict:
    """Read a submission and compare it with the templates.

    Nothing that is in the zip raises: whatever is wrong with it becomes a fault of the verdict.

    Args:
        source: the zip.
        templates: the times to predict, in seconds, shape (frames,), by recording.
        challenge: its labels, its tolerance of times, its limits.
        layouts: of the same templates, where many submissions are read for them: `layouts_of`. They change nothing
            but the time that it takes.

    Raises:
        ValueError: there are no templates.
        OSError: the source itself cannot be read.
    """
    if not templates:
        raise ValueError("expected the template of at least one recording, found none")
    try:
        with archive_in(source, challenge.submission) as archive:
            contents = sort_entries(archive.entries, templates, challenge.submission.folder)
            files = _read_files(archive, contents, templates, PredictionReader.of(challenge, layouts))
    except ArchiveError as error:
        return refused(Fault(WHOLE_ZIP, None, None, error.expected, error.found))
    faults = _ranked(contents.faults, files.values())
    if not faults:
        return Verdict((), contents.notes, {recording: files[recording].values for recording in templates})
    notes = list(contents.notes)
    if len(faults) > MAX_FAULTS:
        notes.append(f"not listed: {len(faults) - MAX_FAULTS:,} further faults")
    if further := sum(file.further_rows for file in files.values()):
        notes.append(f"not listed: {further:,} further rows with faults")
    return refused(*faults[:MAX_FAULTS], notes=notes)


def layouts_of(templates: Mapping[str, Times], challenge: Challenge) -> TemplateLayouts | None:
    """What makes `read` fast for those who keep it; None where the task names no labels."""
    task = challenge.task
    return TemplateLayouts(templates, len(task.labels)) if task.prediction_ranges is None else None


def _ranked(of_the_zip: Sequence[Fault], files: Collection[FileVerdict]) -> list[Fault]:
    """All faults: if they are too many to be listed, the first of every file before the second of any."""
    by_file = [file.faults for file in files]
    if len(of_the_zip) + sum(map(len, by_file)) > MAX_FAULTS:
        by_file = list(zip_longest(*by_file))
    return [*of_the_zip, *(fault for faults in by_file for fault in faults if fault is not None)]


def _read_files(
    archive: Archive, contents: Contents, templates: Mapping[str, Times], reader: PredictionReader
) -> dict[str, FileVerdict]:
    """What is in each recording's file, in the order of the templates."""
    entries = archive.entries
    files = {}
    for recording, times in templates.items():
        if (position := contents.predictions.get(recording)) is None:
            continue
        name, size = entries[position].name, entries[position].size
        if size > (most := reader.most_bytes(times)):
            fault = Fault(name, None, None, f"at most {most:,} bytes for {len(times):,} rows", f"{size:,} bytes")
            files[recording] = FileVerdict.refused(fault)
            continue
        try:
            content = archive.read(position)
        except ArchiveError as error:
            files[recording] = FileVerdict.refused(Fault(name, None, None, error.expected, error.found))
            continue
        files[recording] = reader.read(name, content, times)
    return files
