"""An answer that is made once and sent often, to nobody who has it already."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, request

PUBLIC = "no-cache"
"""Keep it, and ask each time whether it has changed."""

PRIVATE = "private, no-cache"
"""The same for browsers alone: at the same address somebody else is told something else."""


@dataclass(frozen=True)
class KeptAnswer:
    """The whole answer.

    Attributes:
        body: its bytes.
        mimetype: what they are.
        headers: to be sent with and without the body; `ETag` among them.
        tag: the value of `ETag`: that of the content.
    """

    body: bytes
    mimetype: str
    headers: dict[str, str]
    tag: str


def keep(text: str, mimetype: str, cache_control: str, **headers: str) -> KeptAnswer:
    """An answer to be kept.

    Args:
        text: of its body.
        mimetype: of it.
        cache_control: `PUBLIC` or `PRIVATE`.
        headers: further ones, with `_` for `-`.
    """
    body = text.encode()
    tag = hashlib.sha256(body).hexdigest()[:32]
    further = {name.replace("_", "-"): value for name, value in headers.items()}
    if cache_control == PRIVATE:
        further["Vary"] = "Cookie"
    return KeptAnswer(body, mimetype, {"ETag": f'"{tag}"', "Cache-Control": cache_control, **further}, tag)


def send(kept: KeptAnswer) -> Response:
    """The response to this request: without the body where it names the tag as the one that it has."""
    if request.if_none_match.contains_weak(kept.tag):
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=kept.headers)
    return Response(kept.body, mimetype=kept.mimetype, headers=kept.headers)
