"""A job sees its own files and nothing else, and can change none of them."""

from __future__ import annotations

import secrets
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scorer.sandbox.launch import interpreter
from scorer.sandbox.view import NOT_THE_SYSTEM
from tests.scorer.sandbox.conftest import Attack, Workplace

AN_ENGINES_OWN = {".dockerenv", "input", "run", "sys"}
"""What container engines put at the top beside; `input` where there is none is an empty folder."""


def test_labels_database_other_bundles_and_variables_are_nowhere(
    attack: Attack, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = secrets.token_hex(16)
    outside = workplace.folder("outside", dict.fromkeys(("labels.csv", "server.sqlite", "other-bundle.py"), word))
    inputs = workplace.folder("inputs", {"data.csv": "1"})
    monkeypatch.setenv("KIT_SECRET_KEY", word)
    paths = [str(outside / name) for name in ("labels.csv", "server.sqlite", "other-bundle.py")]
    with subprocess.Popen(["sleep", "100"], env={"SECRET": word}) as somebody:
        try:
            got = attack("read_secrets", word, *paths, inputs=inputs).got
        finally:
            somebody.kill()
    assert got["found"] == ["/proc/self/cmdline"] or got["found"] == []
    assert got["other processes"] == ["1"]
    assert got["in variables"] is False


def test_nothing_is_there_but_the_system_and_what_was_given(attack: Attack, workplace: Workplace) -> None:
    got = attack("look_around", inputs=workplace.folder("inputs", {"data.csv": "1"})).got
    above_python = interpreter().parts[1]
    links = {name for name in ("bin", "lib", "lib32", "lib64", "libx32", "sbin") if Path("/", name).exists()}
    named = {"bundle", "dev", "etc", "input", "launcher.py", "output", "proc", "tmp", "usr", above_python, *links}
    assert set(got["top"]) - AN_ENGINES_OWN == named - AN_ENGINES_OWN
    assert set(got["etc"]) <= {
        *("alternatives", "group", "ld.so.cache", "localtime", "passwd"),
        *("hostname", "hosts", "mtab", "resolv.conf"),  # an engine's own
    }
    assert set(got["dev"]) <= {
        *("console", "core", "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty"),
        *("urandom", "zero", "mqueue"),
    }
    assert not {*got["usr"]} & (NOT_THE_SYSTEM - set(interpreter().parts))
    assert set(got["sys"]) <= {"fs"}  # where an engine shows the container's own control group
    assert got["bundle"] == ["attack.py", "begin.py"]
    assert got["standard input"] == b""
    assert got["descriptors"] == [0, 1, 2]
    assert got["user"] == ((1000,) * 3, (1000,) * 3, []) or got["user"][0] == (1000,) * 3


def test_only_three_folders_can_be_written(attack: Attack, workplace: Workplace) -> None:
    inputs = workplace.folder("inputs", {"data.csv": "1"})
    got = attack("look_around", str(workplace.path), str(Path(sys.prefix)), inputs=inputs).got
    assert got["writable"] == ["/dev/shm", "/tmp", "/output"]
    assert got["overwritten"] == []
    assert got["changed"] == []
    assert (inputs / "data.csv").read_text() == "1"


class Greeter(socketserver.BaseRequestHandler):
    """Says a secret to whoever calls."""

    def handle(self) -> None:
        self.request.sendall(b"the secret")


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """At a path, or at a name."""


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    with server:
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def test_no_socket_leads_out(attack: Attack, workplace: Workplace) -> None:
    path, name = str(workplace.path / "socket"), f"kit-test-{secrets.token_hex(8)}"
    loopback = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Greeter)
    with serving(loopback), serving(UnixServer(path, Greeter)), serving(UnixServer(f"\0{name}", Greeter)):
        Path(path).chmod(0o777)
        with socket.create_connection(loopback.server_address) as one:
            assert one.recv(100) == b"the secret"  # from here it can be reached
        got = attack("connect", str(loopback.server_address[1]), path, name).got
    refused = "Operation not permitted"
    for family in ("IPv4", "IPv6", "datagram", "raw", "packet", "netlink", "vsock", "bluetooth", "kernel cryptography"):
        assert got.pop(family) == refused, family
    assert got.pop("listening") == refused
    assert got.pop("family with high bits") == refused
    assert got.pop("unix socket") == "No such file or directory"
    assert got.pop("abstract unix socket") == "Connection refused"
    assert got.pop("own unix sockets") == "it worked"
    assert got.pop("interfaces") == ["lo"]
    assert got.pop("name") != "it worked"
    assert got == {}
