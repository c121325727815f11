"""Numbers of rows in addresses: plain digits, and never more than an integer column holds."""

from __future__ import annotations

import re

from flask import request
from werkzeug.routing import BaseConverter

from scorer.server.refusals import Refusal

DIGITS = "[1-9][0-9]{0,8}"


class RowIdConverter(BaseConverter):
    """`<row_id:submission_id>` in a route; no other text leads to it."""

    regex = DIGITS

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)


def row_id_argument(name: str) -> int | None:
    """The number in the request's query, None where it is not asked for. Raises Refusal for any other text."""
    text = request.args.get(name)
    if text is None:
        return None
    if not re.fullmatch(DIGITS, text):
        raise Refusal(f"{name}: expected the number of a row, found {text[:40]!r}.", field=name)
    return int(text)
