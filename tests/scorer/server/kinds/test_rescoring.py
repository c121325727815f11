"""Labels that were mended turn the order of the teams round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from data_spec.stream import Labels
from scorer.__main__ import main
from scorer.server.data_folder import DataFolder
from tests.scorer.server.tiny_kinds import TinyKind

MIRRORS = {"mosei": 3.0, "mspface": 8.0, "recola": 0.0}


@pytest.fixture
def turned(kind: TinyKind, tmp_path: Path) -> Path:
    """Labels by which the highest value is the lowest."""

    def turn(labels: Labels) -> Labels:
        return replace(labels, values=MIRRORS[kind.challenge.name] - labels.values)

    return kind.write_labels(tmp_path / "mended", turn)


def order(client: FlaskClient) -> list[str]:
    rows = client.get("/api/v1/leaderboard").json["rows"]
    return [row["team"] for row in rows if not row["baseline"]]


def test_a_rescore_shows_the_new_order_and_applies_it(
    data: DataFolder, client: FlaskClient, enter: Callable[..., dict[str, Any]], turned: Path
) -> None:
    enter("Right", 1.0)
    enter("Wrong", 0.0)
    assert order(client) == ["Right", "Wrong"]
    call = ["rescore", str(data.root), "--stage", "test", "--labels", str(turned)]
    shown = CliRunner().invoke(main, call, env={})
    assert shown.exit_code == 0, shown.output
    assert "2 ranks change, 0 verdicts change" in shown.output
    assert order(client) == ["Right", "Wrong"]
    applied = CliRunner().invoke(main, [*call, "--apply"], env={})
    assert applied.exit_code == 0, applied.output
    assert order(client) == ["Wrong", "Right"]
