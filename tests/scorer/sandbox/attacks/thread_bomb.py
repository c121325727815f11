"""Starts threads for as long as it can."""

# ruff: noqa: T201
from __future__ import annotations

import os
import threading
import time


def main() -> None:
    """Attack."""
    started = 0
    try:
        while True:
            threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
            started += 1
    except RuntimeError:
        print({"started": started}, flush=True)
    os._exit(0)


if __name__ == "attack":
    main()
