"""How a job ended is said as it was."""

from __future__ import annotations

import io
import signal

import pytest

from scorer.sandbox.attendance import Attended
from scorer.sandbox.ending import outcome_of
from scorer.sandbox.job import BrokenSandbox, Ending, Limits, Outcome
from tests.scorer.sandbox.tars import REPORT, tar

LIMITS = Limits(cpu_seconds=100)


def ended(report: dict[str, object] | None = None, *, words: bytes = b"", oom: bool = False, **seen: object) -> Outcome:
    attended = Attended(
        ended=seen.get("ended"),  # type: ignore[arg-type]
        wall_seconds=2.0,
        cpu_seconds=1.0,
        peak_memory_bytes=1000,
        last_words=words,
    )
    output = io.BytesIO(tar({"files/a": b"1"}, None if report is None else {**REPORT, **report}))
    return outcome_of(LIMITS, attended, output, out_of_memory=oom)


def test_a_job_that_ends_by_itself_is_done_and_leaves_its_files() -> None:
    outcome = ended({"exit_code": 0})
    assert (outcome.ending, outcome.reason, outcome.exit_code) == (Ending.DONE, "it ended by itself", 0)
    assert outcome.output == {"a": b"1"}
    assert (outcome.wall_seconds, outcome.cpu_seconds, outcome.peak_memory_bytes) == (2.0, 1.5, 2048)


@pytest.mark.parametrize(
    ("report", "words", "ending", "reason"),
    [
        ({"exit_code": 3}, b"", Ending.EXIT_CODE, "exit code 3"),
        ({"exit_code": -signal.SIGSEGV}, b"", Ending.EXIT_CODE, "ended by SIGSEGV"),
        ({"exit_code": -200}, b"", Ending.EXIT_CODE, "ended by signal 200"),
        ({"exit_code": -signal.SIGXCPU}, b"", Ending.CPU_TIME, "more than 100 s of CPU time"),
        ({"exit_code": -signal.SIGXFSZ}, b"", Ending.DISK, "no more room for its files"),
        ({"exit_code": 1}, b"OSError: [Errno 28] No space", Ending.DISK, "no more room for its files"),
        ({"exit_code": 1}, b"\nMemoryError\n", Ending.MEMORY, "more than 4,294,967,296 bytes of memory"),
        ({"exit_code": 1}, b"std::bad_alloc", Ending.MEMORY, "more than 4,294,967,296 bytes of memory"),
        ({"exit_code": 0, "cpu_seconds": 100.1}, b"", Ending.CPU_TIME, "more than 100 s of CPU time"),
        ({"exit_code": -9, "out_of_memory": True}, b"", Ending.MEMORY, "more than 4,294,967,296 bytes of memory"),
        ({"exit_code": None, "not_started": "no x"}, b"", Ending.EXIT_CODE, "it could not be started: no x"),
    ],
)  # fmt: skip
def test_a_job_that_fails_has_its_reason(report: dict[str, object], words: bytes, ending: Ending, reason: str) -> None:
    outcome = ended(report, words=words)
    assert outcome.ending is ending
    assert outcome.reason.startswith(reason)
    assert outcome.output == {}


def test_words_of_trouble_do_not_fail_a_job_that_ended_well() -> None:
    assert ended({"exit_code": 0}, words=b"MemoryError, but I went on").ending is Ending.DONE
    assert ended({"exit_code": 0}, oom=True).ending is Ending.DONE


def test_what_was_seen_from_outside_counts_more_than_what_was_told() -> None:
    outcome = ended({"exit_code": 0}, ended=(Ending.LOG, "more than 5 bytes of log"))
    assert (outcome.ending, outcome.exit_code, outcome.output) == (Ending.LOG, None, {})


def test_where_the_kernel_ended_the_launcher_too_it_was_memory() -> None:
    assert ended(None, oom=True).ending is Ending.MEMORY


def test_without_a_report_or_a_reason_the_sandbox_is_broken_and_its_words_are_passed_on() -> None:
    with pytest.raises(BrokenSandbox, match=r"found none: .* it said: bwrap: no such thing"):
        ended(None, words=b"bwrap: no such thing\n")
