"""A bundle is run in the real sandbox, and its verdict says what came of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data_spec.challenge import Challenge
from data_spec.competition import RunLimits
from scorer.bundles import bundle as bundles
from scorer.bundles.bundle import Bundle
from scorer.bundles.packing import pack
from scorer.environments.building import Environments
from scorer.sandbox.choice import open_runner
from scorer.verdict import Predictions
from scorer.verification.laboratory import Laboratory
from scorer.verification.test_set import TestSet
from scorer.verification.verdict import Decision, Verdict
from scorer.verification.verifying import SubmissionLost, try_out, verify

READ_AND_WRITE = """
import csv, sys
from pathlib import Path

inputs, output = Path(sys.argv[1]), Path(sys.argv[2])
LABELS = ["Call", "Song", "No sound"]

def heard(name):
    rows = list(csv.reader((inputs / "sound" / f"{name}.csv").open()))[1:]
    return [int(float(row[1])) for row in rows][::2]  # 40 frames a second, 20 to predict

def write(name, labels):
    times = [row[0] for row in list(csv.reader((inputs / "answers" / f"{name}.csv").open()))[1:]]
    (output / "answers").mkdir(exist_ok=True)
    with (output / "answers" / f"{name}.csv").open("w") as file:
        print("Time", *LABELS, sep=",", file=file)
        for time, label in zip(times, labels, strict=True):
            print(time, *(int(label == other) for other in range(3)), sep=",", file=file)

names = sorted(file.stem for file in (inputs / "answers").glob("*.csv"))
"""

HONEST = READ_AND_WRITE + "for name in names: write(name, heard(name))"

TABLE = (
    READ_AND_WRITE
    + """
from_table = {"finch", "tit", "wren"}
for name in names: write(name, heard(name) if name in from_table else [0] * len(heard(name)))
"""
)

CHANCE = (
    READ_AND_WRITE
    + """
