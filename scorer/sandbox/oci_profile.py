"""The list of refused system calls as container engines read it: a seccomp profile in JSON."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from scorer.sandbox.system_calls import Rule, rules

PREFIX = "kit-seccomp-"

FORSAKEN_SECONDS = 3600.0
"""An engine reads the file when a container starts: an older one was left by a server that was killed."""


@contextmanager
def seccomp_profile_file() -> Iterator[Path]:
    """The profile as a file, for as long as it is needed. Raises OSError."""
    with tempfile.NamedTemporaryFile("w", prefix=f"{PREFIX}{os.getpid()}-", suffix=".json", delete=False) as file:
        path = Path(file.name)
        try:
            file.write(seccomp_profile())
            file.flush()
            yield path
        finally:
            path.unlink(missing_ok=True)


def sweep_profile_files() -> None:
    """Remove the files that servers before us left behind."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*.json"):
        with suppress(OSError):  # another's
            if time.time() - path.stat().st_mtime > FORSAKEN_SECONDS:
                path.unlink()


def seccomp_profile() -> str:
    """The profile. Without a list of architectures it is for the machine's own, and others are refused."""
    return json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [_entry(rule) for rule in rules()]})


def _entry(rule: Rule) -> dict[str, Any]:
    entry: dict[str, Any] = {"names": [rule.name], "action": "SCMP_ACT_ERRNO", "errnoRet": rule.error}
    if (found := rule.argument) is not None and found.mask is not None:
        compared = {"value": found.mask, "valueTwo": found.value, "op": "SCMP_CMP_MASKED_EQ"}
        entry["args"] = [{"index": found.index, **compared}]
    elif found is not None:
        entry["args"] = [{"index": found.index, "value": found.value, "op": "SCMP_CMP_NE"}]
    return entry
