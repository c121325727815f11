"""Who does the jobs: processes on this machine, or the workers of a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


class WorkersError(OSError):
    """The workers cannot be used; the message says why."""


class DiedError(RuntimeError):
    """The process that did a job died of it."""


@dataclass(frozen=True)
class Finished(Generic[Result]):
    """A job that ended.

    Attributes:
        name: of the job.
        result: what its function returned, or None where it raised.
        error: what it raised, or None; `DiedError` where its process died.
    """

    name: str
    result: Result | None
    error: BaseException | None


class Workers:
    """Do jobs side by side.

    Args:
        jobs: how many at once on this machine; as many as there are cores by default. Not for a cluster, which
            knows how many workers it has.
        scheduler: address of a Dask scheduler, such as tcp://10.0.0.1:8786. Its workers must have the kit on their
            path and see the same files under the same names: a shared file system.
    """

    def __init__(self, jobs: int | None = None, scheduler: str | None = None) -> None:
        if jobs is not None and jobs < 1:
            raise ValueError(f"jobs: expected 1 or more. Received: {jobs}")
        self.jobs = jobs or os.cpu_count() or 1
        self.scheduler = scheduler

    def run(
        self, function: Callable[[Job], Result], jobs: Mapping[str, Job], shared: Sequence[Path] = ()
    ) -> Generator[Finished[Result], None, None]:
        """The jobs as they end, begun in their order. Leaving the iterator early ends the rest.

        Args:
            function: of a module, so that other processes find it.
            jobs: by name; what `function` is given.
            shared: files and folders that workers on other machines must see.

        Raises:
            WorkersError: no scheduler at the address, it has no workers, they do not see what is shared, or it ended.
            MissingPackageError: a cluster is asked for and the package distributed is not installed.
        """
        # Imported here: each way needs packages that the other does not.
        if self.scheduler is None:
            from data_spec.extraction.processes import run_in_processes

            return run_in_processes(function, jobs, self.jobs)
        from data_spec.extraction.cluster import run_on_cluster

        return run_on_cluster(function, jobs, self.scheduler, shared)
