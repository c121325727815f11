"""A job is stayed with until it ends or must be ended."""

from __future__ import annotations

import io
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from scorer.sandbox.attendance import Attended, attend
from scorer.sandbox.job import Ending, Limits
from scorer.sandbox.sampling import Sample

LIMITS = Limits(wall_seconds=20, log_bytes=1000, output_bytes=1000, files=1)

Attend = Callable[..., tuple[Attended, bytes, list[bytes]]]


@pytest.fixture
def attended() -> Iterator[Attend]:
    """Attends a shell's command: what was seen, its results, and what was heard."""
    started = []

    def run(command: str, limits: Limits = LIMITS, sample: Callable[[], Sample] = Sample, **listening: object):  # type: ignore[no-untyped-def]
        process = subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(process)
        heard: list[bytes] = []
        output = io.BytesIO()
        listen = listening.get("listen", heard.append)
        seen = attend(process, limits, sample=sample, listen=listen, output=output)  # type: ignore[arg-type]
        return seen, output.getvalue(), heard

    yield run
    for process in started:
        with process:
            process.kill()


def test_results_and_words_go_their_own_ways(attended: Attend) -> None:
    seen, output, heard = attended("echo results; echo words >&2")
    assert seen.ended is None
    assert output == b"results\n"
    assert b"".join(heard) == b"words\n"
    assert seen.last_words == b"words\n"


def test_words_are_heard_while_the_job_runs(attended: Attend) -> None:
    times: dict[bytes, float] = {}
    attended("echo first >&2; sleep 0.5; echo last >&2", listen=lambda piece: times.setdefault(piece, time.monotonic()))
    assert times[b"last\n"] - times[b"first\n"] > 0.4


def test_a_listener_is_called_about_ten_times_a_second_though_nothing_is_said(attended: Attend) -> None:
    _, _, heard = attended("sleep 1")
    assert set(heard) == {b""}
    assert 5 <= len(heard) <= 12


def test_words_beyond_the_limit_are_not_heard(attended: Attend) -> None:
    seen, _, heard = attended("yes >&2")
    assert seen.ended == (Ending.LOG, "more than 1,000 bytes of log")
    assert len(b"".join(heard)) == 1000


def test_as_many_words_as_the_limit_are_heard(attended: Attend) -> None:
    seen, _, heard = attended("head -c 1000 /dev/zero >&2")
    assert seen.ended is None
    assert len(b"".join(heard)) == 1000


def test_results_beyond_the_limit_are_not_kept(attended: Attend) -> None:
    seen, output, _ = attended("yes")
    assert seen.ended == (Ending.DISK, "more than 1,000 bytes of output")
    assert len(output) < 200_000


def test_time_is_up_though_nothing_is_said(attended: Attend) -> None:
    seen, _, _ = attended("sleep 100", replace(LIMITS, wall_seconds=0.3))
    assert seen.ended == (Ending.WALL_TIME, "more than 0 s")
    assert 0.3 <= seen.wall_seconds < 2


@pytest.mark.parametrize(
    ("sample", "ending", "reason"),
    [
        (Sample(memory_bytes=2**32 + 1), Ending.MEMORY, "more than 4,294,967,296 bytes of memory"),
        (Sample(cpu_seconds=7200.1), Ending.CPU_TIME, "more than 7,200 s of CPU time"),
        (Sample(files=2), Ending.DISK, "more than 1 files"),
    ],
)
def test_what_a_sample_shows_too_much_of_ends_it(attended: Attend, sample: Sample, ending: Ending, reason: str) -> None:
    seen, _, _ = attended("sleep 100", sample=lambda: sample)
    assert seen.ended == (ending, reason)


def test_the_most_that_was_seen_is_told(attended: Attend) -> None:
    samples = iter([Sample(5, 1.0), Sample(9, 2.0), *[Sample(3, 1.5)] * 100])
    seen, _, _ = attended("sleep 0.5", sample=lambda: next(samples))
    assert (seen.peak_memory_bytes, seen.cpu_seconds) == (9, 2.0)


def test_what_a_listener_raises_is_passed_on(attended: Attend) -> None:
    def stop(_piece: bytes) -> None:
        raise KeyError("stopped")

    with pytest.raises(KeyError, match="stopped"):
        attended("sleep 100", listen=stop)
