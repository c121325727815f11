"""What the kit is measured beside: packages of requirements-bench.txt, which nothing else needs."""

from __future__ import annotations

import sys
from importlib.util import find_spec


def has_peer(package: str, quick: bool) -> bool:
    """Whether a peer is installed. Where figures are taken, a peer that is not there ends the benchmark.

    Args:
        package: the name by which it is imported.
        quick: whether the benchmark only shows that it works.
    """
    if find_spec(package) is not None:
        return True
    if not quick:
        sys.exit(f"expected {package} to measure beside, found none: pip install -r requirements-bench.txt")
    return False
