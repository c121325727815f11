"""Bundles of challenges that ask for numbers are run in the real sandbox and compared with what the team sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data_spec.corpus import RecordingFolder
from scorer.bundles import bundle as bundles
from scorer.bundles.packing import pack
from scorer.bundles.skeleton import write_skeleton
from scorer.environments.building import Environments
from scorer.sandbox.choice import open_runner
from scorer.verification.laboratory import Laboratory
from scorer.verification.test_set import TestSet
from scorer.verification.verdict import Decision, Verdict
from scorer.verification.verifying import verify
from tests.scorer.server import tiny_corpus
from tests.scorer.server.tiny_kinds import KINDS, TinyKind

LINE = "return [ROW] * len(times)"

ROUNDED = "return [{name: value + (1e-9 if value < 1 else 0) for name, value in ROW.items()}] * len(times)"
CHANCE = "import random\n    return [{name: 0.5 * random.random() for name in ROW} for _ in times]"
OTHER = "return [{name: value + 0.5 for name, value in ROW.items()}] * len(times)"
BY_NAME = "return [{name: 0.5 * (not recording.startswith('id0000000')) for name in ROW}] * len(times)"


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    folder = tmp_path_factory.mktemp("laboratory")
    runner = open_runner("bubblewrap")
    return Laboratory(runner, Environments(runner, folder / "environments", None), folder / "work")


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> TinyKind:
    """A challenge, and the truth of its test."""
    return KINDS[request.param]()


@pytest.fixture
def judge(kind: TinyKind, laboratory: Laboratory, tmp_path: Path) -> Callable[..., Verdict]:
    """Verify a new bundle, with another line in its program, against templates sent as they are."""
    published, challenge = kind.write_published(tmp_path / "published"), kind.challenge
    split = challenge.split("test")
    asked = published / split.audience / split.folder
    templates = sorted((asked / challenge.submission.folder).iterdir())
    sent = tiny_corpus.zip_of({f"{challenge.submission.folder}/{file.name}": file.read_text() for file in templates})
    (tmp_path / "sent.zip").write_bytes(sent)

    def run(line: str = LINE) -> Verdict:
        write_skeleton(tmp_path / "code", challenge)
        for name, old, new in (("predict.py", LINE, line), ("REPORT.md", "TODO", "Done")):
            file = tmp_path / "code" / name
            file.write_text(file.read_text().replace(old, new))
        pack(tmp_path / "code", tmp_path / "bundle.zip")
        read = bundles.read(tmp_path / "bundle.zip", challenge.verification)
        assert read.bundle is not None, read.faults
        folder = RecordingFolder(asked, challenge)
        test_set = TestSet("test", "test", folder, kind.truth, tmp_path / "sent.zip", "d" * 64, leaderboard_score=None)
        return verify(
            read.bundle, [test_set], challenge, laboratory, bundle_sha256="b" * 64, copies=(), listen=lambda _: None
        )

    return run


@pytest.mark.parametrize("line", [LINE, ROUNDED], ids=["the same", "rounded otherwise"])
def test_code_that_gives_the_same_numbers_matches(judge: Callable[..., Verdict], line: str) -> None:
    verdict = judge(line)
    assert verdict.decision is Decision.MATCHED, verdict.reason
    [comparison] = verdict.comparisons
    assert (comparison.differ, comparison.disguised_differ) == (0, 0)
    assert float(comparison.residual or 1) < 1e-8
    assert verdict.flags == ()


@pytest.mark.parametrize("kind", ["mosei"], indirect=True)
def test_code_that_gives_other_numbers_is_mismatched_by_its_residual(judge: Callable[..., Verdict]) -> None:
    verdict = judge(OTHER)
    assert verdict.decision is Decision.MISMATCHED
    [comparison] = verdict.comparisons
    assert comparison.differ == comparison.frames == 19
    assert float(comparison.residual or 0) > 0.005


@pytest.mark.parametrize("kind", ["recola"], indirect=True)
def test_numbers_left_to_chance_are_flagged(judge: Callable[..., Verdict]) -> None:
    verdict = judge(CHANCE)
    assert [flag.kind for flag in verdict.flags][:1] == ["random"]


@pytest.mark.parametrize("kind", ["mosei"], indirect=True)
def test_numbers_that_depend_on_the_names_are_mismatched(judge: Callable[..., Verdict]) -> None:
    verdict = judge(BY_NAME)
    assert verdict.decision is Decision.MISMATCHED
    [comparison] = verdict.comparisons
    assert (comparison.residual, comparison.depends_on_names) == ("0", True)
