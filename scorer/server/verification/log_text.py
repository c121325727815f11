"""What a stranger's program said, as plain text that a page and a file may hold."""

from __future__ import annotations

import re

MOST_SHOWN = 40_000
"""Characters of a log on a page, its last ones. The whole is a file of its own."""

_OBEYED_BY_TERMINALS = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, and where the cursor goes
    r"|\x1b\][^\x07\x1b]{0,1000}(?:\x07|\x1b\\)"  # titles and links
    r"|\x1b[@-Z\\^_=>]"
)
_LINE_ENDS = re.compile(r"\r\n?")
_HARMFUL = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for the tab and the line's end
    "\ud800-\udfff"  # halves of characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"  # turn the writing around
)


def readable(text: str) -> str:
    r"""The text without anything that a terminal or a browser would obey. Progress bars become lines.

    >>> readable("\x1b[32mepoch 1\x1b[0m\r\nepoch 2\repoch 3\0\u202e!")
    'epoch 1\nepoch 2\nepoch 3!'
    """
    return _HARMFUL.sub("", _LINE_ENDS.sub("\n", _OBEYED_BY_TERMINALS.sub("", text)))


def last_part(text: str, most: int = MOST_SHOWN) -> tuple[str, int]:
    r"""The end of a text that is too long to be shown, from the beginning of a line; and how much is left out.

    >>> last_part("one\ntwo\nthree\n", 10)
    ('three\n', 8)
    >>> last_part("one\n", 10)
    ('one\n', 0)
    """
    if len(text) <= most:
        return text, 0
    cut = len(text) - most
    line = text.find("\n", cut)
    begin = line + 1 if 0 <= line < len(text) - 1 else cut
    return text[begin:], begin
