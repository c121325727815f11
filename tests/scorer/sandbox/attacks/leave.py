"""Leaves in the output what is no plain file with a plain name: its argument names what."""

# ruff: noqa: T201
from __future__ import annotations

import os
import socket
import sys

OUTPUT = b"/output/"


def main() -> None:
    """Attack."""
    what, outside = sys.argv[1], sys.argv[2]
    with open(OUTPUT + b"plain.csv", "w") as file:
        file.write("1\n")
    if what == "link to a file of the system":
        os.symlink("/etc/passwd", OUTPUT + b"a.csv")
    elif what == "link to the labels":
        os.symlink(outside, OUTPUT + b"a.csv")
    elif what == "link to itself":
        os.symlink("a.csv", OUTPUT + b"a.csv")
    elif what == "link to a folder":
        os.symlink("/", OUTPUT + b"prediction")
    elif what == "hard link to the input":
        os.link("/input/data.csv", OUTPUT + b"a.csv")
    elif what == "hard link to the labels":
        os.link(outside, OUTPUT + b"a.csv")
    elif what == "pipe":
        os.mkfifo(OUTPUT + b"a.csv")
    elif what == "socket":
        socket.socket(socket.AF_UNIX).bind(OUTPUT + b"a.csv")
    elif what == "device":
        os.mknod(OUTPUT + b"a.csv", 0o666 | 0o020000, os.makedev(1, 5))
    elif what == "name with a line break":
        open(OUTPUT + b"a\n.csv", "w").close()
    elif what == "name with a backslash":
        open(OUTPUT + b"..\\..\\a.csv", "w").close()
    elif what == "name that is no text":
        open(OUTPUT + b"\xff\xfe.csv", "w").close()
    elif what == "name that is written from right to left":
        open(OUTPUT + "a\u202e.csv".encode(), "w").close()
    elif what == "long path":
        os.makedirs(OUTPUT + b"/".join([b"x" * 200] * 3))
        open(OUTPUT + b"/".join([b"x" * 200] * 3) + b"/a.csv", "w").close()
    elif what == "name of the report":
        with open(OUTPUT + b"report.json", "w") as file:
            file.write('{"exit_code": 0}')
    elif what == "deep folders":
        os.chdir(OUTPUT)
        for _ in range(10_000):
            os.mkdir("d")
            os.chdir("d")
        open("a.csv", "w").close()
    elif what == "file that cannot be read":
        open(OUTPUT + b"a.csv", "w").close()
        os.chmod(OUTPUT + b"a.csv", 0)
    elif what == "folder that cannot be entered":
        os.mkdir(OUTPUT + b"prediction")
        os.chmod(OUTPUT + b"prediction", 0)
    elif what == "output that cannot be entered":
        os.chmod(OUTPUT, 0)
    else:
        sys.exit(f"{what}?")
    print({"left": True})


if __name__ == "attack":
    main()
