"""What a page that waits is told: whether something changed, and what was said since it asked last."""

from __future__ import annotations

import re

from flask import request
from sqlalchemy.orm import Session

from scorer.server.refusals import Refusal
from scorer.server.verification import log
from scorer.server.verification.log_text import last_part, readable
from scorer.server.verification.models import Bundle, Verification

_POSITION = re.compile("0|[1-9][0-9]{0,8}")


def state_of(bundle: Bundle) -> str:
    """What a team's page shows of a bundle, in a word: another one as soon as the page is out of date."""
    newest = bundle.verifications[-1] if bundle.verifications else None
    return f"{bundle.state} {newest.id} {newest.progress}" if newest is not None else bundle.state.value


def what_is_new(session: Session, verification: Verification | None, state: str) -> dict[str, object]:
    """What stands in the answer to the script: the state, what was said after `?after=`, and where that ends.

    Raises:
        Refusal: `after` is no position in a log.
    """
    after = _position_argument()
    if verification is None:
        return {"state": state, "text": "", "position": after}
    text, position = log.read(session, verification.id, after)
    return {"state": state, "text": readable(last_part(text)[0]), "position": position}


def _position_argument() -> int:
    text = request.args.get("after")
    if text is None:
        return -1
    if not _POSITION.fullmatch(text):
        raise Refusal(f"after: expected the position of a piece of the log, found {text[:40]!r}.", field="after")
    return int(text)