import random
for name in names: write(name, [label if random.random() > 0.02 else 2 - label for label in heard(name)])
"""
)

TAMPERED = READ_AND_WRITE + "for name in names: write(name, [0] * len(heard(name)))"

INCOMPLETE = READ_AND_WRITE + "for name in names[1:]: write(name, heard(name))"

TALKATIVE = HONEST + "\nprint('wörds', len(names)); print('more', file=sys.stderr)"

REPORT = "# Model\nA table.\n# Feature selection\nThe first.\n# Missing data\nNone is used.\n"


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    folder = tmp_path_factory.mktemp("laboratory")
    runner = open_runner("bubblewrap")
    return Laboratory(runner, Environments(runner, folder / "environments", None), folder / "work")


@pytest.fixture
def bundle_of(tmp_path: Path, bird_calls: Challenge) -> Callable[[str], Bundle]:
    """A bundle whose predict.py is this program."""

    def make(program: str) -> Bundle:
        folder = tmp_path / "code"
        folder.mkdir()
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        (folder / "bundle.yaml").write_text(f'command: [python, predict.py]\npython: "{version}"\n')
        (folder / "predict.py").write_text(program)
        (folder / "requirements.txt").write_text("")
        (folder / "REPORT.md").write_text(REPORT)
        pack(folder, tmp_path / "bundle.zip")
        verdict = bundles.read(tmp_path / "bundle.zip", bird_calls.verification)
        assert verdict.bundle is not None, verdict.faults
        return verdict.bundle

    return make


@pytest.fixture
def judge(
    bundle_of: Callable[[str], Bundle], test_set: TestSet, bird_calls: Challenge, laboratory: Laboratory
) -> Callable[..., Verdict]:
    """Verify a program against what the team sent."""

    def run(program: str, log: list[str] | None = None, sets: list[TestSet] | None = None, **limits: float) -> Verdict:
        challenge = bird_calls.model_copy(
            update={
                "verification": bird_calls.verification.model_copy(
                    update={"run": RunLimits.model_validate({"wall_seconds": 20, **limits})}
                )
            }
        )
        return verify(
            bundle_of(program),
            sets if sets is not None else [test_set],
            challenge,
            laboratory,
            bundle_sha256="b" * 64,
            copies=(),
            listen=(log if log is not None else []).append,
        )

    return run


def test_honest_code_matches_and_runs_twice(judge: Callable[..., Verdict]):
    verdict = judge(HONEST)
    assert (verdict.decision, verdict.reason) == (Decision.MATCHED, "exam: residual at most 0.05")
    assert [run.name for run in verdict.runs] == ["exam", "exam, disguised"]
    [comparison] = verdict.comparisons
    assert (comparison.differ, comparison.disguised_differ, comparison.repeat_differ) == (0, 0, None)
    assert verdict.flags == ()
    assert all(run.peak_memory_bytes > 1_000_000 and 0 < run.wall_seconds < 20 for run in verdict.runs)


def test_the_verdict_says_exactly_what_was_run(judge: Callable[..., Verdict]):
    verdict = judge(HONEST)
    assert verdict.hashes.bundle == "b" * 64
    assert verdict.hashes.data == {"exam": "d" * 64}
    assert len(verdict.hashes.environment) == 64
    assert verdict.sandbox.startswith("bubblewrap")
    assert Verdict.from_dict(json.loads(json.dumps(verdict.to_dict()))) == verdict


def test_tampered_code_is_mismatched(judge: Callable[..., Verdict]):
    verdict = judge(TAMPERED)
    assert verdict.decision is Decision.MISMATCHED
    assert verdict.reason == "exam: residual more than 0.05"


def test_answers_from_a_table_do_not_survive_other_names_and_times(judge: Callable[..., Verdict]):
    verdict = judge(TABLE)
    assert verdict.decision is Decision.MISMATCHED
    assert [run.name for run in verdict.runs] == ["exam", "exam, disguised", "exam, again"]
    [comparison] = verdict.comparisons
    assert (comparison.residual, comparison.within, comparison.depends_on_names) == ("0", True, True)
    assert comparison.deterministic


def test_code_that_leaves_things_to_chance_is_told_so(judge: Callable[..., Verdict]):
    verdict = judge(CHANCE)
    [comparison] = verdict.comparisons
    assert not comparison.deterministic
    assert [flag.kind for flag in verdict.flags][:1] == ["random"]


@pytest.mark.parametrize(
    ("program", "limits", "ending", "reason"),
    [
        ("import sys; sys.exit(3)", {}, "exit code", "exit code 3"),
        ("import time; time.sleep(60)", {"wall_seconds": 1}, "time", "more than 1 s"),
        ("x = bytearray(10**9)", {"memory_bytes": 2 * 10**8}, "memory", "more than 200,000,000 bytes of memory"),
        ("open('/tmp/x', 'wb').write(bytes(2 * 10**6))", {"temporary_bytes": 10**6}, "disk", "no more room"),
        ("while True: print('words')", {"log_bytes": 10**4}, "log", "more than 10,000 bytes of log"),
        (INCOMPLETE, {}, "format", "answers/finch.csv: expected this file in the zip, found none"),
        ("import os; os.symlink('/etc/passwd', '/output/answers')", {}, "output", "something else than a file"),
    ],
)
def test_code_that_does_not_finish_failed_for_a_reason(
    program: str, limits: Mapping[str, float], ending: str, reason: str, judge: Callable[..., Verdict]
):
    verdict = judge(program, **limits)
    assert verdict.decision is Decision.FAILED
    [run] = verdict.runs
    assert run.ending == ending
    assert reason in run.reason
    assert reason in verdict.reason


def test_what_the_code_says_is_in_the_log(judge: Callable[..., Verdict]):
    log: list[str] = []
    judge(TALKATIVE, log)
    text = "".join(log)
    assert "wörds 3\n" in text
    assert "more\n" in text
    assert text.endswith("--- matched: exam: residual at most 0.05\n")


def test_a_listener_can_end_it_and_nothing_stays(
    bundle_of: Callable[[str], Bundle], test_set: TestSet, bird_calls: Challenge, laboratory: Laboratory
):
    class StoppedError(Exception):
        pass

    def listen(text: str) -> None:
        if "begun" in text:
            raise StoppedError

    program = bundle_of("import time; print('begun', flush=True); time.sleep(60)")
    with pytest.raises(StoppedError):
        verify(program, [test_set], bird_calls, laboratory, bundle_sha256="", copies=(), listen=listen)
    assert [*laboratory.work.iterdir()] == []


def test_copies_that_were_found_are_flagged_and_change_no_decision(
    bundle_of: Callable[[str], Bundle], test_set: TestSet, bird_calls: Challenge, laboratory: Laboratory
):
    verdict = verify(
        bundle_of(HONEST),
        [test_set],
        bird_calls,
        laboratory,
        bundle_sha256="",
        copies=["answers.csv is in submission 12"],
        listen=lambda _text: None,
    )
    assert verdict.decision is Decision.MATCHED
    assert [(flag.kind, flag.text) for flag in verdict.flags] == [("copied", "answers.csv is in submission 12")]


def test_what_the_environment_lacks_fails_the_bundle_before_it_runs(
    tmp_path: Path, bundle_of: Callable[[str], Bundle], test_set: TestSet, bird_calls: Challenge, laboratory: Laboratory
):
    bundle = replace(bundle_of(HONEST), requirements="no-such-package-anywhere==1.0\n")
    verdict = verify(bundle, [test_set], bird_calls, laboratory, bundle_sha256="", copies=(), listen=lambda _text: None)
    assert verdict.decision is Decision.FAILED
    assert verdict.runs == ()
    assert "no-such-package-anywhere" in verdict.reason


def test_a_submission_that_is_not_the_leaderboards_is_nobodys_fault_but_ours(
    judge: Callable[..., Verdict], test_set: TestSet
):
    with pytest.raises(SubmissionLost, match="expected a submission with the leaderboard's score"):
        judge(HONEST, sets=[replace(test_set, leaderboard_score=0.5)])
    test_set.submitted.write_bytes(b"no zip")


def test_every_test_set_is_compared(judge: Callable[..., Verdict], test_set: TestSet):
    verdict = judge(HONEST, sets=[test_set, replace(test_set, stage="final", split="final")])
    assert [one.stage for one in verdict.comparisons] == ["exam", "final"]
    assert len(verdict.runs) == 4


def test_a_trial_runs_a_few_recordings_and_knows_no_score(
    bundle_of: Callable[[str], Bundle], test_set: TestSet, bird_calls: Challenge, laboratory: Laboratory
):
    blind = replace(test_set, labels=None, leaderboard_score=None)
    verdict = try_out(bundle_of(HONEST), blind, bird_calls, laboratory, bundle_sha256="", listen=lambda _text: None)
    [comparison] = verdict.comparisons
    assert [one.recording for one in comparison.recordings] == ["finch", "tit"]
    assert comparison.residual is None
    assert verdict.decision is Decision.MATCHED


def test_a_trial_finds_what_was_not_predicted_by_this_code(
    bundle_of: Callable[[str], Bundle],
    test_set: TestSet,
    bird_calls: Challenge,
    laboratory: Laboratory,
    submit: Callable[[Predictions], Path],
    truth: Predictions,
):
    other = submit({name: np.zeros_like(labels) for name, labels in truth.items()})
    blind = replace(test_set, labels=None, leaderboard_score=None, submitted=other)
    verdict = try_out(
        bundle_of(HONEST), blind, bird_calls, laboratory, bundle_sha256="", listen=lambda _text: None, recordings=1
    )
    assert verdict.decision is Decision.MISMATCHED
    assert "0.500000 of the rows differ" in verdict.reason
