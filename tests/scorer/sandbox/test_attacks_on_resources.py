"""Bombs: a job that takes more than it may is ended, for the reason that is true, and takes nothing with it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from scorer.sandbox.job import Ending
from tests.scorer.sandbox.conftest import LIMITS, Attack, Workplace
from tests.scorer.sandbox.machine import processes_with

FULL = ("No space left on device", "File too large")
"""The folder, or the one file."""

SHORT = replace(LIMITS, wall_seconds=1)


def test_a_fork_bomb_stays_small(attack: Attack) -> None:
    attacked = attack("fork_bomb", "0.8", limits=replace(LIMITS, memory_bytes=2**30))
    assert attacked.got == {"refused": True}
    assert attacked.outcome.ending is Ending.DONE


def test_threads_count_as_processes(attack: Attack) -> None:
    assert 10 < attack("thread_bomb").got["started"] < LIMITS.processes


@pytest.mark.parametrize(
    "way",
    ["one_process", "many_processes", "shared", "deleted_files", "sockets", "page_tables"],
)
def test_a_memory_bomb_is_ended(attack: Attack, way: str) -> None:
    limits = replace(LIMITS, memory_bytes=150 * 2**20, temporary_bytes=2**30)
    outcome = attack("memory_bomb", way, limits=limits).outcome
    assert outcome.ending is Ending.MEMORY, outcome
    assert outcome.reason == "more than 157,286,400 bytes of memory"
    assert outcome.wall_seconds < 15


def test_files_in_memory_count_as_memory(attack: Attack) -> None:
    limits = replace(LIMITS, memory_bytes=150 * 2**20, temporary_bytes=2**30)
    outcome = attack("memory_bomb", "shared_and_let_go", limits=limits).outcome
    assert outcome.ending is Ending.MEMORY, outcome


def test_the_folder_of_shared_memory_is_small(attack: Attack) -> None:
    attacked = attack("memory_bomb", "shared_memory_folder")
    assert attacked.outcome.ending is Ending.DISK, attacked
    assert any(words in attacked.said for words in FULL)


@pytest.mark.parametrize("folder", ["/output", "/tmp"])
def test_a_full_disk_is_said_to_be_full(attack: Attack, folder: str) -> None:
    attacked = attack("fill", "bytes", folder)
    assert attacked.outcome.ending is Ending.DISK, attacked
    assert attacked.outcome.reason == "no more room for its files"
    assert any(words in attacked.said for words in FULL)


@pytest.mark.parametrize("folder", ["/output", "/tmp"])
@pytest.mark.parametrize("way", ["files", "folders"])
def test_ten_million_files_are_too_many(attack: Attack, way: str, folder: str) -> None:
    outcome = attack("fill", way, folder).outcome
    assert outcome.ending is Ending.DISK, outcome
    assert outcome.reason == "more than 500 files"


def test_ten_million_names_of_one_file_are_too_many(attack: Attack) -> None:
    outcome = attack("fill", "links", "/output", limits=SHORT).outcome
    assert outcome.ending in {Ending.DISK, Ending.WALL_TIME, Ending.MEMORY}, outcome


def test_a_file_that_is_a_hole_of_a_terabyte_is_too_large(attack: Attack) -> None:
    outcome = attack("fill", "hole", "/output").outcome
    assert outcome.ending is Ending.DISK, outcome


def test_holes_count_as_what_they_would_unpack_to(attack: Attack) -> None:
    outcome = attack("fill", "holes", "/output").outcome
    assert (outcome.ending, outcome.reason) == (Ending.DISK, "more than 8,388,608 bytes of output")


def test_a_file_with_many_names_counts_as_many_files(attack: Attack) -> None:
    outcome = attack("fill", "same", "/output").outcome
    assert (outcome.ending, outcome.reason) == (Ending.DISK, "more than 8,388,608 bytes of output")


@pytest.mark.parametrize("stream", ["out", "error", "both", "one byte at a time"])
def test_a_log_without_end_is_ended(attack: Attack, stream: str) -> None:
    attacked = attack("talk", stream)
    assert attacked.outcome.ending is Ending.LOG, attacked.outcome
    assert attacked.outcome.reason == "more than 100,000 bytes of log"
    assert len(attacked.said) == LIMITS.log_bytes


@pytest.mark.parametrize("way", ["asleep", "busy", "stopped", "silent"])
def test_a_job_that_never_ends_is_ended(attack: Attack, way: str) -> None:
    began_at = time.monotonic()
    outcome = attack("go_on", way, limits=SHORT).outcome
    assert (outcome.ending, outcome.reason) == (Ending.WALL_TIME, "more than 1 s")
    assert time.monotonic() - began_at < 8


@pytest.mark.parametrize("way", ["busy", "busy in many"])
def test_a_busy_job_is_ended_by_its_cpu_time(attack: Attack, way: str) -> None:
    outcome = attack("go_on", way, limits=replace(LIMITS, cpu_seconds=1)).outcome
    assert (outcome.ending, outcome.reason) == (Ending.CPU_TIME, "more than 1 s of CPU time")
    assert 1 < outcome.cpu_seconds < 5


def test_a_job_that_hides_its_cpu_time_is_ended_all_the_same(attack: Attack) -> None:
    outcome = attack("go_on", "busy in short lives", limits=replace(LIMITS, cpu_seconds=1, wall_seconds=2.5)).outcome
    # Where no control group counts it, the time that is left is what ends it.
    assert outcome.ending in {Ending.CPU_TIME, Ending.WALL_TIME}, outcome


@pytest.mark.parametrize("way", ["single", "double", "silent", "many", "forking", "changing the output"])
def test_nothing_outlives_its_job(attack: Attack, workplace: Workplace, way: str) -> None:
    attacked = attack("outlive", way)
    assert processes_with(workplace.marker) == []
    if way == "changing the output" and attacked.outcome.ending is Ending.OUTPUT:
        assert attacked.outcome.reason == "something else than a file: 'a.csv' (lrwxrwxrwx)"
    else:
        assert attacked.outcome.ending is Ending.DONE, attacked
        assert attacked.got == {"left": True}
    assert attacked.outcome.wall_seconds < 8
