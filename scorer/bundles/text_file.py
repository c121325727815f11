"""The text files of a bundle that a person or a checker reads: small, and UTF-8."""

from __future__ import annotations

import re

from scorer.verdict import Fault, shown_name

MOST_BYTES = 1_000_000
"""Of a text that is read as a whole: a report, a program, requirements with all their hashes."""

_LINE_END = re.compile(r"\r\n|\r|\n")


class TextRefused(Exception):  # noqa: N818 (what somebody wrote, no fault of ours)
    """A file that is no text of its kind. Carries the fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def check_size(name: str, size: int, most: int = MOST_BYTES) -> None:
    """Raise TextRefused where a text is too long to be read, in bytes."""
    if size > most:
        raise TextRefused(Fault(shown_name(name), None, None, f"at most {most:,} bytes", f"{size:,} bytes"))


def decode(name: str, content: bytes) -> str:
    r"""The text of a file, without a byte order mark.

    Raises:
        TextRefused: it is no UTF-8; names the row.

    >>> decode("REPORT.md", b"\xef\xbb\xbf# Model\n")
    '# Model\n'
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = len(rows_of(content[: error.start].decode(errors="replace")))
        raise TextRefused(Fault(shown_name(name), row, None, "text in UTF-8", "bytes that are none")) from error


def rows_of(text: str) -> list[str]:
    r"""The rows of a text as an editor counts them.

    >>> rows_of("a\r\nb\x0cc\n")
    ['a', 'b\x0cc', '']
    """
    return _LINE_END.split(text)
