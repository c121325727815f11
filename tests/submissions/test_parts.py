"""What lies in `submissions/`, without running any of it."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from data_spec.challenge import Challenge
from scorer.bundles.bundle import BundleVerdict, read
from scorer.bundles.packing import pack

ROOT = Path(__file__).parents[2]
SUBMISSIONS = ROOT / "submissions"
BASELINE = SUBMISSIONS / "baseline"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A file in the place of the model, which is trained and not kept."""
    (tmp_path / "model.keras").write_bytes(b"weights")
    return tmp_path / "model.keras"


def packed(name: str, tmp_path: Path, challenge: Challenge, add: Sequence[Path] = ()) -> BundleVerdict:
    """The check of a bundle that is packed as its README says."""
    pack(SUBMISSIONS / name, tmp_path / "bundle.zip", add=add)
    return read(tmp_path / "bundle.zip", challenge.verification)


def test_the_baseline_is_a_complete_bundle(tmp_path: Path, merc2017: Challenge, model: Path) -> None:
    verdict = packed("baseline", tmp_path, merc2017, [ROOT / "baseline", ROOT / "data_spec", model])
    assert (verdict.faults, verdict.notes) == ((), ())
    assert verdict.bundle is not None
    assert verdict.bundle.manifest.models == ("model.keras",)
    needed = {"predict.py", "REPORT.md", "requirements.txt", "baseline/prediction.py", "data_spec/challenge.py"}
    assert needed <= verdict.bundle.files.keys()
    assert not [name for name in verdict.bundle.files if name.endswith(".pyc")]


def test_the_baseline_without_its_model_is_refused(tmp_path: Path, merc2017: Challenge) -> None:
    (fault,) = packed("baseline", tmp_path, merc2017, [ROOT / "baseline", ROOT / "data_spec"]).faults
    assert "model.keras" in str(fault)


def test_the_simplest_bundle_is_complete_as_it_is(tmp_path: Path, merc2017: Challenge) -> None:
    verdict = packed("most_frequent", tmp_path, merc2017)
    assert (verdict.faults, verdict.notes) == ((), ())
    assert verdict.bundle is not None
    assert verdict.bundle.manifest.seeds == {}


def test_the_baseline_asks_for_packages_in_the_kits_versions() -> None:
    kit, own = (
        {line for line in file.read_text().splitlines() if line and not line.startswith("#")}
        for file in (ROOT / "requirements.txt", BASELINE / "requirements.txt")
    )
    assert own <= kit


def test_the_figures_of_the_report_are_those_of_the_manifest_of_systems() -> None:
    rows = re.findall(r"^\| (.+?) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) to ([\d.]+) \|$", _report(), re.MULTILINE)
    with (ROOT / "baseline" / "systems.csv").open(newline="") as file:
        rows_of_all = list(csv.DictReader(file))
    measured = [
        row
        for row in rows_of_all
        if (row["system"], row["corpus"]) == ("decision_fusion", "synthetic merc2017, seed 2017")
    ]
    columns = ("published", "measured", "low", "high")
    assert {("all" if name == "all four" else name): figures for name, *figures in rows} == {
        row["variant"]: [row[column] for column in columns] for row in measured
    }
    commands = {row["command"] for row in measured}
    assert commands == {
        " && ".join(re.findall(r"^    (python -m .*(?:synthesize|tables).*)$", _report(), re.MULTILINE))
    }


def _report() -> str:
    return (BASELINE / "REPORT.md").read_text(encoding="utf-8")
