"""An announcement as a mail."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

LINE_LENGTH = 78
"""RFC 5322, 2.1.1."""


@dataclass(frozen=True)
class Letter:
    """What an announcement's mail needs to know.

    Args:
        challenge_title: of what the reader takes part in.
        base_url: under which address people reach the server.
        only_confirmed: whether only confirmed addresses get it.
    """

    challenge_title: str
    base_url: str
    only_confirmed: bool

    def compose(self, text: str) -> str:
        r"""The mail's text: the announcement's in lines that fit, and why one gets it.

        >>> print(Letter("Test of 2017", "https://a.example", True).compose("Dear all,\n\nthe stage is open."))
        Dear all,
        <BLANKLINE>
        the stage is open.
        <BLANKLINE>
        You get this because you have an account for the
        Test of 2017.
        All announcements: https://a.example/announcements
        <BLANKLINE>
        """
        lines = [
            textwrap.fill(line, LINE_LENGTH, break_long_words=False, break_on_hyphens=False)
            for line in text.split("\n")
        ]
        why = f"You get this because you have an account for the\n{self.challenge_title}.\n"
        return "\n".join(lines) + f"\n\n{why}All announcements: {self.base_url}/announcements\n"
