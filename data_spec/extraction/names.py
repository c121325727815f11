"""The name of a file → the name of a recording, which can be a file's on every system that a corpus travels to."""

from __future__ import annotations

import unicodedata

REPLACEMENT = "_"

MOST_BYTES = 200
"""Of a name, in UTF-8: file systems allow 255 with what is added to it."""

_NOWHERE_ALLOWED = frozenset('/\\:*?"<>|')


def recording_name(stem: str) -> str:
    r"""The name itself where it can be one, else with other characters replaced.

    Letters of all scripts can be, and so can spaces inside a name. Not so what no name may hold on some system, what
    cannot be printed, and a dot at the beginning, which hides a file.

    >>> recording_name("Szene 3, Łucja")
    'Szene 3, Łucja'
    >>> recording_name(".12:30 a/b\n")
    '_12_30 a_b_'
    """
    # macOS gives letters and their accents apart: the same name must be the same everywhere.
    signs = unicodedata.normalize("NFC", stem)
    name = "".join(sign if sign.isprintable() and sign not in _NOWHERE_ALLOWED else REPLACEMENT for sign in signs)
    name = name.strip(" ")
    if not name or name.startswith("."):
        name = REPLACEMENT + name[1:]
    return name.encode()[:MOST_BYTES].decode(errors="ignore").rstrip(" ")
