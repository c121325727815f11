"""Attacks the launcher, which reports on it."""

# ruff: noqa: T201
from __future__ import annotations

import ctypes
import glob
import os
import signal
import time
from contextlib import suppress


def main() -> None:
    """Attack."""
    got = {}
    for number in (
        "SIGKILL",
        "SIGSTOP",
        "SIGTERM",
        "SIGINT",
        "SIGHUP",
        "SIGCHLD",
        "SIGSEGV",
        "SIGPIPE",
        "SIGXCPU",
        "SIGUSR1",
    ):
        try:
            os.kill(1, getattr(signal, number))
            got[number] = "sent"
        except OSError as error:
            got[number] = os.strerror(error.errno)
    with suppress(OSError):
        os.kill(-1, signal.SIGCONT)
    opened = []
    for path in [*glob.glob("/proc/1/fd/*"), *(f"/proc/1/fd/{number}" for number in range(20)), "/proc/1/mem"]:
        for flags in (os.O_WRONLY, os.O_RDWR):
            try:
                descriptor = os.open(path, flags | os.O_NONBLOCK)
            except OSError:
                continue
            opened.append(path)
            with suppress(OSError):
                os.write(descriptor, b"report.json" + b"\0" * 501)
    got["opened"] = opened
    try:
        os.sched_setaffinity(1, {0})
        os.setpriority(os.PRIO_PROCESS, 1, 19)
    except OSError:
        pass
    for descriptor in (1, 2):  # the same pipe as the launcher's own words
        os.set_blocking(descriptor, False)
    libc = ctypes.CDLL(None)
    pipe_size = 1031  # F_SETPIPE_SZ
    libc.fcntl(1, pipe_size, 4096)
    time.sleep(0.2)
    with open("/output/forged.tar", "wb") as file:
        file.write(b"report.json" + b"\0" * 501)
    print(got, flush=True)


if __name__ == "attack":
    main()
