"""Leaves processes behind, in a way that its argument names, and ends."""

# ruff: noqa: T201
from __future__ import annotations

import os
import signal
import sys
import time


def main() -> None:
    """Attack."""
    way = sys.argv[1]

    def stay() -> None:
        """Deaf to every signal that can be ignored, for good."""
        for number in range(1, signal.NSIG):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                continue
        while True:
            time.sleep(1)

    if os.fork() == 0:
        if way == "double":
            os.setsid()
            if os.fork():
                os._exit(0)
        elif way == "silent":
            os.closerange(0, 100)
        elif way == "many":
            for _ in range(4):
                os.fork()
        elif way == "forking":
            while True:
                try:
                    if os.fork():
                        os._exit(0)
                except OSError:
                    pass
        elif way == "changing the output":
            number = 0
            while True:
                number += 1
                with open("/output/a.csv", "wb") as file:
                    file.write(b"x" * (number % 1000))
                os.rename("/output/a.csv", "/output/b.csv")
                os.symlink("/etc/passwd", "/output/a.csv")
                os.unlink("/output/a.csv")
        stay()
    time.sleep(0.3)
    print({"left": True}, flush=True)
    os._exit(0)


if __name__ == "attack":
    main()
