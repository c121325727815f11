"""A port for a service of a benchmark's own."""

from __future__ import annotations

import socket


def free_port() -> int:
    """One of the loopback device at which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
