"""The kind of sandbox is chosen by name, and a machine that cannot have it says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from scorer.sandbox.choice import KINDS, open_runner
from scorer.sandbox.job import NoSandbox


def test_the_same_runner_is_used_again() -> None:
    assert open_runner("bubblewrap") is open_runner("bubblewrap")


def test_a_kind_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(NoSandbox, match=r"expected a kind of sandbox \(bubblewrap, docker, podman\), found 'chroot'"):
        open_runner("chroot")
    assert KINDS == ("bubblewrap", "docker", "podman")


@pytest.mark.parametrize("kind", ["docker", "podman"])
def test_an_engine_that_is_not_installed_is_refused_in_words(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoSandbox, match=rf"{kind}: expected an answer to `info` .*Is {kind} installed\?"):
        open_runner.__wrapped__(kind)


ENGINE = """#!/bin/sh
case "$1" in
    info) {info} ;;
    *) echo "no" >&2; exit 1 ;;
esac
"""

REFUSALS = {
    "docker without users of its own": (
        "docker",
        """echo '{"version": "28", "security": ["name=seccomp,profile=default"], "memory": true, "processes": true}'""",
        'expected an engine that gives containers users of their own, .* set "userns-remap"',
    ),
    "docker without control groups": (
        "docker",
        """echo '{"version": "28", "security": ["name=rootless"], "memory": false, "processes": true}'""",
        "docker: expected an engine that bounds memory and processes",
    ),
    "podman without control groups": (
        "podman",
        """echo '{"version": "4", "rootless": true, "controllers": ["cpu", "pids"]}'""",
        "podman: expected an engine that bounds memory and processes",
    ),
    "docker that is not running": (
        "docker",
        "echo 'Cannot connect to the Docker daemon' >&2; exit 1",
        "docker: expected an engine that answers, found: Cannot connect to the Docker daemon",
    ),
    "docker that has no server": (
        "docker",
        """echo '{"version": "", "security": null, "memory": false, "processes": false}'; echo no daemon >&2""",
        "docker: expected an engine that answers, found: no daemon",
    ),
    "something else of that name": ("podman", "echo hello", "podman: expected an engine that answers"),
    "an engine that makes no image": (
        "podman",
        """echo '{"version": "4", "rootless": false, "controllers": ["memory", "pids"]}'""",
        "podman: expected an image to be made: no",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_an_engine_that_is_not_safe_is_refused_in_words(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, info, words = REFUSALS[case]
    program = tmp_path / kind
    program.write_text(ENGINE.replace("{info}", info))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(NoSandbox, match=words):
        open_runner.__wrapped__(kind)
