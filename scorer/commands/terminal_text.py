"""Text from elsewhere, made safe for a terminal."""

from __future__ import annotations

import sys
import unicodedata

_HARMFUL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories of characters that move the cursor, turn the writing around, or cannot be seen."""


def visible(text: str) -> str:
    r"""The text with every character that a terminal would obey, or could not show, written as its code.

    >>> print(visible("Team \x1b[2J A"))
    Team \x1b[2J A
    """
    shown = "".join(
        character.encode("unicode_escape").decode("ascii") if unicodedata.category(character) in _HARMFUL else character
        for character in text
    )
    encoding = sys.stdout.encoding or "utf-8"
    return shown.encode(encoding, "backslashreplace").decode(encoding)
