"""A PostgreSQL of one's own, in a temporary folder, for as long as a benchmark runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import create_engine

from benchmarks.free_port import free_port

USER = "kit_benchmark"
SYSTEM_USER = "postgres"
"""PostgreSQL refuses to run as root: then it runs as this one."""


def find_programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl`; None where there is none, or no driver for it."""
    if find_spec("psycopg") is None:
        return None
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: _version(one.parent.name))
    if found := shutil.which("initdb"):
        places.append(Path(found).resolve().parent)
    return next((place for place in reversed(places) if (place / "initdb").exists()), None)


@contextmanager
def private_postgres(programs: Path) -> Iterator[PrivatePostgres]:
    """Start a server with the settings that PostgreSQL has by itself: what is committed is on the disk."""
    with tempfile.TemporaryDirectory(prefix="kit_postgres_") as scratch:
        folder = Path(scratch)
        server = PrivatePostgres(programs, folder, free_port())
        if os.getuid() == 0:
            shutil.chown(folder, SYSTEM_USER)
        server.start()
        try:
            yield server
        finally:
            server.stop()


class PrivatePostgres:
    """A running server, which has a database for each name that is asked for."""

    def __init__(self, programs: Path, folder: Path, port: int) -> None:
        self._programs, self._folder, self._port = programs, folder, port

    def start(self) -> None:
        """Make its files, and start it."""
        data = str(self._folder / "data")
        self._run("initdb", "-D", data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run("pg_ctl", "-D", data, "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """End it; its files go with their folder."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")

    def new_database(self, name: str) -> str:
        """The address of a new, empty database."""
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        engine.dispose()
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self._port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        user = SYSTEM_USER if os.getuid() == 0 else None
        command = [str(self._programs / program), *arguments]
        subprocess.run(command, check=True, user=user, cwd=self._folder, stdout=subprocess.DEVNULL)  # noqa: S603


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", name))
