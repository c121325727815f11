"""The organiser's list, `recordings.csv`, against the challenge and against the folders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from data_spec.challenge import Challenge
from data_spec.corpus import Recording
from data_spec.csv_files import CsvFault


def list_faults(
    path: Path,
    recordings: Sequence[Recording],
    challenge: Challenge,
    found: Mapping[str, AbstractSet[str]],
    expected: AbstractSet[str],
) -> Iterator[CsvFault]:
    """What is wrong with the list.

    Args:
        path: of the list.
        recordings: what it says, in its order.
        challenge: whose splits it must keep.
        found: the recordings in the folders that are there, by split.
        expected: the splits whose folders must be there when the list names recordings of them.
    """
    yield from _wrong_rows(path, recordings, challenge)
    for split in challenge.splits.folders:
        listed = {one.name: line for line, one in enumerate(recordings, start=2) if one.split == split.name}
        if split.name not in found and split.name not in expected:
            continue
        there = found.get(split.name, frozenset())
        for name in sorted(listed.keys() - there):
            yield CsvFault(path, listed[name], "recording", f"files of {name} in {split.folder}/", "none")
        for name in sorted(there - listed.keys()):
            yield CsvFault(path, None, "recording", f"{name}, whose files are in {split.folder}/", "no such row")


def _wrong_rows(path: Path, recordings: Sequence[Recording], challenge: Challenge) -> Iterator[CsvFault]:
    splits = challenge.splits
    names = [split.name for split in splits.folders]
    proportions = {session: stratum.proportions for stratum in splits.strata for session in stratum.sessions}
    excluded_actors = {
        (one.actor, split): one.session
        for one in recordings
        for split, proportion in proportions.get(one.session, {}).items()
        if proportion == 0
    }
    seen: set[str] = set()
    split_of_actor: dict[str, str] = {}
    for line, one in enumerate(recordings, start=2):
        if one.name in seen:
            yield CsvFault(path, line, "recording", "every recording once", f"{one.name} again")
        seen.add(one.name)
        if one.split not in names:
            yield CsvFault(path, line, "split", f"one of {names}", repr(one.split))
        elif one.session not in proportions:
            yield CsvFault(path, line, "session", f"one of {sorted(proportions)}", str(one.session))
        elif (one.actor, one.split) in excluded_actors:
            session = excluded_actors[one.actor, one.split]
            allowed = [name for name in names if proportions[session][name] > 0]
            reason = f"one of {allowed}: {one.actor} acts in session {session}"
            yield CsvFault(path, line, "split", reason, repr(one.split))
        elif splits.unit == "actor" and split_of_actor.setdefault(one.actor, one.split) != one.split:
            expected = f"{split_of_actor[one.actor]!r}, where the other recordings of {one.actor} are"
            yield CsvFault(path, line, "split", expected, repr(one.split))
