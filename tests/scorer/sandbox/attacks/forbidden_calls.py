"""Makes system calls that a job has no business to make, each with arguments that would do."""

# ruff: noqa: T201
from __future__ import annotations

import ctypes
import errno
import mmap
import os
import platform
import resource
import signal
import struct
import termios

X86 = {
    "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "perf_event_open": 298,
    "pidfd_getfd": 438, "unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161,
    "fsopen": 430, "fsmount": 432, "open_tree": 428, "move_mount": 429, "mount_setattr": 442, "add_key": 248,
    "request_key": 249, "keyctl": 250, "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426,
    "io_uring_register": 427, "open_by_handle_at": 304, "name_to_handle_at": 303, "shmget": 29, "msgget": 68,
    "semget": 64, "memfd_create": 319, "memfd_secret": 447, "kexec_load": 246, "init_module": 175,
    "finit_module": 313, "delete_module": 176, "reboot": 169, "acct": 163, "syslog": 103, "iopl": 172, "ioperm": 173,
    "sethostname": 170, "settimeofday": 164, "swapon": 167, "quotactl": 179, "personality": 135, "vhangup": 153,
    "clone3": 435, "fanotify_init": 300, "process_madvise": 440, "vmsplice": 278, "clock_settime": 227,
    "move_pages": 279, "clone": 56, "prlimit64": 302, "ioctl": 16,
}  # fmt: skip
ARM = {
    "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "perf_event_open": 241, "pidfd_getfd": 438,
    "unshare": 97, "setns": 268, "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "add_key": 217,
    "request_key": 218, "keyctl": 219, "bpf": 280, "userfaultfd": 282, "io_uring_setup": 425, "io_uring_enter": 426,
    "io_uring_register": 427, "shmget": 194, "msgget": 186, "semget": 190, "memfd_create": 279, "clone3": 435,
    "reboot": 142, "syslog": 116, "sethostname": 161, "clone": 220, "prlimit64": 261, "ioctl": 29,
}  # fmt: skip
NUMBERS = X86 if platform.machine() == "x86_64" else ARM
WITH_ARGUMENTS_OF_THEIR_OWN = ("clone", "prlimit64", "ioctl")

NEW_USER, NEW_MOUNTS, NEW_GROUPS, NEW_PROCESSES, NEW_NETWORK = 0x10000000, 0x20000, 0x2000000, 0x20000000, 0x40000000
NAMESPACES = {
    "user": NEW_USER,
    "mounts": NEW_MOUNTS,
    "processes": NEW_PROCESSES,
    "network": NEW_NETWORK,
    "groups": NEW_GROUPS,
    "several": NEW_USER | NEW_MOUNTS | NEW_NETWORK,
}


def main() -> None:
    """Attack."""
    libc = ctypes.CDLL(None, use_errno=True)
    text = ctypes.create_string_buffer(b"tmpfs")
    place = ctypes.create_string_buffer(b"/tmp")
    memory = ctypes.create_string_buffer(4096)
    arguments = {
        "ptrace": (16, 1, 0, 0),
        "process_vm_readv": (1, memory, 1, memory, 1, 0),
        "unshare": (NEW_USER | NEW_MOUNTS,),
        "setns": (0, 0),
        "mount": (text, place, text, 0, 0),
        "umount2": (place, 2),
        "pivot_root": (place, place),
        "chroot": (place,),
        "fsopen": (text, 0),
        "add_key": (ctypes.create_string_buffer(b"user"), text, memory, 10, -3),
        "keyctl": (0, -3, 1),
        "memfd_create": (text, 0),
        "personality": (0x0040000,),
        "shmget": (0, 4096, 0o1600),
        "msgget": (0, 0o1600),
        "semget": (0, 1, 0o1600),
        "userfaultfd": (1,),
        "io_uring_setup": (8, memory),
        "process_madvise": (0, memory, 1, 20, 0),
    }

    def call(number, *arguments):
        """Make a system call: what it gave, or its error."""
        ctypes.set_errno(0)
        gave = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments))
        return f"it worked: {gave}" if gave >= 0 else errno.errorcode.get(ctypes.get_errno(), str(ctypes.get_errno()))

    got = {}
    for name, number in NUMBERS.items():
        if name not in WITH_ARGUMENTS_OF_THEIR_OWN:
            got[name] = call(number, *arguments.get(name, (0, 0, 0, 0, 0)))
    for name, flags in NAMESPACES.items():
        got[f"clone with new {name}"] = call(NUMBERS["clone"], flags | signal.SIGCHLD, 0, 0, 0, 0)
    nothing = ctypes.create_string_buffer(struct.pack("QQ", 0, 0))
    got["limits of the launcher"] = call(NUMBERS["prlimit64"], 1, resource.RLIMIT_NOFILE, nothing, 0)
    _, terminal = os.openpty()
    letter = ctypes.create_string_buffer(b"x")
    got["typing by itself"] = call(NUMBERS["ioctl"], terminal, termios.TIOCSTI, letter)
    got["typing by itself, with high bits"] = call(NUMBERS["ioctl"], terminal, termios.TIOCSTI | 1 << 32, letter)

    if platform.machine() == "x86_64":  # the system calls of the machine's old self, which a filter could forget
        code = bytes.fromhex("b814000000 cd80 c3")  # mov eax, 20 (getpid); int 0x80; ret
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(code)
        child = os.fork()
        if child == 0:
            ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
            os._exit(0)
        got["32 bits"] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        child = os.fork()
        if child == 0:
            call(0x40000000 + 39)  # getpid of x32
            os._exit(0)
        got["x32"] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(got)


if __name__ == "attack":
    main()
