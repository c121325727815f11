"""A server that is killed takes its jobs along, and what it cannot take the next server sweeps away."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import pytest

from scorer.sandbox.choice import open_runner
from scorer.sandbox.oci_profile import PREFIX
from tests.scorer.sandbox import kinds
from tests.scorer.sandbox.machine import groups_of_server, processes_with

CHECKOUT = Path(__file__).parents[3]

SERVER = """
import sys
from scorer.sandbox.choice import open_runner
from scorer.sandbox.job import Job, Limits
program = "(setsid sleep 100 &) ; echo running; while true; do :; done"
job = Job(["sh", "-c", program], Limits(wall_seconds=100, processes=20), variables={"KIT_MARKER": sys.argv[2]})
open_runner(sys.argv[1]).run(job, lambda piece: print(piece.decode(), flush=True) if piece else None)
"""


@pytest.mark.parametrize("kind", [kinds.BUBBLEWRAP, *kinds.engines()])
def test_a_server_that_is_killed_takes_its_jobs_along(kind: str) -> None:
    marker = uuid.uuid4().hex
    command = [sys.executable, "-c", SERVER, kind, marker]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=CHECKOUT) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"running\n"
        assert len(processes_with(marker)) >= 3
        server.kill()
    ends_at = time.monotonic() + 10
    while processes_with(marker) and time.monotonic() < ends_at:
        time.sleep(0.05)
    assert processes_with(marker) == []
    for folder in groups_of_server(server.pid):
        folder.rmdir()  # they are empty, so that the next server sweeps them, after a minute
    for file in Path(tempfile.gettempdir()).glob(f"{PREFIX}{server.pid}-*"):
        file.unlink()  # as well, after an hour
    if kind != kinds.BUBBLEWRAP:
        assert f"kit-job-{server.pid}-" not in containers_after_a_sweep(kind)


def containers_after_a_sweep(engine: str) -> str:
    """The names of all containers there are, once a server has begun."""
    open_runner.__wrapped__(engine)
    told = subprocess.run([engine, "ps", "--all", "--format={{.Names}}"], capture_output=True, text=True, check=True)
    return told.stdout
