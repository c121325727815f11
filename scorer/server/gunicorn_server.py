"""The server's processes: gunicorn, told what it needs in code."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from sqlalchemy.orm import Session

from scorer import SCORER_VERSION
from scorer.server import migrations
from scorer.server.app import create_app
from scorer.server.config import ConfigError, Settings, load_settings
from scorer.server.data_folder import DataFolder
from scorer.server.db import open_engine
from scorer.server.gunicorn_logs import GunicornLogs
from scorer.server.jobs.kept_worker import KeptWorkers
from scorer.server.logs import configure_logging
from scorer.server.stages.service import list_stages
from scorer.server.storage.creation import create_storage
from scorer.server.verification.availability import sandbox_line

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 16
"""Of each worker. A slow upload holds a thread: against more slow clients than that, a proxy that buffers helps."""

SILENT_SECONDS = 120
"""A worker that says nothing for so long is replaced."""


def serve(
    data_path: Path,
    *,
    host: str,
    port: int,
    workers: int,
    with_jobs: bool,
    quiet: bool,
    announce: Callable[[str], None],
) -> None:
    """Serve a data folder until the process is told to end.

    Args:
        data_path: the data folder.
        host: the address to listen at.
        port: 0 takes a free one.
        workers: how many processes answer requests.
        with_jobs: also keep workers that do the jobs; without them, `python -m scorer work` does them elsewhere.
        quiet: log warnings only, not each request.
        announce: is told the address, once somebody listens there, and whether code can be verified here.

    Raises:
        DataFolderError: there is none.
        ConfigError: it has no usable secret, or its scores are of another version of the scorer.
        OSError: the address cannot be listened at.
    """
    data = DataFolder(data_path)
    challenge = data.load_challenge()
    settings = load_settings(data)
    configure_logging(quiet=quiet)
    with _listen(host, port) as listener:
        prepare(settings)
        announce(f"{challenge.title}: {address(listener, host)}")
        if with_jobs:
            announce(sandbox_line(settings))
        descriptor = listener.detach()  # gunicorn closes it
    Gunicorn(settings, descriptor, workers, KeptWorkers(data) if with_jobs else None).run()


def prepare(settings: Settings) -> None:
    """Bring the database to the newest version, and remove what an earlier process left half uploaded.

    Raises:
        ConfigError: the live scores are of another version of the scorer.
    """
    engine = open_engine(settings.database_url)
    try:
        migrations.upgrade(engine)
        with Session(engine) as session:
            check_scorer_version(session, settings.data)
        create_storage(settings).remove_abandoned()
    finally:
        engine.dispose()


def check_scorer_version(session: Session, data: DataFolder) -> None:
    """Old and new scores are never mixed. Raises ConfigError where this scorer is not the one that is live."""
    for stage in list_stages(session):
        if stage.scorer_version != SCORER_VERSION:
            raise ConfigError(
                f"stage {stage.name!r}: expected scores of this scorer, version {SCORER_VERSION}, found scores of "
                f"version {stage.scorer_version}. See what would change, then apply it: "
                f"python -m scorer rescore {data.root} --preview"
            )


def address(listener: socket.socket, host: str) -> str:
    """The URL of a listening socket."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise OSError(f"{host}:{port}: cannot listen there: {error.strerror}. Choose another with --port.") from error


class Gunicorn(BaseApplication):
    """gunicorn on a socket that listens already (its file descriptor), so that the port is known beforehand."""

    def __init__(self, settings: Settings, listener: int, workers: int, kept_workers: KeptWorkers | None) -> None:
        self._settings = settings
        self._options = {
            "bind": [f"fd://{listener}"],
            "workers": workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": SILENT_SECONDS,
            "graceful_timeout": 10,
            "loglevel": "warning",
            "logger_class": GunicornLogs,
            "control_socket_disable": True,
        }
        self._kept_workers = kept_workers
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn: nothing is read from files, arguments or the environment."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:  # type: ignore[override] # the stubs name a wider environment
        """Called by gunicorn in each worker, after it was forked: no connection is shared."""
        return create_app(self._settings).wsgi_app

    def run(self) -> None:
        """Serve until told to end."""
        KeepingArbiter(self, self._kept_workers).run()


class KeepingArbiter(Arbiter):
    """gunicorn's first process, which keeps the workers of the jobs as it keeps those that answer."""

    def __init__(self, app: BaseApplication, kept_workers: KeptWorkers | None) -> None:
        self._kept_workers = kept_workers
        super().__init__(app)

    def manage_workers(self) -> None:
        """Called by gunicorn about once a second."""
        super().manage_workers()
        if self._kept_workers is not None:
            self._kept_workers.look_after()

    def stop(self, graceful: bool = True) -> None:
        """Called by gunicorn at the end."""
        super().stop(graceful)
        if self._kept_workers is not None:
            self._kept_workers.stop()
