"""What programs send, checked for its form. What values are accepted is the services' to say."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

from flask import request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from scorer.server.accounts.models import Scope
from scorer.server.refusals import Refusal, WrongType
from scorer.server.row_ids import DIGITS


def _plain_digits(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(DIGITS, value):
        raise ValueError("expected the number of a row")
    return value


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("expected text without NUL characters")
    return text


RowId = Annotated[
    int | None,
    BeforeValidator(_plain_digits),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 999_999_999}),
]
"""The number of a row in an address, as `row_ids.py` has it."""

Text = Annotated[str, AfterValidator(_no_nul)]
"""Text that a database can be asked for: PostgreSQL knows no NUL."""

ZIP_TYPES = ("application/zip", "application/octet-stream")
"""How the body of an upload may be called."""

MOST_KEY = 100
"""Characters of a key or a type that an answer repeats."""

EMAIL, PASSWORD = "ada@example.org", "correct horse battery"
"""Examples, for the description."""


class Body(BaseModel):
    """A JSON object; a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", strict=True)


class NewAccount(Body):
    """A person who wants to take part."""

    email: str = Field(description="Where mail reaches the person; nobody else sees it.", examples=[EMAIL])
    display_name: str = Field(description="How the team and the organisers see the person.", examples=["Ada"])
    password: str = Field(description="At least 10 characters.", examples=[PASSWORD])


class NewToken(Body):
    """A token for a program, and the password of the account that it will act for."""

    email: Text = Field(examples=[EMAIL])
    password: str = Field(examples=[PASSWORD])
    name: str = Field(description="What to call it, such as where it will be used.", examples=["laptop"])
    scopes: list[Scope] = Field(
        default=[*Scope], min_length=1, description="What it may be used for. A program that only reads needs `read`."
    )


class NewTeam(Body):
    """A team, of which the account becomes the captain."""

    name: str = Field(description="What stands on the leaderboard.", examples=["Team A"])


class Query(BaseModel):
    """Values in the address, after the question mark; one that is not known is an error, such as `befor=3`."""

    model_config = ConfigDict(extra="forbid")


class OlderThan(Query):
    """Where a list goes on."""

    before: RowId = Field(
        default=None, description="Only those before this one, which is the last list's `next_before`."
    )


class OfStage(Query):
    """Of which stage."""

    stage: Annotated[str | None, WithJsonSchema({"type": "string"})] = Field(
        default=None, description="The name of a stage. Without it: the first.", examples=["public"]
    )


class StagePath(BaseModel):
    """The address of a stage."""

    stage_name: str = Field(description="The name of a stage, as `/stages` lists it.", examples=["public"])


class SubmissionPath(BaseModel):
    """The address of a submission."""

    submission_id: RowId = Field(description="The number of a submission of the account's team.", examples=[1])


class BundlePath(BaseModel):
    """The address of a bundle."""

    bundle_id: RowId = Field(description="The number of a bundle of the account's team.", examples=[1])


class DownloadPath(BaseModel):
    """The address of a file."""

    name: str = Field(description="The name of a file, as `/downloads` lists it.", examples=["participants"])


AnyBody = TypeVar("AnyBody", bound=Body)
AnyQuery = TypeVar("AnyQuery", bound=Query)


def read_body(kind: type[AnyBody]) -> AnyBody:
    """The request's body.

    Raises:
        WrongType: it is not called JSON. Without that, a page elsewhere could send it from its visitors' browsers.
        Refusal: names the key at fault, and never repeats a value.
    """
    if not request.is_json:
        raise WrongType(
            f"Expected a body of the type application/json, found {request.mimetype[:MOST_KEY] or 'none'!r}."
        )
    try:
        return kind.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        raise _refusal(error, kind, "a JSON object") from error


def check_is_zip() -> None:
    """Raise WrongType where the request's body is not called a zip."""
    if request.mimetype not in ZIP_TYPES:
        raise WrongType(
            f"Expected a body of the type application/zip, found {request.mimetype[:MOST_KEY] or 'none'!r}."
        )


def read_query(kind: type[AnyQuery]) -> AnyQuery:
    """What stands in the address after the question mark. Raises Refusal that names the parameter."""
    try:
        return kind.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise _refusal(error, kind, "a query") from error


def _refusal(error: ValidationError, kind: type[BaseModel], what: str) -> Refusal:
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    key = ".".join(map(str, fault["loc"]))[:MOST_KEY]
    keys = ", ".join(kind.model_fields)
    reason = fault["msg"].removeprefix("Value error, ")
    return Refusal(f"Expected {what} with {keys}. {key or 'Body'}: {reason}.", field=key or None)
