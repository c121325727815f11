"""Jobs on the workers of a Dask cluster."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from data_spec.extraction.workers import DiedError, Finished, WorkersError
from data_spec.features.packages import MissingPackageError

Job = TypeVar("Job")
Result = TypeVar("Result")

CONNECTING_SECONDS = 10
"""How long a scheduler may take to answer, and its first worker to come."""

_one_at_a_time = threading.Lock()


def run_on_cluster(
    function: Callable[[Job], Result], jobs: Mapping[str, Job], scheduler: str, shared: Sequence[Path] = ()
) -> Generator[Finished[Result], None, None]:
    """The jobs as they end; see `Workers.run`."""
    try:
        # Imported here: the package is optional.
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise MissingPackageError.named("distributed", "a cluster") from error
    try:
        client = distributed.Client(scheduler, timeout=CONNECTING_SECONDS)
    except (OSError, ValueError) as error:
        raise WorkersError(f"{scheduler}: expected a Dask scheduler. Received: {error}") from error
    with client:
        _require_shared(client, [path.absolute() for path in shared], scheduler)
        suspects: list[str] = []
        for name, future in _ended(distributed, client, function, jobs):
            if isinstance(future.exception(), distributed.KilledWorker):
                suspects.append(name)
            else:
                yield _finished(name, future)
        # Dask gives up a job whose workers died, four of them by default, and those that waited with it. One by one,
        # only the guilty one dies again.
        for suspect in suspects:
            for name, future in _ended(distributed, client, function, {suspect: jobs[suspect]}):
                if isinstance(future.exception(), distributed.KilledWorker):
                    yield Finished(name, None, DiedError("every worker that was given it died"))
                else:
                    yield _finished(name, future)


def _ended(
    distributed: Any, client: Any, function: Callable[[Job], Any], jobs: Mapping[str, Job]
) -> Generator[tuple[str, Any], None, None]:
    """Names and futures of the jobs as they end; what has not ended when the generator is left is called off."""
    # Not pure: what an earlier run of the same job found is no answer, its files may have changed.
    names = {client.submit(_alone, function, job, pure=False): name for name, job in jobs.items()}
    try:
        for future in distributed.as_completed(list(names)):
            if future.cancelled():
                raise WorkersError("the Dask cluster ended before its jobs did; what is finished is kept")
            yield names.pop(future), future
            future.release()
    finally:
        client.cancel(list(names))


def _finished(name: str, future: Any) -> Finished[Any]:
    error = future.exception()
    return Finished(name, None if error else future.result(), error)


def _alone(function: Callable[[Job], Result], job: Job) -> Result:
    """Runs in a thread of a worker, one at a time: what networks and openSMILE hold is not made for threads."""
    with _one_at_a_time:
        return function(job)


def _require_shared(client: Any, paths: Sequence[Path], scheduler: str) -> None:
    try:
        client.wait_for_workers(1, timeout=CONNECTING_SECONDS)
    except TimeoutError as error:
        raise WorkersError(f"{scheduler}: expected a Dask cluster with workers, found none") from error
    try:
        client.run_on_scheduler(_unseen, [])
        unseen = client.run(_unseen, paths)
    except Exception as error:  # Dask gives no more than the text of what is raised there
        expected = "a scheduler and workers with the kit on their path (PYTHONPATH) and the same packages"
        raise WorkersError(f"{scheduler}: expected {expected}. Received: {error}") from error
    for worker, missing in unseen.items():
        if missing:
            raise WorkersError(f"{worker}: expected a worker that sees {missing[0]} as this machine does, it does not")


def _unseen(paths: Sequence[Path]) -> list[Path]:
    """Runs on every worker: the files and folders that are not there."""
    return [path for path in paths if not path.exists()]
