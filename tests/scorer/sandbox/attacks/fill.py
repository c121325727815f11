"""Fills a folder, in a way that its argument names: `way folder`."""

# ruff: noqa: T201
from __future__ import annotations

import os
import sys


def main() -> None:
    """Attack."""
    way, folder = sys.argv[1:]
    try:
        if way == "bytes":
            with open(f"{folder}/big", "wb") as file:
                while True:
                    file.write(b"x" * (1 << 20))
        elif way == "files":
            for number in range(10_000_000):
                open(f"{folder}/{number}", "wb").close()
        elif way == "folders":
            for number in range(10_000_000):
                os.mkdir(f"{folder}/{number}")
        elif way == "links":
            open(f"{folder}/one", "wb").close()
            for number in range(10_000_000):
                os.link(f"{folder}/one", f"{folder}/{number}")
        elif way == "hole":
            with open(f"{folder}/hole", "wb") as file:
                file.truncate(1 << 40)
        elif way == "holes":
            for number in range(100):
                with open(f"{folder}/hole{number}", "wb") as file:
                    file.truncate(60 << 20)
        elif way == "same":
            with open(f"{folder}/one", "wb") as file:
                file.write(b"x" * (1 << 20))
            for number in range(400):
                os.link(f"{folder}/one", f"{folder}/{number}")
    except OSError as error:
        print(error, flush=True)
        raise


if __name__ == "attack":
    main()
