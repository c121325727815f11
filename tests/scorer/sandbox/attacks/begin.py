"""Begins an attack, `begin.py program arguments…`, in a sandbox and nowhere else.

The programs beside do nothing when they are imported or run: they attack only under the name that they are given here.
"""

from __future__ import annotations

import os
import runpy
import sys

if __name__ == "__main__":
    if not os.path.exists("/launcher.py") or os.getuid() != 1000:
        sys.exit("expected a sandbox around an attack, found none")
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="attack")
