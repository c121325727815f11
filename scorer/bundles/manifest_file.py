"""The text of `bundle.yaml` → the manifest, or every reason why there is none."""

from __future__ import annotations

import itertools
import reprlib
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from data_spec.strict_yaml import parse_yaml
from scorer.bundles.manifest import MANIFEST, Hardware, Manifest
from scorer.bundles.text_file import TextRefused
from scorer.verdict import MAX_SHOWN_CHARACTERS, Fault, shown

MOST_BYTES = 65_536
"""Of the file."""

MOST_DEPTH = 10
"""Brackets in brackets: PyYAML takes a minute for some ten thousand of them."""

MOST_FAULTS = 20

AN_EXAMPLE = "keys with values, such as command: [python, predict.py]"

NOT_PLAIN = {
    yaml.AliasToken: "an alias (*…)",
    yaml.AnchorToken: "an anchor (&…)",
    yaml.TagToken: "a tag (!…)",
    yaml.DirectiveToken: "a directive (%…)",
}
"""What a manifest has no need of. By aliases a few lines stand for gigabytes, and tags ask for odd objects."""

OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)

SECTIONS: dict[tuple[str | int, ...], type[BaseModel]] = {(): Manifest, ("hardware",): Hardware}

EXPECTED = {
    "string_type": "a text, in quotes where it looks like a number",
    "tuple_type": "a list, such as [python, predict.py]",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "too_short": "at least one",
    "missing": "this key",
    "string_pattern_mismatch": 'a version such as "3.11"',
    "string_unicode": "a text of UTF-8",
}
"""What would have been right, by pydantic's name of the error."""

BOUNDS = frozenset({"greater_than", "greater_than_equal", "less_than", "less_than_equal"})


def read_manifest(text: str) -> tuple[Manifest | None, list[Fault]]:
    """The manifest in the text of a `bundle.yaml`; None and the faults where it cannot be used.

    >>> read_manifest("command: [python, predict.py]")[1][0]
    Fault(file='bundle.yaml, python', row=None, column=None, expected='this key', found='none')
    """
    try:
        _check_plain(text)
        document = parse_yaml(text)
    except TextRefused as error:
        return None, [error.fault]
    except ValueError as error:
        return None, [_not_yaml(error)]
    if not isinstance(document, dict):
        return None, [Fault(MANIFEST, None, None, AN_EXAMPLE, shown_value(document))]
    try:
        # Strict: 3.11 is no text, "7" no number, and yes no word.
        return Manifest.model_validate(document, strict=True), []
    except ValidationError as error:
        return None, [_fault(one) for one in itertools.islice(error.errors(include_url=False), MOST_FAULTS)]


def field_fault(field: str, expected: str, found: str) -> Fault:
    """A fault of one field of the manifest."""
    return Fault(f"{MANIFEST}, {field}" if field else MANIFEST, None, None, expected, found)


def _check_plain(text: str) -> None:
    """Raise TextRefused where the text has what is expensive or dangerous to build. Raises ValueError."""
    depth = 0
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            depth += isinstance(token, OPENING) - isinstance(token, CLOSING)
            found = NOT_PLAIN.get(type(token))
            if depth > MOST_DEPTH:
                found = f"more than {MOST_DEPTH} lists in lists"
            if found is not None:
                raise TextRefused(Fault(MANIFEST, token.start_mark.line + 1, None, "plain keys and values", found))
    except yaml.YAMLError as error:
        raise ValueError(f"not readable as YAML: {error}") from error


def _not_yaml(error: ValueError) -> Fault:
    cause = error.__cause__
    mark = cause.problem_mark if isinstance(cause, yaml.MarkedYAMLError) else None
    problem = cause.problem if isinstance(cause, yaml.MarkedYAMLError) else None
    row = mark.line + 1 if mark is not None else None
    return Fault(MANIFEST, row, None, "readable YAML", shown(str(problem or error)))


def _fault(error: ErrorDetails) -> Fault:
    # A key that is no text stands in the place as itself, followed by a mark of pydantic's.
    place, kind = error["loc"], error["type"]
    field = ".".join(str(part) for part in place if part != "[key]")
    field = field if field.isprintable() and len(field) <= MAX_SHOWN_CHARACTERS else shown(field)
    if kind == "extra_forbidden":
        known = ", ".join(SECTIONS[place[:-1]].model_fields)
        return field_fault(field, f"one of the keys {known}", "an unknown key")
    return field_fault(field, _expected(error), "none" if kind == "missing" else shown_value(error["input"]))


def _expected(error: ErrorDetails) -> str:
    if error["type"] in EXPECTED:
        return EXPECTED[error["type"]]
    if error["type"] in BOUNDS:
        return error["msg"].replace("Input should be", "a number")
    return error["msg"].removeprefix("Value error, ").removeprefix("expected ").removeprefix("Input should be ")


def shown_value(value: Any) -> str:
    """Any value of a document, as one may print it.

    >>> shown_value(()), shown_value("7"), shown_value(None)
    ('an empty list', "'7'", 'nothing')
    """
    if value is None:
        return "nothing"
    if value == ():
        return "an empty list"
    if isinstance(value, str):
        return shown(value)
    try:
        text = reprlib.repr(value)
    except ValueError:  # Python does not print whole numbers of more than some thousand digits
        return "a very long number"
    return text if text.isprintable() else shown(text)
