"""The services on which the tests run a second time, where `KIT_TEST_POSTGRES` and `KIT_TEST_REDIS` name them.

`KIT_TEST_POSTGRES` is the URL of a database whose user may create others, such as
`postgresql+psycopg://postgres@127.0.0.1/postgres`; `KIT_TEST_REDIS` that of a server whose databases 1 to 15 may
be emptied, such as `redis://127.0.0.1:6379`.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, create_engine, make_url

EMBEDDED = "embedded"
GROWN_UP = "postgresql-redis"


def kinds() -> list[str]:
    """What the tests run on."""
    given = [name for name in ("KIT_TEST_POSTGRES", "KIT_TEST_REDIS") if os.environ.get(name)]
    if len(given) == 1:
        raise ValueError(f"expected KIT_TEST_POSTGRES and KIT_TEST_REDIS, or neither. Received: {given[0]}")
    return [EMBEDDED, GROWN_UP] if given else [EMBEDDED]


def in_postgres(statement: str) -> None:
    """Run a statement that belongs to no transaction."""
    engine = create_engine(os.environ["KIT_TEST_POSTGRES"], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def postgres_database(template: URL | None = None) -> Iterator[URL]:
    """A new database, empty or a copy of another, for as long as it is needed."""
    name = f"kit_test_{uuid.uuid4().hex}"
    in_postgres(f"CREATE DATABASE {name}" + (f" TEMPLATE {template.database}" if template else ""))
    try:
        yield make_url(os.environ["KIT_TEST_POSTGRES"]).set(database=name)
    finally:
        in_postgres(f"DROP DATABASE {name} WITH (FORCE)")


def redis_url() -> str:
    """An empty database of the Redis server, of this test process alone."""
    import redis

    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = f"{os.environ['KIT_TEST_REDIS'].rstrip('/')}/{1 + process % 15}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url
