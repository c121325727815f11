"""Servers of one challenge, whose databases hold more and more submissions: what a leaderboard is measured on."""

from __future__ import annotations

import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.full_database import NewScores, fill
from benchmarks.labelled_corpus import TINY, write_published
from benchmarks.private_postgres import find_programs, private_postgres
from benchmarks.running_server import running_server
from data_spec.challenge import load_challenge
from scorer.server.config import sqlite_url
from scorer.server.data_folder import DataFolder
from scorer.server.db import open_engine
from scorer.server.installation import install


@dataclass(frozen=True)
class Sizes:
    """How much there is.

    Attributes:
        teams: in each database.
        submissions: of all of them, in each of the databases of a kind.
        recordings: in a report.
    """

    teams: int
    submissions: tuple[int, ...]
    recordings: int


@dataclass(frozen=True)
class Board:
    """A server's leaderboard, as somebody sees it who is not logged in, and who writes into its database."""

    kind: str
    submissions: int
    url: str
    tag: str
    page_bytes: int
    new_scores: NewScores

    @property
    def name(self) -> str:
        """For the table."""
        return f"{self.kind}, {self.submissions:,} submissions"


@contextmanager
def running_boards(sizes: Sizes, *, with_postgres: bool) -> Iterator[list[Board]]:
    """Fill databases and start a server on each: first those on SQLite, and then those on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="kit_boards_") as scratch, ExitStack() as opened:
        folder = Path(scratch)
        write_published(folder / "published", load_challenge("merc2017"), TINY)
        kinds: dict[str, Callable[[int], str | None]] = {"SQLite": lambda _number: None}
        if with_postgres:
            programs = find_programs()
            if programs is None:
                sys.exit(
                    "expected the programs of PostgreSQL and its driver, found none: apt-get install postgresql, and "
                    "pip install -r requirements-servers.txt"
                )
            postgres = opened.enter_context(private_postgres(programs))
            kinds["PostgreSQL"] = lambda number: postgres.new_database(f"kit{number}")
        yield [
            opened.enter_context(_board(folder / f"{kind}{number}", kind, number, new_url(number), sizes))
            for kind, new_url in kinds.items()
            for number in sizes.submissions
        ]


@contextmanager
def _board(data: Path, kind: str, submissions: int, url: str | None, sizes: Sizes) -> Iterator[Board]:
    environment = {"KIT_DATABASE_URL": url} if url else {}
    install(data, data.parent / "published", environment=environment)
    engine = open_engine(url or sqlite_url(DataFolder(data)))
    fill(engine, teams=sizes.teams, submissions=submissions, recordings=sizes.recordings)
    log = data.parent / f"{data.name}.log"
    with running_server(data, log, environment, "--no-jobs", "--quiet") as address:
        page = f"{address}/leaderboard"
        tag, length = view(page)
        new_scores = NewScores(engine, recordings=sizes.recordings)
        yield Board(kind, submissions, page, tag, length, new_scores)
    engine.dispose()


def view(url: str) -> tuple[str, int]:
    """The tag of a page, and its length in bytes."""
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310
        return answer.headers["ETag"], len(answer.read())
