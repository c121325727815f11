"""Tries to be somebody else."""

# ruff: noqa: T201
from __future__ import annotations

import ctypes
import os
import shutil
import subprocess


def main() -> None:
    """Attack."""
    got = {}

    def attempt(name, action) -> None:
        """Note what an action gave, or how it failed."""
        try:
            got[name] = str(action() or "it worked")
        except OSError as error:
            got[name] = os.strerror(error.errno)

    attempt("setuid 0", lambda: os.setuid(0))
    attempt("setuid 1", lambda: os.setuid(1))
    attempt("setgid 0", lambda: os.setgid(0))
    attempt("setgroups", lambda: os.setgroups([0]))
    attempt("chown", lambda: (open("/tmp/mine", "w").close(), os.chown("/tmp/mine", 0, 0))[1])
    attempt("device", lambda: os.mknod("/tmp/null", 0o666 | 0o020000, os.makedev(1, 3)))
    attempt("nice", lambda: os.setpriority(os.PRIO_PROCESS, 0, -10))

    def run_set_user_id() -> str:
        """A program that everybody may run as themselves, given the bit that would make it run as its owner."""
        shutil.copy("/usr/bin/id", "/tmp/id")
        os.chmod("/tmp/id", 0o6755)
        return subprocess.run(["/tmp/id", "-u"], capture_output=True, text=True).stdout.strip()

    attempt("own set-user-id program", run_set_user_id)
    for program in ("/usr/bin/su", "/usr/bin/mount", "/usr/bin/passwd", "/usr/bin/newgrp", "/usr/bin/chsh"):
        if os.path.exists(program):
            process = subprocess.Popen([program, "--help"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                with open(f"/proc/{process.pid}/status") as file:
                    users = {number for line in file if line.startswith("Uid") for number in line.split()[1:]}
            except OSError:
                users = set()
            process.wait()
            got[program] = sorted(users - {"1000"})
    got["mount"] = subprocess.run(["mount", "-t", "tmpfs", "none", "/tmp"], capture_output=True).returncode != 0
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith(("Cap", "NoNewPrivs", "Seccomp:")):
                got[line.split(":")[0]] = line.split()[1]
    libc = ctypes.CDLL(None, use_errno=True)
    got["gaining a capability"] = libc.capset(
        (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
    )
    print(got)


if __name__ == "attack":
    main()
