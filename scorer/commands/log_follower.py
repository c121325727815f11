"""The log of a verification on a terminal, as it comes, whoever runs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

LOOK_SECONDS = 0.3


@contextmanager
def following_log(sessions: sessionmaker[Session], verification_id: int) -> Iterator[None]:
    """Print what is written to a log from now on to standard error, for as long as the context lasts."""
    from scorer.server.verification import log
    from scorer.server.verification.log_text import readable

    over = threading.Event()
    with sessions() as session:
        _, position = log.read(session, verification_id)

    def follow() -> None:
        last, is_over = position, False
        while not is_over:
            is_over = over.wait(LOOK_SECONDS)  # once more when it is: for the end of the log
            with sessions() as session:
                text, last = log.read(session, verification_id, last)
            if text:
                click.echo(readable(text), err=True, nl=False)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
