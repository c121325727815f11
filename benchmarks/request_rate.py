"""How many requests a second a server answers, and how long each waits: a process that only asks.

    python -m benchmarks.request_rate http://127.0.0.1:8000/leaderboard --seconds 2

Connections stay open, each asks again as soon as it has its answer, and one thread serves all of them without a
library between it and the sockets: what it takes of the processor is told beside the figures.
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import click

CONNECTIONS = 8
BUFFER_BYTES, HEAD_BYTES = 1 << 20, 1 << 12
WAIT_SECONDS = 30


@dataclass(frozen=True)
class Load:
    """What was found.

    Attributes:
        rate: answers a second.
        p50, p99: so long at most waited half of the requests, and 99 of 100, in seconds.
        statuses: how many answers had each status.
        size: of an answer's body, in bytes.
        processor: of one core, the share that asking itself took.
    """

    rate: float
    p50: float
    p99: float
    statuses: dict[str, int]
    size: int
    processor: float


class Connection:
    """One connection, which asks the same again and again."""

    def __init__(self, host: str, port: int, request: bytes) -> None:
        try:
            self._socket = socket.create_connection((host, port), WAIT_SECONDS)
        except OSError as error:
            sys.exit(f"expected a server at {host}:{port}, found none: {error.strerror}")
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request, self._head, self._missing = request, b"", 0
        self.status, self.size, self.asked_at = "", 0, 0.0

    def fileno(self) -> int:
        """Of the socket."""
        return self._socket.fileno()

    def ask(self) -> None:
        """Send the request."""
        self._head, self.asked_at = b"", time.perf_counter()
        self._socket.sendall(self._request)

    def read(self, buffer: bytearray) -> bool:
        """Read what has come; whether the answer is whole."""
        # Linux throws a body away without copying it: what asks must not take the processor from who answers.
        flags = socket.MSG_TRUNC if self._missing and sys.platform == "linux" else 0
        got = self._socket.recv_into(buffer, min(self._missing, len(buffer)) or HEAD_BYTES, flags)
        if not got:
            sys.exit("expected an answer, found the connection closed")
        if self._missing:
            self._missing -= got
            return not self._missing
        self._head += buffer[:got]
        head, end, body = self._head.partition(b"\r\n\r\n")
        if not end:
            return False
        self.status = head[9:12].decode()
        fields = head.lower().partition(b"\r\ncontent-length:")
        self.size = int(fields[2].partition(b"\r\n")[0]) if fields[1] else 0
        if not fields[1] and self.status != "304":
            sys.exit(f"expected an answer that tells its length, found none:\n{head.decode(errors='replace')}")
        self._missing = 0 if self.status == "304" else self.size - len(body)
        return not self._missing


def load(url: str, *, seconds: float, connections: int = CONNECTIONS, headers: Sequence[str] = ()) -> Load:
    """Ask in a process of its own; the figures are those of that process."""
    command = [sys.executable, "-m", "benchmarks.request_rate", url, "--seconds", str(seconds)]
    command += ["--connections", str(connections), *(f"--header={header}" for header in headers)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        sys.exit(done.stderr)
    return Load(**json.loads(done.stdout))


def ask(url: str, seconds: float, connections: int, headers: Sequence[str]) -> Load:
    """Ask for so many seconds."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {target} HTTP/1.1", f"Host: {parts.netloc}", *headers, "", ""]
    opened = [
        Connection(parts.hostname or "", parts.port or 80, "\r\n".join(lines).encode()) for _ in range(connections)
    ]
    waited: list[float] = []
    statuses: dict[str, int] = {}
    poll, by_number, buffer = select.epoll(), {one.fileno(): one for one in opened}, bytearray(BUFFER_BYTES)
    began, processor = time.perf_counter(), time.process_time()
    for one in opened:
        poll.register(one.fileno(), select.EPOLLIN)
        one.ask()
    while (now := time.perf_counter()) - began < seconds or not waited:
        if now - began > WAIT_SECONDS + seconds:
            sys.exit(f"expected an answer within {WAIT_SECONDS} s, found none")
        for number, _ in poll.poll(1):
            connection = by_number[number]
            if connection.read(buffer):
                waited.append(time.perf_counter() - connection.asked_at)
                statuses[connection.status] = statuses.get(connection.status, 0) + 1
                connection.ask()
    took = time.perf_counter() - began
    processor = (time.process_time() - processor) / took
    waited.sort()
    p50, p99 = (waited[int(share * (len(waited) - 1))] for share in (0.5, 0.99))
    return Load(len(waited) / took, p50, p99, statuses, opened[0].size, processor)


@click.command(help=__doc__)
@click.argument("url")
@click.option("--seconds", default=2.0, show_default=True)
@click.option("--connections", default=CONNECTIONS, show_default=True)
@click.option("--header", "headers", multiple=True, help='A line such as `If-None-Match: "x"`.')
def main(url: str, seconds: float, connections: int, headers: Sequence[str]) -> None:
    """Ask, and print the figures."""
    click.echo(json.dumps(asdict(ask(url, seconds, connections, headers))))


if __name__ == "__main__":
    main()
