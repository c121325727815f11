"""Jobs in processes and on a cluster: each one's end is its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path

import pytest

from data_spec.extraction.workers import DiedError, Finished, Workers, WorkersError
from data_spec.features.packages import MissingPackageError
from tests.data_spec.extraction.raw import is_there


def double(number: int) -> int:
    """Twice the number; below 0 its process is killed, as by a kernel that lacks memory; at 0 it raises."""
    if number < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 0:
        raise ValueError("nothing to double")
    return 2 * number


def by_name(results: list[Finished[int]]) -> dict[str, Finished[int]]:
    assert len({one.name for one in results}) == len(results)
    return {one.name: one for one in results}


def test_every_job_comes_back_with_its_result_or_what_it_raised() -> None:
    results = by_name(list(Workers(2).run(double, {"a": 1, "b": 0, "c": 3})))
    assert {name: one.result for name, one in results.items()} == {"a": 2, "b": None, "c": 6}
    assert str(results["b"].error) == "nothing to double"
    assert results["a"].error is None


def test_a_process_that_is_killed_takes_its_own_job_with_it_and_no_other() -> None:
    jobs = {"a": 1, "killed": -1, "b": 2, "killed too": -2, "c": 3, "d": 4}
    results = by_name(list(Workers(2).run(double, jobs)))
    assert {name for name, one in results.items() if isinstance(one.error, DiedError)} == {"killed", "killed too"}
    assert {name: one.result for name, one in results.items() if one.error is None} == {"a": 2, "b": 4, "c": 6, "d": 8}


def test_who_stops_listening_ends_the_processes() -> None:
    before = set(active_children())
    results = Workers(1).run(double, dict.fromkeys("abc", 1))
    next(results)
    assert set(active_children()) - before
    results.close()
    assert not set(active_children()) - before


def test_processes_do_not_outlive_a_parent_that_is_killed() -> None:
    words = "import time; from data_spec.extraction.workers import Workers; "
    words += (
        "jobs = Workers(1).run(time.sleep, {'short': 0, 'long': 60}); print(next(jobs).name, flush=True); next(jobs)"
    )
    parent = subprocess.Popen([sys.executable, "-c", words], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "short\n"
    parent.kill()
    parent.communicate()
    assert not is_there(parent.pid)


def test_no_jobs_need_no_processes() -> None:
    assert list(Workers().run(double, {})) == []


def test_fewer_than_one_process_is_refused() -> None:
    with pytest.raises(ValueError, match=r"jobs: expected 1 or more. Received: 0"):
        Workers(0)


def test_a_cluster_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingPackageError, match="a cluster needs the package distributed: pip install"):
        list(Workers(scheduler="tcp://127.0.0.1:1").run(double, {"a": 1}))


@pytest.mark.slow
def test_a_cluster_does_the_same_and_must_see_the_same_files(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="needs the optional packages of requirements-features.txt")
    dask = pytest.importorskip("dask", reason="needs the optional packages of requirements-features.txt")
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
        ) as cluster,
    ):
        workers = Workers(scheduler=cluster.scheduler_address)
        results = by_name(list(workers.run(double, {"a": 1, "b": 0, "killed": -1, "c": 3}, [tmp_path])))
        assert {name: one.result for name, one in results.items()} == {"a": 2, "b": None, "killed": None, "c": 6}
        assert isinstance(results["b"].error, ValueError)
        assert isinstance(results["killed"].error, DiedError)
        # The same job once more is done once more: files may have changed since.
        assert [one.result for one in workers.run(double, {"a": 1}, [tmp_path])] == [2]
        with pytest.raises(WorkersError, match=r"expected a worker that sees .*elsewhere as this machine does"):
            list(workers.run(double, {"a": 1}, [tmp_path / "elsewhere"]))


@pytest.mark.slow
def test_a_cluster_that_ends_before_its_jobs_is_said() -> None:
    distributed = pytest.importorskip("distributed", reason="needs the optional packages of requirements-features.txt")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as cluster:
        results = Workers(scheduler=cluster.scheduler_address).run(time.sleep, {"short": 0, "long": 60})
        assert next(results).name == "short"
        cluster.close()
        with pytest.raises(WorkersError, match="the Dask cluster ended before its jobs did"):
            list(results)


@pytest.mark.slow
def test_no_scheduler_at_the_address_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="needs the optional packages of requirements-features.txt")
    monkeypatch.setattr("data_spec.extraction.cluster.CONNECTING_SECONDS", 0.5)
    with pytest.raises(WorkersError, match=r"tcp://127.0.0.1:9: expected a Dask scheduler"):
        list(Workers(scheduler="tcp://127.0.0.1:9").run(double, {"a": 1}))
