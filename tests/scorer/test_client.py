"""The server as a participant's machine sees it: what the client makes of its answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scorer import client as module
from scorer.client import Client


def test_the_wait_for_a_verdict_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def ask(_: Client, *question: object, **__: object) -> dict[str, object]:
        asked.append(question)
        assert len(asked) < 100, "it asks forever"
        return {"id": 7, "state": "received"}

    monkeypatch.setattr(Client, "_ask", ask)
    monkeypatch.setattr(module, "POLL_SECONDS", 0.001)
    monkeypatch.setattr(module, "VERDICT_SECONDS", 0.01, raising=False)
    (tmp_path / "a.zip").write_bytes(b"PK")
    with Client("http://127.0.0.1:1") as client:
        assert client.submit(tmp_path / "a.zip", "public") == {"id": 7, "state": "received"}
    assert asked[0] == ("POST", "stages/public/submissions")
    assert set(asked[1:]) == {("GET", "submissions/7")}
