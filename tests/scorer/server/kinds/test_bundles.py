"""Code of a team, in challenges that ask for numbers: tried in the real sandbox, and told in the task's words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from data_spec.csv_files import template_values
from scorer.bundles.packing import pack
from scorer.bundles.skeleton import write_skeleton
from tests.scorer.server import tiny_corpus
from tests.scorer.server.tiny_kinds import TinyKind

WORDS = {"mosei": "segment", "mspface": "clip", "recola": "frame"}


@pytest.fixture
def sent(kind: TinyKind) -> bytes:
    """A submission of what a new bundle predicts: what stands in the templates."""
    task, folder = kind.challenge.task, kind.challenge.submission.folder
    files = {}
    for name, labels in kind.truth.items():
        rows = [",".join([repr(time), *template_values(task)]) for time in labels.times.tolist()]
        files[f"{folder}/{name}.csv"] = "\n".join([",".join(task.columns), *rows, ""])
    return tiny_corpus.zip_of(files)


@pytest.fixture
def bundle(kind: TinyKind, tmp_path: Path) -> bytes:
    """A new bundle whose report is written."""
    write_skeleton(tmp_path / "code", kind.challenge)
    report = tmp_path / "code" / "REPORT.md"
    report.write_text(report.read_text().replace("TODO", "Done"))
    pack(tmp_path / "code", tmp_path / "bundle.zip")
    return (tmp_path / "bundle.zip").read_bytes()


def test_a_new_bundle_is_tried_and_its_page_speaks_of_the_tasks_rows(
    kind: TinyKind,
    client: FlaskClient,
    browser: Any,
    enter: Callable[..., dict[str, Any]],
    token: Callable[[str], dict[str, str]],
    sent: bytes,
    bundle: bytes,
) -> None:
    assert enter("Ada", content=sent)["state"] == "scored"
    answer = client.post("/api/v1/bundles", data=bundle, headers=token("Ada"), content_type="application/zip")
    assert answer.status_code == 201, answer.text
    [trial] = answer.json["verifications"]
    assert trial["progress"] == "matched", trial["log"]
    [comparison] = trial["verdict"]["comparisons"]
    assert (comparison["differ"], comparison["disguised_differ"]) == (0, 0)
    browser.log_in("Ada")
    page = client.get("/bundles/1").text
    word = WORDS[kind.challenge.name]
    assert f"{word.capitalize()}s that differ" in page
    shows_recordings = "recordings" in kind.challenge.stages[0].shows
    assert (f"No {word} of any of" in page) is shows_recordings
