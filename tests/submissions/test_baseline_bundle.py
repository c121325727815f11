"""The naive baseline from its training to its verification."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from baseline.__main__ import main
from data_spec.challenge import Challenge
from scorer.verification.verdict import Decision
from tests.submissions.conftest import ROOT, Verify


def baseline(*arguments: object) -> None:
    """A command of `python -m baseline`, as a participant runs it."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output


@pytest.fixture
def run(tmp_path: Path, published: Path) -> Path:
    """A run with a model that was hardly trained."""
    baseline("train", published / "participants", "--out", tmp_path / "run", "--set", "epochs=1")
    return tmp_path / "run"


@pytest.mark.slow
def test_the_baseline_verifies_with_residual_0_and_does_not_look_at_names(
    tmp_path: Path, run: Path, test_folder: Path, challenge: Challenge, verified: Verify
) -> None:
    baseline("predict", run, test_folder, "--out", tmp_path / "predictions.zip")
    add = [ROOT / "baseline", ROOT / "data_spec", run / "model" / "model.keras"]
    verdict = verified(ROOT / "submissions" / "baseline", add, tmp_path / "predictions.zip")
    (comparison,) = verdict.comparisons
    assert verdict.decision is Decision.MATCHED, verdict.reason
    assert float(str(comparison.residual)) == 0
    assert comparison.leaderboard_score == comparison.run_score
    assert (comparison.differ, comparison.disguised_differ, comparison.depends_on_names) == (0, 0, False)
    assert comparison.deterministic
    assert verdict.flags == ()
    assert verdict.environment.startswith("the kit's own environment")
    limits = challenge.verification.run
    assert all(run.peak_memory_bytes < limits.memory_bytes / 2 for run in verdict.runs)
