"""`python -m scorer audit`, as a person calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.orm import Session

from scorer.__main__ import main
from scorer.server.accounts.models import Account
from scorer.server.audit import service
from scorer.server.audit.models import AuditHead
from scorer.server.data_folder import DataFolder
from scorer.server.db import writing

Call = Callable[..., Result]


@pytest.fixture
def call(data: DataFolder, environment: dict[str, str]) -> Call:
    """Calls a command of `audit` on the data folder."""

    def run(name: str, *arguments: str, root: Path = data.root) -> Result:
        none = {"KIT_DATABASE_URL": None, "KIT_BROKER_URL": None}
        return CliRunner().invoke(main, ["audit", name, str(root), *arguments], env={**none, **environment})

    return run


@pytest.fixture
def head(session: Session, ada: Account) -> AuditHead:
    """The head of a log of three entries."""
    with writing(session):
        service.record(session, account=None, action="stage.open", subject="stage private", details={"at": {"old": 1}})
        service.record(session, account=ada, action="team.disqualify", subject="team 1", details={"because": "×\ny"})
    found = service.read_head(session)
    assert found is not None
    session.rollback()
    return found


def test_verify_prints_what_to_keep_elsewhere(call: Call, head: AuditHead) -> None:
    result = call("verify")
    assert result.exit_code == 0, result.output
    assert "entries: 3" in result.output
    assert f"last hash: {head.hash}" in result.output
    assert "Keep the last hash elsewhere" in result.output


def test_verify_tells_where_the_log_is_broken(call: Call, head: AuditHead, session: Session) -> None:
    with writing(session):
        session.execute(text("UPDATE audit_heads SET entries = 4"))
    result = call("verify")
    assert result.exit_code == 1
    assert result.stderr == "broken at entry 4: expected 4 entries, found 3\n"


def test_verify_compares_with_a_hash_that_was_kept(call: Call, head: AuditHead, session: Session) -> None:
    kept = service.list_entries(session)[1].hash
    session.rollback()
    assert call("verify", "--kept", kept).exit_code == 0
    result = call("verify", "--kept", "0" * 64)
    assert result.exit_code == 1
    assert "found none" in result.stderr


def test_show_prints_the_entries_oldest_first(call: Call, head: AuditHead) -> None:
    result = call("show")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert "server.init" in lines[0]
    assert any("stage.open  stage private  (the server or its command line)" in line for line in lines)
    assert lines[-3].endswith("team.disqualify  team 1  (Ada)")
    assert lines[-2:] == ["    because: ×", "      y"]
    assert call("show", "--last", "1").output.splitlines() == lines[-3:]


def test_show_prints_json_with_the_hashes_and_no_address(call: Call, head: AuditHead, ada: Account) -> None:
    result = call("show", "--last", "2", "--json")
    entries: list[dict[str, Any]] = json.loads(result.output)
    assert [entry["id"] for entry in entries] == [2, 3]
    assert entries[1]["previous_hash"] == entries[0]["hash"]
    assert entries[1]["hash"] == head.hash
    assert entries[1]["account"] == {"id": ada.id, "name": "Ada"}
    assert entries[0]["details"] == {"at": {"old": 1}}
    assert "example.org" not in result.output


@pytest.mark.parametrize("name", ["verify", "show"])
def test_a_folder_that_is_none_of_a_server_is_wrong_usage(call: Call, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    result = call(name, root=tmp_path / "empty")
    assert result.exit_code == 2
    assert "expected a data folder, found none" in result.output
    assert call(name, root=tmp_path / "nowhere").exit_code == 2
    assert "Traceback" not in result.output


def test_a_database_of_another_version_is_wrong_usage(call: Call, session: Session) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = 'another'"))
    session.commit()
    result = call("verify")
    assert result.exit_code == 2
    assert "expected a database of the newest version" in result.output
