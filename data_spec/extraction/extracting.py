"""Many recordings → their results, side by side; those that are finished are not done again."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from data_spec.extraction.recording import RecordingJob, extract_recording
from data_spec.extraction.results import UNFINISHED_FOLDER, Report, read_report, read_result
from data_spec.extraction.settings import FileState, Settings
from data_spec.extraction.source import Source
from data_spec.extraction.watching import watching
from data_spec.extraction.workers import Finished, Workers
from data_spec.features.packages import MissingPackageError
from data_spec.media.container import read_facts

Progress = Callable[[float, float], None]
"""Told the seconds of media that are done and those there are in all: at the beginning, after each recording, and about
once a second meanwhile, from a thread of its own."""


@dataclass
class Outcome:
    """What became of the recordings.

    Attributes:
        done: the reports, in the order of the recordings; those of earlier runs too.
        broken: why each of the others could not be extracted.
        kept: those of `done` that an earlier run had finished.
    """

    done: dict[str, Report] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()


def no_progress(done: float, total: float) -> None:
    """Show nothing."""


def extract_all(
    sources: Sequence[Source], settings: Settings, work: Path, workers: Workers, progress: Progress = no_progress
) -> Outcome:
    """Extract every recording into the work folder; one that cannot be does not stop the others.

    A finished recording is done again only where its files' names, sizes or times of change differ from those in its
    report, or the settings do. The longest are begun first, so that no process has the last long one alone.

    Args:
        sources: the recordings, each name once.
        settings: the same for all.
        work: the results; a folder that is made where it is not there, and may be removed at any time but during a
            run: all of it can be made again. One run at a time: two of the same recording would be in each other's way.
        workers: who extracts.
        progress: see `Progress`.

    Raises:
        MissingPackageError: a package that extraction needs is not installed: no recording could be done.
        WorkersError: the cluster cannot be used, or ended before the work did.
    """
    work.mkdir(parents=True, exist_ok=True)
    outcome = Outcome(kept=frozenset(source.recording for source in sources if is_finished(source, settings, work)))
    jobs: dict[str, RecordingJob] = {}
    seconds: dict[str, float] = {}
    for source in sources:
        if source.recording not in outcome.kept:
            try:
                seconds[source.recording] = _weight(source)
                jobs[source.recording] = _job(source, settings, work)
            except (ValueError, OSError) as error:
                outcome.broken[source.recording] = str(error)
    if jobs:
        ordered = {name: jobs[name] for name in sorted(jobs, key=lambda name: (-seconds[name], name))}
        weights = {settings.weights} if settings.weights is not None else set()
        shared = sorted({work, *weights, *(path.parent for job in jobs.values() for path in job.source.files)})
        total, done = sum(seconds.values()), 0.0
        progress(done, total)

        def tell(noted: dict[str, float]) -> None:
            # What a run that was killed has left behind is nobody's progress.
            begun = sum(min(one, seconds[name]) for name, one in noted.items() if name in running)
            progress(min(done + begun, total), total)

        running = set(ordered)
        with watching(work, tell), closing(workers.run(_attempt, ordered, shared)) as results:
            for finished in results:
                running.discard(finished.name)
                if (why := _why_not(finished)) is not None:
                    outcome.broken[finished.name] = why
                done += seconds[finished.name]
                progress(done, total)
        with suppress(OSError):
            (work / UNFINISHED_FOLDER).rmdir()
    for source in sources:
        if source.recording not in outcome.broken:
            report = read_report(work, source.recording)
            assert report is not None
            outcome.done[source.recording] = report
    return outcome


def is_finished(source: Source, settings: Settings, work: Path) -> bool:
    """Whether a recording need not be extracted again: its result is whole, and of these files and settings.

    Raises:
        OSError: a file of the recording, or the weights of the settings, cannot be read.
    """
    report = read_report(work, source.recording)
    if report is None or report.settings != settings.as_json():
        return False
    try:
        if report.files != tuple(FileState.of(path) for path in source.files):
            return False
        read_result(work, source.recording)
    except (OSError, ValueError):
        return False
    return True


@dataclass(frozen=True)
class _Failure:
    """Why a recording could not be extracted: plain text, which every error can be turned into to be sent."""

    why: str
    is_package: bool = False


def _attempt(job: RecordingJob) -> Report | _Failure:
    """Runs in the process of a worker: whatever is wrong with one recording is nobody else's end."""
    try:
        return extract_recording(job)
    except MissingPackageError as error:
        return _Failure(str(error), is_package=True)
    except (ValueError, OSError) as error:
        return _Failure(str(error))
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return _Failure(f"{type(error).__name__} in {Path(where.filename).name}, line {where.lineno}: {error}")


def _job(source: Source, settings: Settings, work: Path) -> RecordingJob:
    """The paths in it are absolute: workers may run in another folder than this process."""
    sound, pictures, joints, weights = (
        path.absolute() if path is not None else None
        for path in (source.sound, source.pictures, source.joints, settings.weights)
    )
    files = Source(source.recording, sound, pictures, joints)
    return RecordingJob(files, replace(settings, weights=weights), work.absolute())


def _why_not(finished: Finished[Report | _Failure]) -> str | None:
    """Why a recording was not extracted, or None where it was. Raises MissingPackageError."""
    if isinstance(finished.result, _Failure):
        if finished.result.is_package:
            raise MissingPackageError(finished.result.why)
        return finished.result.why
    return None if finished.error is None else str(finished.error)


def _weight(source: Source) -> float:
    """How much work a recording is: the seconds of its sound and pictures, and a little for the opening of files."""
    media = [path for path in (source.sound, source.pictures) if path is not None]
    return 1.0 + max((read_facts(path).seconds for path in media), default=0.0)
