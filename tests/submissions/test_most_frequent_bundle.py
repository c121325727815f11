from __future__ import annotations

import runpy
import sys
import zipfile
from pathlib import Path

import pytest

from scorer.verification.verdict import Decision
from tests.submissions.conftest import ROOT, Verify

FOLDER = ROOT / "submissions" / "most_frequent"


def predict(monkeypatch: pytest.MonkeyPatch, inputs: Path, outputs: Path) -> Path:
    """Run it as a participant does, outside of a sandbox, and zip what it writes."""
    monkeypatch.setattr(sys, "argv", ["predict.py", str(inputs), str(outputs)])
    runpy.run_path(str(FOLDER / "predict.py"), run_name="__main__")
    with zipfile.ZipFile(outputs.with_suffix(".zip"), "w") as archive:
        for file in sorted(outputs.rglob("*.csv")):
            archive.write(file, str(file.relative_to(outputs)))
    return outputs.with_suffix(".zip")


def test_the_simplest_bundle_verifies(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, test_folder: Path, verified: Verify
) -> None:
    verdict = verified(FOLDER, [], predict(monkeypatch, test_folder, tmp_path / "answers"))
    (comparison,) = verdict.comparisons
    assert (verdict.decision, comparison.differ, comparison.disguised_differ) == (Decision.MATCHED, 0, 0)
    assert float(str(comparison.residual)) == 0
    assert verdict.flags == ()


def test_it_leaves_nothing_half_done_beside_its_predictions(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, test_folder: Path
) -> None:
    predict(monkeypatch, test_folder, tmp_path / "answers")
    assert [path.name for path in (tmp_path / "answers").iterdir()] == ["prediction"]


def test_it_says_how_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["predict.py", "only one folder"])
    with pytest.raises(SystemExit, match=r"expected two folders: python predict\.py INPUT OUTPUT"):
        runpy.run_path(str(FOLDER / "predict.py"), run_name="__main__")
