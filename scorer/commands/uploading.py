"""An upload at a terminal: how far it is, and what to do where it breaks off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from scorer.client import OnBytes
from scorer.commands.byte_bar import byte_bar
from scorer.connection import ServerUnreachable

Received = TypeVar("Received")


def upload(zip_path: Path, send: Callable[[OnBytes], Received], *, broke_off: str) -> Received:
    """Send a zip with a progress bar.

    Args:
        zip_path: what is sent.
        send: sends it, and tells how many more bytes went through.
        broke_off: what to say where nobody knows whether it arrived.
    """
    with byte_bar(zip_path.stat().st_size, "Uploading") as bar:
        sent = 0

        def count(more: int) -> None:
            nonlocal sent
            sent += more
            bar.update(more)

        try:
            return send(count)
        except ServerUnreachable as error:
            if sent == 0:
                raise
            raise ServerUnreachable(f"{error}\n{broke_off}") from error
        except KeyboardInterrupt:
            click.echo(f"\n{broke_off}", err=True)
            raise click.exceptions.Exit(1) from None
