"""Clients that upload: one while nobody else does, and many at once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from scorer.client import Client
from scorer.server.accounts import service as accounts
from scorer.server.accounts import teams
from scorer.server.accounts.passwords import Passwords
from scorer.server.api.blueprint import PREFIX
from scorer.server.db import open_engine

POLL_SECONDS = 0.01
"""How often the one client asks for its rank."""

WATCH_SECONDS = 0.25
"""How often the leaderboard is looked at during a burst."""

MOST_SECONDS = 300

BLOCK_BYTES = 256 * 1024
"""Of a zip, read and sent at once."""

Sent = dict[int, Path]
"""The zip of each submission that was acknowledged, by its number."""


class NotRanked(Exception):  # noqa: N818 (says what is)
    """What was uploaded did not come to its rank."""


def register_clients(database_url: str, count: int) -> list[str]:
    """Accounts, each the captain of a team of its own: their API tokens.

    Args:
        database_url: of a server.
        count: how many.
    """
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))  # nobody logs in with them
    engine = open_engine(database_url)
    tokens = []
    with Session(engine, expire_on_commit=False) as session:
        for number in range(1, count + 1):
            account = accounts.register(
                session,
                passwords,
                email=f"client{number}@example.org",
                display_name=f"Client {number}",
                password=f"correct horse battery {number}",
            )
            teams.create_team(session, account, name=f"Team {number}")
            tokens.append(accounts.create_token(session, account, name="benchmark"))
    engine.dispose()
    return tokens


def upload_one(url: str, token: str, stage: str, zip_path: Path) -> tuple[float, Sent]:
    """Upload a zip, and ask until its team is told a rank: the seconds from the first byte on, and what was sent.

    Raises:
        NotRanked: it was refused, or it took too long.
        Problem: the server did not take it.
    """
    with Client(url, token) as client:
        client.submissions()  # connected, as a program is that has asked for something before
        begins = time.perf_counter()
        found = client.submit(zip_path, stage)
        while found.rank is None:
            if found.state not in ("received", "scored") or time.perf_counter() - begins > MOST_SECONDS:
                raise NotRanked(f"submission {found.id}: expected a rank, found the state {found.state!r}")
            time.sleep(POLL_SECONDS)
            found = client.submission(found.id)
        return time.perf_counter() - begins, {found.id: zip_path}


def upload_burst(url: str, tokens: Sequence[str], stage: str, zips: Sequence[Path]) -> tuple[float, Sent]:
    """Let every client upload its share of the zips, one after another, and all clients at once.

    The clients run on the server's machine, and would be elsewhere: each sends over one connection, with as little
    work as that can be done with.

    Returns: the seconds from the first byte until the leaderboard has counted every upload, and what was sent.

    Raises:
        NotRanked: one was refused, or it took too long.
    """
    together = threading.Barrier(len(tokens) + 1)

    def upload(number: int) -> Sent:
        with closing(HTTPConnection(urlsplit(url).netloc, timeout=MOST_SECONDS, blocksize=BLOCK_BYTES)) as connection:
            together.wait()
            return {_send(connection, tokens[number], stage, one): one for one in zips[number :: len(tokens)]}

    with Client(url) as watcher, ThreadPoolExecutor(len(tokens)) as pool:
        wanted = _count_ranked(watcher, stage) + len(zips)
        shares = [pool.submit(upload, number) for number in range(len(tokens))]
        together.wait()
        begins = time.perf_counter()
        sent = {number: path for share in shares for number, path in share.result().items()}
        while (ranked := _count_ranked(watcher, stage)) < wanted:
            if time.perf_counter() - begins > MOST_SECONDS:
                raise NotRanked(f"expected {wanted} ranked submissions, found {ranked}")
            time.sleep(WATCH_SECONDS)
        return time.perf_counter() - begins, sent


def _send(connection: HTTPConnection, token: str, stage: str, zip_path: Path) -> int:
    """The number of the submission."""
    size = str(zip_path.stat().st_size)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/zip", "Content-Length": size}
    with zip_path.open("rb") as file:
        connection.request("POST", f"{PREFIX}/stages/{stage}/submissions", body=file, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
    if answer.status not in (HTTPStatus.CREATED, HTTPStatus.ACCEPTED):
        raise NotRanked(f"{zip_path.name}: expected that it is accepted, found {answer.status}: {content[:200]!r}")
    number: int = json.loads(content)["id"]
    return number


def _count_ranked(client: Client, stage: str) -> int:
    return sum(row.entries or 0 for row in client.leaderboard(stage).rows)
