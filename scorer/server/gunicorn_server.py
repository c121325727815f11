"""The server's processes: gunicorn, told what it needs in code."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gunicorn.app.base import BaseApplication
from sqlalchemy.orm import Session

from data_spec.challenge import Challenge
from scorer.server import create_app, migrations
from scorer.server.config import Settings, load_settings
from scorer.server.current import Server, server_of
from scorer.server.data_folder import DataFolder
from scorer.server.db import open_engine
from scorer.server.submissions.judging import Judge, judge_waiting

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 4
"""Of each worker: a slow upload holds a thread, not a process."""

SILENT_SECONDS = 120
"""A worker that says nothing for so long is replaced."""


def serve(data_path: Path, *, host: str, port: int, workers: int, announce: Callable[[str], None]) -> None:
    """Serve a data folder until the process is told to end.

    Raises:
        DataFolderError: there is none.
        ConfigError: it has no usable secret.
        OSError: the address cannot be listened at.
    """
    data = DataFolder(data_path)
    challenge = data.load_challenge()
    settings = load_settings(data)
    with _listen(host, port) as listener:
        prepare(settings, challenge)
        announce(f"{challenge.title}: {address(listener, host)}")
        descriptor = listener.detach()  # gunicorn closes it
    Gunicorn(settings, descriptor, workers).run()


def prepare(settings: Settings, challenge: Challenge) -> None:
    """Bring the database to the newest version, and judge what an earlier process left unjudged."""
    engine = open_engine(settings.database_url)
    try:
        migrations.upgrade(engine)
        settings.data.storage.remove_abandoned()
        with Session(engine, expire_on_commit=False) as session:
            judge_waiting(session, Judge(settings.data, challenge, settings.data.storage))
    finally:
        engine.dispose()


def judge_left(server: Server) -> None:
    """Judge what a worker left that was killed, in the one that took its place."""
    try:
        judge_waiting(server.sessions(), server.judge)
    finally:
        server.sessions.remove()


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

    def __init__(self, settings: Settings, listener: int, workers: int) -> None:
        self._settings = settings
        self._options = {
            "bind": [f"fd://{listener}"],
            "workers": workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": SILENT_SECONDS,
            "graceful_timeout": 10,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn: nothing is read from files, arguments or the environment."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:  # type: ignore[override] # the stubs name a wider environment
        """Called by gunicorn in each worker, after it was forked: no connection is shared."""
        app = create_app(self._settings)
        threading.Thread(target=judge_left, args=(server_of(app),), daemon=True).start()
        return app.wsgi_app
