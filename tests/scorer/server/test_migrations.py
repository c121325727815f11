from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from scorer.server import migrations
from scorer.server.db import Base, open_engine


def test_from_empty_the_migrations_make_what_the_models_say(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/kit.db")
    assert not migrations.is_newest(engine)
    migrations.upgrade(engine)
    assert migrations.is_newest(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_to_upgrade_twice_changes_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/kit.db")
    migrations.upgrade(engine)
    before = inspect(engine).get_table_names()
    migrations.upgrade(engine)
    assert inspect(engine).get_table_names() == before
    engine.dispose()


def test_down_to_nothing_and_up_again(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/kit.db")
    migrations.upgrade(engine)
    tables = set(inspect(engine).get_table_names())
    migrations.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrations.upgrade(engine)
    assert set(inspect(engine).get_table_names()) == tables
    engine.dispose()
