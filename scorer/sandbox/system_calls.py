"""Which system calls a job may not make, whatever else lets it. One list; each kind of sandbox takes it in its form."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from dataclasses import dataclass

DENIED = (
    # other processes
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "kcmp", "pidfd_getfd",
    "perf_event_open",
    # namespaces and mounts
    "unshare", "setns", "mount", "umount", "umount2", "pivot_root", "chroot", "fsopen", "fsconfig", "fsmount",
    "fspick", "move_mount", "open_tree", "open_tree_attr", "mount_setattr", "listmount", "statmount", "swapon",
    "swapoff", "quotactl", "quotactl_fd",
    # the kernel's own stores and machinery
    "add_key", "request_key", "keyctl", "bpf", "userfaultfd", "io_uring_setup", "io_uring_enter",
    "io_uring_register", "open_by_handle_at", "name_to_handle_at", "lookup_dcookie", "vmsplice", "fanotify_init",
    # memory that is no process's and in no folder, where only a control group could see it
    "shmget", "shmat", "shmctl", "msgget", "semget", "memfd_secret",
    # the machine
    "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "reboot", "acct", "syslog",
    "iopl", "ioperm", "modify_ldt", "sethostname", "setdomainname", "settimeofday", "clock_settime", "adjtimex",
    "clock_adjtime", "personality", "vhangup", "nfsservctl", "mbind", "move_pages", "migrate_pages", "uselib",
    "ustat", "sysfs", "_sysctl",
)  # fmt: skip
"""Answered as if the caller lacked the right. Docker's default filter is the model; what numerical programs use is
not among them."""

UNKNOWN = ("clone3", "memfd_create")
"""Answered as by a kernel that does not know them, upon which programs use `clone`, whose flags a filter can see, and
a file in a temporary folder."""

NEW_NAMESPACES = 0x7E020080
"""The flags of `clone` that make a namespace of any kind."""

TYPED_BY_ITSELF = (0x5412, 0x541C)
"""TIOCSTI, TIOCLINUX: writing into a terminal as if a person had typed it."""


@dataclass(frozen=True)
class Argument:
    """What an argument of a system call must be for a rule to hold.

    Attributes:
        index: which one, from 0.
        value: what it is compared with.
        mask: the bits that must be those of `value`; None: it must be anything else than `value`.
    """

    index: int
    value: int
    mask: int | None = None


@dataclass(frozen=True)
class Rule:
    """A system call that is refused.

    Attributes:
        name: its name.
        error: the error number that it answers with.
        argument: refused only where this holds; None: always.
    """

    name: str
    error: int
    argument: Argument | None = None


def rules() -> Iterator[Rule]:
    """All that is refused.

    Sockets of every family but AF_UNIX are: the sandbox has no network, and this is a second wall. The limits of other
    processes are: in some sandboxes the launcher, which reports on the job, has the same user.
    """
    for name in DENIED:
        yield Rule(name, errno.EPERM)
    for name in UNKNOWN:
        yield Rule(name, errno.ENOSYS)
    for name in ("socket", "socketpair"):
        yield Rule(name, errno.EPERM, Argument(0, int(socket.AF_UNIX)))
    yield Rule("prlimit64", errno.EPERM, Argument(0, 0))
    for bit in range(NEW_NAMESPACES.bit_length()):
        if NEW_NAMESPACES >> bit & 1:
            yield Rule("clone", errno.EPERM, Argument(0, 1 << bit, mask=1 << bit))
    for request in TYPED_BY_ITSELF:
        yield Rule("ioctl", errno.EPERM, Argument(1, request, mask=0xFFFFFFFF))
