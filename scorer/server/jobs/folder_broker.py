"""A message broker that is a folder: kombu's virtual transport over files, for a server without services.

kombu's own `filesystem` transport lets a reader take a message that is being written, and moves messages
through the machine's temporary folder. Here a message appears whole or not at all, by renaming.
"""

from __future__ import annotations

import time
import uuid
from functools import cached_property
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import virtual
from kombu.utils.json import dumps, loads

SCHEME = "kitfolder"
"""What stands for this transport in a broker's URL."""

POLL_SECONDS = 0.1

WAIT_SECONDS = 0.5


class Channel(virtual.Channel):  # type: ignore[misc] # kombu has no types
    """Messages of a queue are the files `QUEUE.NUMBER.msg`, in the order of their numbers."""

    @cached_property
    def folder(self) -> Path:
        """Where the messages are."""
        folder = Path(self.connection.client.transport_options["folder"])
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def _put(self, queue: str, message: Any, **_options: Any) -> None:
        name = f"{queue}.{time.time_ns():020d}-{uuid.uuid4().hex}"
        arriving = self.folder / f"{name}.part"
        arriving.write_text(dumps(message), encoding="utf-8")
        arriving.rename(arriving.with_suffix(".msg"))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for file in self._waiting(queue):
            taken = file.with_suffix(".taken")
            try:
                file.rename(taken)  # one of many readers succeeds
            except FileNotFoundError:
                continue
            message = taken.read_text(encoding="utf-8")
            taken.unlink()
            return loads(message)
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._waiting(queue))

    def _purge(self, queue: str) -> int:
        waiting = self._waiting(queue)
        for file in waiting:
            file.unlink(missing_ok=True)
        return len(waiting)

    def _waiting(self, queue: str) -> list[Path]:
        return sorted(self.folder.glob(f"{queue}.*.msg"))


class Transport(virtual.Transport):  # type: ignore[misc] # kombu has no types
    """For kombu: `kombu.transport.TRANSPORT_ALIASES` names it."""

    Channel = Channel
    polling_interval = POLL_SECONDS
    default_port = 0
    driver_type = "folder"
    driver_name = "folder"

    implements = virtual.Transport.implements.extend(asynchronous=False, exchange_type=frozenset({"direct"}))

    global_state = virtual.BrokerState()

    def __init__(self, client: Any, **options: Any) -> None:
        super().__init__(client, **options)
        self.state = self.global_state

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Wait for messages, and never for long: a worker that is told to end looks up only between."""
        super().drain_events(connection, timeout=min(timeout or WAIT_SECONDS, WAIT_SECONDS))

    def driver_version(self) -> str:
        """What kombu prints."""
        return "1"
