"""What programs send: JSON bodies, checked for their form. What values are accepted is the services' to say."""

from __future__ import annotations

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError

from scorer.server.refusals import Refusal, WrongType


class Body(BaseModel):
    """A JSON object; a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", strict=True)


class NewAccount(Body):
    """`POST /accounts`."""

    email: str
    display_name: str
    password: str


class NewToken(Body):
    """`POST /tokens`."""

    email: str
    password: str
    name: str


class NewTeam(Body):
    """`POST /team`."""

    name: str


AnyBody = TypeVar("AnyBody", bound=Body)


def read_body(kind: type[AnyBody]) -> AnyBody:
    """The request's body.

    Raises:
        WrongType: it is not called JSON. Without that, a page elsewhere could send it from its visitors' browsers.
        Refusal: names the key at fault, and never repeats a value.
    """
    if not request.is_json:
        raise WrongType(f"Expected a body of the type application/json, found {request.mimetype or 'none'!r}.")
    try:
        return kind.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        key = ".".join(map(str, fault["loc"]))
        keys = ", ".join(kind.model_fields)
        raise Refusal(
            f"Expected a JSON object with {keys}. {key or 'Body'}: {fault['msg']}.", field=key or None
        ) from error
