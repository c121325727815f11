"""Looks for a word that was planted in many places: `word path…`, then everywhere else that it can read."""

# ruff: noqa: T201
from __future__ import annotations

import os
import sys


def main() -> None:
    """Attack."""
    word, paths = sys.argv[1], sys.argv[2:]
    halves = word[:16], word[16:]  # so that it does not find itself
    found = []

    def look(path: str) -> None:
        """Read a file to its end, if that can be done."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            return
        try:
            content, before = os.read(descriptor, 1 << 20), b""
            while content:
                if (halves[0] + halves[1]).encode() in before + content:
                    found.append(path)
                    break
                before, content = content[-64:], os.read(descriptor, 1 << 20)
        except OSError:
            pass
        finally:
            os.close(descriptor)

    for path in paths:
        look(path)
        look("/proc/1/root" + path)
        look("/proc/1/cwd" + path)
        look("/proc/self/root/.." + path)
        look("../" * 20 + path.lstrip("/"))
    mine = str(os.getpid())
    others = [name for name in os.listdir("/proc") if name.isdecimal() and name != mine]
    for process in others:
        for name in ("environ", "mem", "maps", "auxv", "stack", "syscall", "mounts"):
            look(f"/proc/{process}/{name}")
        try:
            descriptors = os.listdir(f"/proc/{process}/fd")
        except OSError:
            descriptors = []
        for descriptor in descriptors:
            look(f"/proc/{process}/fd/{descriptor}")
    for top in os.listdir("/"):
        if top in {"proc", "usr", "sys", "lib", "lib64", "bin", "sbin"}:
            continue
        for folder, _, names in os.walk(f"/{top}"):
            if "/lib/python" not in folder and "/dev/" not in f"{folder}/":
                for name in (one for one in names if ".so" not in one):
                    look(os.path.join(folder, name))
    for name in (
        "/proc/kcore",
        "/proc/kmsg",
        "/proc/keys",
        "/proc/sysvipc/shm",
        "/dev/mem",
        "/dev/kmsg",
        "/dev/vda",
        "/dev/sda",
    ):
        look(name)

    print(
        {
            "found": found,
            "other processes": others,
            "variables": sorted(os.environ),
            "in variables": word in str(os.environ),
        }
    )


if __name__ == "attack":
    main()
