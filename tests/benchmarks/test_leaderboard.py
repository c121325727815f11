"""The benchmark of the leaderboard works: which ways and goals it tells, never how fast."""

import subprocess
import sys

from benchmarks.constant_server import constant_app
from benchmarks.leaderboard import measure


def test_every_way_is_measured_and_every_goal_told():
    report = measure(quick=True)
    views = [row.way for row in report.rows if row.measure == "views"]
    constant, *ways = views[1:]
    assert views[0] == "constant, 8 bytes"
    assert constant.startswith("constant, ")
    assert ways == ["SQLite, 20 submissions", "SQLite, 20 submissions, nothing new"]
    assert [(goal.measure.partition(":")[2].partition(",")[0].strip(), goal.wanted) for goal in report.goals] == [
        ("views", ">= 0.5"),
        ("the wait of 99 of 100 views", "<= 10"),
        ("views with 20 submissions", ">= 0.8"),
        ("first views with 20 submissions", ">= 0.8"),
    ]
    assert all(goal.ratio > 0 for goal in report.goals)


def test_a_constant_has_the_bytes_that_were_asked_for():
    client = constant_app([8, 1000]).test_client()
    assert [len(client.get(f"/{size}").data) for size in (8, 1000)] == [8, 1000]


def test_what_asks_ends_with_a_reason_where_nobody_answers():
    command = [sys.executable, "-m", "benchmarks.request_rate", "http://127.0.0.1:1/", "--seconds", "0.1"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "expected a server at 127.0.0.1:1, found none: Connection refused\n"
