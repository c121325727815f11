"""A tiny published corpus of the challenge of 2017 with its two smallest modalities, and a laboratory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from data_spec.challenge import Challenge
from data_spec.corpus import open_folder
from data_spec.publish import publish
from data_spec.synthetic.corpus import synthesize
from scorer.bundles.bundle import read
from scorer.bundles.packing import pack
from scorer.environments.building import Environments
from scorer.sandbox.choice import open_runner
from scorer.verification.laboratory import Laboratory
from scorer.verification.test_set import TestSet
from scorer.verification.verdict import Verdict
from scorer.verification.verifying import verify

ROOT = Path(__file__).parents[2]
KEPT = ("eyes", "kinect")

Verify = Callable[[Path, Sequence[Path], Path], Verdict]


@pytest.fixture(scope="session")
def challenge(merc2017: Challenge) -> Challenge:
    """Models of it are trained in seconds."""
    content = merc2017.model_dump(mode="json", exclude_none=True)
    content["modalities"] = [one for one in content["modalities"] if one["name"] in KEPT]
    places = (content["baseline"]["single_modalities"], content["missing"]["absent_files"])
    for of_modality in (*places, content["synthetic"]["modalities"]):
        for name in of_modality.keys() - set(KEPT):
            del of_modality[name]
    return Challenge.model_validate(content)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, challenge: Challenge) -> Path:
    """What the audiences are given of 14 recordings."""
    folder = tmp_path_factory.mktemp("submissions")
    publish(synthesize(folder / "corpus", challenge, recordings=14, seed=1), folder / "published")
    return folder / "published"


@pytest.fixture
def test_folder(published: Path) -> Path:
    """The public test as participants have it."""
    return published / "participants" / "test"


@pytest.fixture
def verified(tmp_path: Path, published: Path, test_folder: Path, challenge: Challenge) -> Verify:
    """Packs a folder with additions, and verifies it on the public test against a zip of predictions."""

    def run(folder: Path, add: Sequence[Path], submitted: Path) -> Verdict:
        pack(folder, tmp_path / "bundle.zip", add=add)
        checked = read(tmp_path / "bundle.zip", challenge.verification)
        assert checked.bundle is not None, checked.faults
        runner = open_runner("bubblewrap")
        laboratory = Laboratory(runner, Environments(runner, tmp_path / "cache", None), tmp_path / "work")
        labels = open_folder(published / "organisers" / "test").labels
        test_set = TestSet("public", "public", open_folder(test_folder), labels, submitted, "0" * 64)
        log: list[str] = []
        verdict = verify(
            checked.bundle, [test_set], challenge, laboratory, bundle_sha256="0" * 64, copies=[], listen=log.append
        )
        assert verdict.comparisons, "".join(log)
        return verdict

    return run
