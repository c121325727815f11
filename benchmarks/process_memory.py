"""What memory this process takes, as Linux tells it."""

from __future__ import annotations

from pathlib import Path

KIBIBYTE = 1024


def memory_bytes(name: str) -> int:
    """A line of `/proc/self/status`: `VmRSS`, what is resident; `VmHWM`, the most that was at once; `RssAnon`."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * KIBIBYTE for line in lines if line.startswith(f"{name}:"))
