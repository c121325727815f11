"""The least that a server of this kind does: Flask answers with a constant, by gunicorn as the kit runs it.

    python -m benchmarks.constant_server BYTES ...

It prints its address, and answers `/BYTES` with so many bytes, for each number that it was given.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask import Flask, Response

from scorer.server.gunicorn_server import Gunicorn

WORKERS = 2
"""As many as `scorer serve` starts by itself."""


class ConstantGunicorn(Gunicorn):
    """gunicorn with the kit's options, and another application."""

    def __init__(self, app: Flask, listener: int) -> None:
        self._app = app
        # Settings are for the kit's own application, which is not made here.
        super().__init__(None, listener, WORKERS, None)  # type: ignore[arg-type]

    def load(self) -> Flask:  # type: ignore[override]
        """Called by gunicorn in each worker."""
        return self._app


def constant_app(sizes: Sequence[int]) -> Flask:
    """An application that does nothing else.

    Args:
        sizes: of its answers, in bytes.
    """
    app, pages = Flask(__name__), {str(size): b"x" * size for size in sizes}

    @app.get("/<size>")
    def constant(size: str) -> Response:
        return Response(pages[size], mimetype="text/html")

    return app


@contextmanager
def constant_server(sizes: Sequence[int]) -> Iterator[str]:
    """Start it in a process of its own.

    Yields: its address.
    """
    command = [sys.executable, "-m", "benchmarks.constant_server", *map(str, sizes)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def main(sizes: Sequence[int]) -> None:
    """Serve until told to end."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)  # noqa: T201
    ConstantGunicorn(constant_app(sizes), listener.detach()).run()


if __name__ == "__main__":
    if not sys.argv[1:] or not all(one.isdecimal() for one in sys.argv[1:]):
        sys.exit(f"expected numbers of bytes, received {sys.argv[1:] or 'nothing'}")
    main([int(one) for one in sys.argv[1:]])
