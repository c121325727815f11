from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from scorer.score_report import RecordingScore, ScoreReport
from scorer.server import migrations
from scorer.server.db import Base, open_engine
from tests.scorer.server import services


@pytest.fixture
def engine(tmp_path: Path, kind_of_services: str) -> Iterator[Engine]:
    """Of an empty database."""
    if kind_of_services == services.EMBEDDED:
        opened = open_engine(f"sqlite:///{tmp_path}/kit.db")
        yield opened
        opened.dispose()
        return
    with services.postgres_database() as url:
        opened = open_engine(url.render_as_string(hide_password=False))
        yield opened
        opened.dispose()


def test_from_empty_the_migrations_make_what_the_models_say(engine: Engine) -> None:
    assert not migrations.is_newest(engine)
    migrations.upgrade(engine)
    assert migrations.is_newest(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_to_upgrade_twice_changes_nothing(engine: Engine) -> None:
    migrations.upgrade(engine)
    before = inspect(engine).get_table_names()
    migrations.upgrade(engine)
    assert inspect(engine).get_table_names() == before


def test_down_to_nothing_and_up_again(engine: Engine) -> None:
    migrations.upgrade(engine)
    tables = set(inspect(engine).get_table_names())
    migrations.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrations.upgrade(engine)
    assert set(inspect(engine).get_table_names()) == tables


OLD_REPORT = {
    "metric": "weighted_accuracy",
    "weighted_accuracy": 0.5,
    "interval": [0.4, 0.6],
    "unweighted_accuracy": 0.5,
    "macro_f1": 0.25,
    "recall": {"Sad": 0.5, "Happy": None},
    "labels": ["Sad", "Happy"],
    "confusion": [[5, 5], [0, 0]],
    "frames_counted": 10,
    "frames_in_all": 12,
    "recordings": [
        {"recording": "id0", "accuracy": 0.5, "frames_counted": 10},
        {"recording": "id1", "accuracy": None, "frames_counted": 0},
    ],
}
"""As every version of the server before wrote it."""

FIRST_STOREY_ROWS = """
INSERT INTO accounts (id, email, email_key, display_name, password_hash, role, created_at)
  VALUES (1, 'ada@example.org', 'ada@example.org', 'Ada', 'x', 'participant', '2017-09-01 12:00:00');
INSERT INTO teams (id, name, name_key, created_at) VALUES (1, 'Analysts', 'analysts', '2017-09-01 12:00:00');
INSERT INTO memberships (account_id, team_id, captain, joined_at) VALUES (1, 1, true, '2017-09-01 12:00:00');
INSERT INTO api_tokens (id, account_id, name, public_id, secret_hash, created_at)
  VALUES (1, 1, 'laptop', 'abc', '00', '2017-09-01 12:00:00');
INSERT INTO stages (id, name, title, position, split, submissions_per_day, submissions_in_total, data_version)
  VALUES (1, 'public', 'Stage 1', 0, 'public', 5, 100, 'd');
INSERT INTO stages (id, name, title, position, split, submissions_per_day, submissions_in_total, data_version)
  VALUES (2, 'private', 'Stage 2', 1, 'private', 2, 5, 'e');
INSERT INTO submissions (id, team_id, account_id, stage_id, sha256, size, received_at, state, notes, faults)
  VALUES (1, 1, 1, 1, 'f', 10, '2017-09-01 12:00:00', 'scored', '[]', '[]');
INSERT INTO scores (submission_id, scorer_version, data_version, weighted_accuracy, interval_low, interval_high,
                    report, scored_at) VALUES (1, '1', 'd', 0.5, 0.4, 0.6, '{report}', '2017-09-01 12:00:01');
INSERT INTO bests (stage_id, team_id, submission_id, weighted_accuracy, interval_low, interval_high, entries,
                   received_at) VALUES (1, 1, 1, 0.5, 0.4, 0.6, 1, '2017-09-01 12:00:00');
"""


def _report_in(statement: str) -> dict[str, str]:
    return {"report": json.dumps(OLD_REPORT)} if "{report}" in statement else {}


def _json(value: object) -> dict[str, object]:
    """SQLite gives the text, PostgreSQL what it says."""
    return json.loads(value) if isinstance(value, str) else value


def test_from_the_version_before_nothing_is_lost(engine: Engine) -> None:
    migrations.upgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in FIRST_STOREY_ROWS.split(";\n"):
            if statement.strip():
                # The colons of JSON are no parameters.
                connection.execute(text(statement.replace("'{report}'", ":report")), _report_in(statement))
    migrations.upgrade(engine)
    with engine.connect() as connection:

        def rows(query: str) -> list[tuple[object, ...]]:
            return [tuple(row) for row in connection.execute(text(query))]

        assert rows("SELECT account_id, team_id FROM memberships") == [(1, 1)]
        assert rows("SELECT team_id, score, entries FROM standings") == [(1, 0.5, 1)]
        assert rows("SELECT history FROM standings") == [('[["2017-09-01T12:00:00+00:00", 0.5]]',)]
        assert rows("SELECT submission_id, score FROM scores") == [(1, 0.5)]
        assert rows("SELECT metric FROM stages") == [("weighted_accuracy",), ("weighted_accuracy",)]
        report = ScoreReport.from_dict(_json(rows("SELECT report FROM scores")[0][0]))
        assert (report.score, report.figure("macro_f1"), report.figure("Happy.recall")) == (0.5, 0.25, None)
        assert report.recordings == (
            RecordingScore("id0", 0.5, 10, (5.0, 10.0)),
            RecordingScore("id1", None, 0, (0, 0)),
        )
        assert rows("SELECT tries FROM submissions") == [(0,)]
        assert rows("SELECT scorer_version FROM stages ORDER BY id") == [("1",), ("1",)]
        assert [bool(needed) for (needed,) in rows("SELECT admission_needed FROM stages ORDER BY id")] == [False, True]
        assert "submit" in str(rows("SELECT scopes FROM api_tokens")[0][0])
    migrations.downgrade(engine, "0001")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT team_id, entries FROM bests")).all() == [(1, 1)]
        assert _json(connection.execute(text("SELECT report FROM scores")).scalar_one()) == OLD_REPORT
