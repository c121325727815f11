"""Run by Alembic, with the connection that `migrations.upgrade` hands over."""

from __future__ import annotations

from alembic import context

from scorer.server.models import Base


def run() -> None:
    """Run the migrations that are asked for, in one transaction."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite cannot alter a table: Alembic copies it
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name under which Alembic runs this file
    run()
