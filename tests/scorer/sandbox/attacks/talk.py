"""Says more than anybody wants to hear, on the stream that its argument names."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Attack."""
    descriptors = {"out": [1], "error": [2], "both": [1, 2], "one byte at a time": [1]}[sys.argv[1]]
    piece = b"x" if len(sys.argv[1]) > 5 else b"x" * 4096
    while True:
        for descriptor in descriptors:
            os.write(descriptor, piece)


if __name__ == "attack":
    main()
