"""Never ends, in a way that its argument names."""

from __future__ import annotations

import os
import signal
import sys
import time


def main() -> None:
    """Attack."""
    way = sys.argv[1]
    if way != "stopped":
        for number in range(1, signal.NSIG):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                continue
    if way == "asleep":
        time.sleep(1e6)
    elif way == "busy":
        while True:
            pass
    elif way == "busy in many":
        for _ in range(4):
            os.fork()
        while True:
            pass
    elif way == "busy in short lives":  # which nobody waits for, so that nobody is told what they took
        while True:
            if os.fork() == 0:
                until = time.process_time() + 0.05
                while time.process_time() < until:
                    pass
                os._exit(0)
            time.sleep(0.02)
    elif way == "stopped":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif way == "silent":
        os.closerange(0, 100)
        time.sleep(1e6)


if __name__ == "attack":
    main()
