"""Rows as lines of JSON, the same from every database: moments as ISO 8601 in UTC, bytes in base 64."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, LargeBinary, Table


def encode_row(row: Mapping[str, Any]) -> bytes:
    r"""One row, with the end of its line.

    >>> encode_row({"id": 1, "at": datetime(2017, 11, 1, tzinfo=UTC), "hash": b"\x00\xff", "details": {"a": [1]}})
    b'{"id": 1, "at": "2017-11-01T00:00:00+00:00", "hash": "AP8=", "details": {"a": [1]}}\n'
    """
    return json.dumps({name: _plain(value) for name, value in row.items()}).encode("ascii") + b"\n"


def decode_row(line: bytes, table: Table) -> dict[str, Any]:
    """A row of the table, from its line.

    Raises:
        ValueError: it is no such row.
    """
    row = json.loads(line)
    if not isinstance(row, dict) or set(row) != set(table.columns.keys()):
        raise ValueError(f"expected the columns {', '.join(table.columns.keys())}, found others")
    return {column.name: _value(row[column.name], column.type) for column in table.columns}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


def _value(plain: Any, kind: object) -> Any:
    if isinstance(plain, str) and isinstance(kind, DateTime):
        return datetime.fromisoformat(plain).astimezone(UTC)
    if isinstance(plain, str) and isinstance(kind, LargeBinary):
        return base64.b64decode(plain, validate=True)
    return plain
