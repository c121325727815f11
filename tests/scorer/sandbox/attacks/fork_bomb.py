"""Every process makes others, for as many seconds as its argument says."""

# ruff: noqa: T201
from __future__ import annotations

import os
import sys
import time


def main() -> None:
    """Attack."""
    first = os.getpid()
    ends_at = time.monotonic() + float(sys.argv[1])
    refused = False
    while time.monotonic() < ends_at:
        try:
            os.fork()
        except OSError:
            refused = True
            time.sleep(0.05)
    if os.getpid() == first:
        print({"refused": refused}, flush=True)
    os._exit(0)


if __name__ == "attack":
    main()
