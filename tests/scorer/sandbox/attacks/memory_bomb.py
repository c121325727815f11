"""Takes memory in a way that its argument names, until it is stopped."""

import mmap
import os
import socket
import sys
import time

MEGABYTE = 1 << 20
kept = []


def one_process() -> None:
    """Plain memory of one process."""
    while True:
        kept.append(bytearray(MEGABYTE))


def many_processes() -> None:
    """Each has less than it may, together they have more."""
    children = []
    for _ in range(16):
        child = os.fork()
        if child == 0:
            kept.append(b"x" * (40 * MEGABYTE))
            time.sleep(100)
        children.append(child)
    while children:
        ended, status = os.wait()
        children.remove(ended)
        if status:
            sys.exit(1)


def shared() -> None:
    """Memory that is no process's own."""
    while True:
        piece = mmap.mmap(-1, MEGABYTE)
        piece.write(b"x" * MEGABYTE)
        kept.append(piece)


def shared_and_let_go() -> None:
    """As files that nobody has mapped any more."""
    for number in range(10_000):
        with open(f"/tmp/{number}", "wb") as file:
            file.write(b"x" * MEGABYTE)


def deleted_files() -> None:
    """As files that have no name any more."""
    while True:
        descriptor = os.open("/tmp/x", os.O_CREAT | os.O_WRONLY)
        os.unlink("/tmp/x")
        os.write(descriptor, b"x" * 4 * MEGABYTE)  # few enough files that memory ends before descriptors do


def shared_memory_folder() -> None:
    """In the folder of shared memory."""
    with open("/dev/shm/x", "wb") as file:
        while True:
            file.write(b"x" * MEGABYTE)


def sockets() -> None:
    """As words that nobody reads, in many processes."""
    for _ in range(32):
        if os.fork() == 0:
            break
    while True:
        try:
            pair = socket.socketpair()
        except OSError:
            time.sleep(0.1)
            continue
        kept.append(pair)
        for one in pair:
            one.setblocking(False)
            try:
                while True:
                    one.send(b"x" * 65536)
            except OSError:
                pass


def page_tables() -> None:
    """As the kernel's own account of pages of which none is there."""
    while True:
        piece = mmap.mmap(-1, 1 << 33, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ)
        for place in range(0, 1 << 33, 1 << 21):
            piece[place]
        kept.append(piece)


if __name__ == "attack":
    globals()[sys.argv[1]]()
