"""Which sandbox this machine uses."""

from __future__ import annotations

import functools

from scorer.sandbox.job import NoSandbox, Runner

KINDS = ("bubblewrap", "docker", "podman")


@functools.cache
def open_runner(kind: str) -> Runner:
    """The runner of a kind; found to work once, it is not tried again by this process.

    Args:
        kind: one of `KINDS`.

    Raises:
        NoSandbox: it does not work on this machine, or there is no such kind; says why, and what would help.
    """
    if kind == "bubblewrap":
        from scorer.sandbox.bubblewrap import open_bubblewrap

        return open_bubblewrap()
    if kind in KINDS:
        from scorer.sandbox.oci import open_engine

        return open_engine(kind)
    raise NoSandbox(f"expected a kind of sandbox ({', '.join(KINDS)}), found {kind!r}")
