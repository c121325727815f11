"""Tries to reach what listens outside: `loopback port, path socket, abstract name`."""

# ruff: noqa: T201
from __future__ import annotations

import os
import socket
import sys


def main() -> None:
    """Attack."""
    port, path, abstract = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    got = {}

    def attempt(name, action) -> None:
        """Note what an action gave, or how it failed."""
        try:
            got[name] = str(action() or "it worked")
        except OSError as error:
            got[name] = os.strerror(error.errno) if error.errno else str(error)

    def connect(family, kind, address):
        """Connect, and read what is said."""
        with socket.socket(family, kind) as one:
            one.settimeout(2)
            one.connect(address)
            return one.recv(100)

    def talk_to_itself():
        """What programs use sockets for that are honest."""
        one, other = socket.socketpair()
        one.send(b"x")
        assert other.recv(1) == b"x"

    attempt("IPv4", lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", port)))
    attempt("IPv6", lambda: connect(socket.AF_INET6, socket.SOCK_STREAM, ("::1", port)))
    attempt("datagram", lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", port)))
    attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
    attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
    attempt("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))
    attempt("vsock", lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM, 0))
    attempt("bluetooth", lambda: socket.socket(31, socket.SOCK_RAW, 0))
    attempt("kernel cryptography", lambda: socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0))
    attempt("listening", lambda: socket.create_server(("127.0.0.1", 0)))
    attempt("family with high bits", lambda: socket.socket(0x7FFF0002, socket.SOCK_STREAM, 0))
    attempt("unix socket", lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, path))
    attempt("abstract unix socket", lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + abstract))
    attempt("name", lambda: socket.getaddrinfo("localhost", port))
    attempt("own unix sockets", talk_to_itself)
    with open("/proc/net/dev") as file:
        got["interfaces"] = [line.split(":")[0].strip() for line in file if ":" in line]
    print(got)


if __name__ == "attack":
    main()
