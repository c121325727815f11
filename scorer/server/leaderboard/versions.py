"""Which leaderboards there are at this moment, and which version of each: all that is read to know what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from scorer.server import clock
from scorer.server.stages.models import Stage
from scorer.server.stages.service import no_leaderboard


class Version(NamedTuple):
    """Of one leaderboard. Where two are equal, so is everything that may be told of it."""

    stage_id: int
    name: str
    title: str
    split: str
    metric: str
    ladder_step: float | None
    data_version: str
    scorer_version: str
    board_version: int


MOST_CONNECTIONS = 4
"""Of a process, for versions alone: each is taken for a fraction of a millisecond."""
MOST_SECONDS = 5
"""As long is waited for one of them; then one of the common connections is taken."""

_COLUMNS = [getattr(Stage, name) for name in Version._fields if name != "stage_id"]
_ALL = select(Stage.scores_released_at, Stage.id, *_COLUMNS).order_by(Stage.position)


class VersionReader:
    """Reads the versions in one round trip: each request for a leaderboard waits for it.

    That is why it goes past SQLAlchemy's transactions, which take many times as long as this one statement, and where
    a driver begins transactions by itself it has connections of its own on which it does not.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = self._reading = engine
        self._statement = str(_ALL.compile(engine))
        if engine.dialect.name != "sqlite":  # whose connections begin nothing by themselves, see `open_engine`
            self._reading = create_engine(
                engine.url,
                isolation_level="AUTOCOMMIT",
                pool_size=MOST_CONNECTIONS,
                max_overflow=0,
                pool_timeout=MOST_SECONDS,
                pool_reset_on_return=None,
                hide_parameters=True,
            )
            event.listen(engine, "engine_disposed", lambda _engine: self._reading.dispose())

    def read(self) -> tuple[Version, ...]:
        """Of every stage whose scores may be seen at this moment, in their order."""
        try:
            rows = self._read_past_transactions()
        except (self._engine.dialect.loaded_dbapi.Error, NoConnectionFree):
            with self._engine.connect() as connection:
                rows = connection.exec_driver_sql(self._statement).all()
        now = clock.utc_now()
        return tuple(Version(*rest) for released_at, *rest in rows if released_at and _moment(released_at) <= now)

    def _read_past_transactions(self) -> Sequence[Sequence[Any]]:
        connection = self._reading.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(self._statement)
            rows: Sequence[Sequence[Any]] = cursor.fetchall()
            cursor.close()
        except BaseException:
            connection.invalidate()
            raise
        finally:
            connection.close()
        return rows


def _moment(stored: datetime | str) -> datetime:
    """SQLite gives a text without a zone, which is always UTC."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC) if isinstance(stored, str) else stored


def find_version(versions: Sequence[Version], stage_name: str | None) -> Version:
    """That of the stage of the name, or the first of all.

    Raises:
        NotFound: no such stage, or its scores are sealed: the two look alike.
    """
    for version in versions:
        if stage_name is None or version.name == stage_name:
            return version
    raise no_leaderboard([version.name for version in versions])


def version_of(stage: Stage) -> Version:
    """Of a stage as it was read."""
    return Version(stage.id, *(getattr(stage, name) for name in Version._fields[1:]))
