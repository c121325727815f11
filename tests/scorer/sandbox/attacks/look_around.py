"""Lists what there is, and where it can write."""

# ruff: noqa: T201
from __future__ import annotations

import os
import sys


def main() -> None:
    """Attack."""
    writable = []
    for folder in (
        "/",
        "/etc",
        "/usr",
        "/usr/bin",
        "/bundle",
        "/input",
        "/dev",
        "/dev/shm",
        "/tmp",
        "/output",
        "/proc",
        "/proc/sys",
        "/proc/sys/kernel",
        "/sys",
        "/sys/fs/cgroup",
        "/sys/fs/cgroup/memory",
        "/run",
        "/var/tmp",
        *sys.argv[1:],
    ):
        try:
            with open(f"{folder}/written", "w"):
                writable.append(folder)
        except OSError:
            continue
    overwritten = []
    for file in (
        "/launcher.py",
        "/etc/passwd",
        "/etc/group",
        "/bundle/attack.py",
        "/input/data.csv",
        "/usr/bin/env",
        sys.executable,
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/hostname",
        "/proc/sysrq-trigger",
        "/proc/sys/vm/drop_caches",
        "/proc/sys/user/max_user_namespaces",
        "/proc/1/oom_score_adj",
        "/proc/1/comm",
        "/proc/1/mem",
        "/proc/self/uid_map",
        "/proc/self/setgroups",
    ):
        for flags in (os.O_WRONLY | os.O_TRUNC, os.O_WRONLY | os.O_APPEND, os.O_RDWR):
            try:
                descriptor = os.open(file, flags)
            except OSError:
                continue
            try:
                os.write(descriptor, b"0")
                overwritten.append(file)
            except OSError:
                pass
            os.close(descriptor)
    changed = []
    for change in (
        "chmod('/bundle/attack.py', 0o777)",
        "unlink('/bundle/attack.py')",
        "rename('/bundle/attack.py', '/bundle/x')",
        "link('/input/data.csv', '/tmp/linked')",
        "chown('/input/data.csv', 0, 0)",
        "utime('/input/data.csv')",
        "rmdir('/input')",
        "unlink('/launcher.py')",
        "truncate('/input/data.csv', 0)",
        "setxattr('/input/data.csv', 'user.x', b'x')",
        "chmod('/', 0o777)",
        "rename('/output', '/elsewhere')",
    ):
        try:
            eval(f"os.{change}")
            changed.append(change)
        except OSError:
            continue
    print(
        {
            "top": sorted(os.listdir("/")),
            "etc": sorted(os.listdir("/etc")),
            "dev": sorted(os.listdir("/dev")),
            "usr": sorted(os.listdir("/usr")),
            "sys": sorted(
                name for name in ("sys" in os.listdir("/") and os.listdir("/sys")) or () if os.listdir(f"/sys/{name}")
            ),
            "bundle": sorted(os.listdir("/bundle")),
            "writable": writable,
            "overwritten": overwritten,
            "changed": changed,
            "standard input": os.read(0, 1),
            "descriptors": sorted(
                int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")
            ),
            "user": (os.getresuid(), os.getresgid(), os.getgroups()),
        }
    )


if __name__ == "attack":
    main()
