"""Texts that nobody should send, in every field of every form and of the API; and names on pages and in files."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from scorer.server.api.description import SPEC_PATH
from scorer.server.db import writing
from scorer.server.forms import PageForm
from tests.scorer.server.crawling import Asker
from tests.scorer.server.every_route import list_addresses
from tests.scorer.server.page_forms import TYPED, FoundForm, list_forms
from tests.scorer.server.planted import PASSWORD, PlantedServer, all_rows

pytestmark = pytest.mark.one_kind

MOST_ANSWERED = 60_000
"""Bytes: no answer grows with what was sent."""

MOST = 10_001
"""Characters: more than any text may have."""

NEVER_ACCEPTED = {"very long": "x" * MOST, "long to normalize": "\u0344" * MOST, "NUL": "a\0b"}

BAD_TEXTS = {
    **NEVER_ACCEPTED,
    "header": "a\r\nSet-Cookie: evil=1\r\n",
    "padded": "  \u2003abc\u2003  ",
    "right-to-left override": "\u202egnp.exe",
    "formula": '=HYPERLINK("http://evil.example")',
    "markup": "<script>alert(1)</script>\"'",
    "nothing to be seen": " \u200b\u2060 ",
}

SAYS_NOTHING = {"/forgotten"}
"""Forms whose answer is the same whatever is sent."""

BODIES = (
    ("application/json", "[1]"),
    ("application/json", "5"),
    ("application/json", "{"),
    ("application/json", json.dumps(dict.fromkeys(("name", "email", "password", "display_name", "title", "team"), 5))),
    ("text/plain", "name=Analysts"),
    ("application/xml", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><name>&b;</name>"),
    ("multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="name'),
    ("multipart/form-data", "no boundary"),
)


def forms_of(asker: Asker, app: Flask, planted: PlantedServer) -> list[FoundForm]:
    """Every form on every page that somebody can read, apart from buttons."""
    found = {}
    for address in list_addresses(app, planted.examples, methods=("GET",)):
        with asker.ask(address) as answer:
            if answer.mimetype == "text/html" and answer.status_code == 200:
                found.update({form.key: form for form in list_forms(answer.text) if {*form.kinds} - {"csrf_token"}})
    return list(found.values())


def filled(form: FoundForm, csrf_token: str, name: str, value: object) -> dict[str, Any]:
    """What a form sends with this value in one of its fields, and with plausible ones in the others."""
    plausible = {"password": PASSWORD, "present": PASSWORD, "email": "somebody@example.org"}
    others = {other: text or plausible.get(other, "Something") for other, text in form.fields.items()}
    return {**others, name: value, "csrf_token": csrf_token}


def test_no_text_in_any_field_of_any_form_breaks_a_page(app: Flask, planted: PlantedServer) -> None:
    tried, seen = set(), set()
    askers = [planted.visitor(app), *(planted.log_in(app, name) for name in ("lone", "ada", "grace"))]
    for asker in askers:
        for form in forms_of(asker, app, planted):
            if form.key in seen:
                continue
            seen.add(form.key)
            csrf_token = asker.csrf_token()
            for name, kind in form.kinds.items():
                if name == "csrf_token" or kind in ("file", "submit"):
                    continue
                tried.add(name)
                for wrong, text in BAD_TEXTS.items():
                    where = f"{asker}: {form.method} {form.action}, {name}: {wrong}"
                    sent = filled(form, csrf_token, name, text)
                    how = {"query_string": sent} if form.method == "GET" else {"data": sent}
                    answer = asker.client.open(form.action, method=form.method, **how)
                    assert answer.status_code < 500, where
                    assert len(answer.data) < MOST_ANSWERED, where
                    assert "evil=1" not in str(answer.headers), where
                    assert "<script>alert" not in answer.text, where
                    if wrong in NEVER_ACCEPTED and kind in TYPED and form.method == "POST":
                        assert answer.status_code >= 400 or form.action in SAYS_NOTHING, where
    assert fields_of_all_forms() - tried == set(), "every field of every form was tried"
    values = [str(value) for rows in all_rows(planted.server.engine).values() for row in rows for value in row]
    assert [value for value in values if "\0" in value or "x" * MOST in value] == []


def fields_of_all_forms() -> set[str]:
    """The names of the fields in which something is written or chosen."""
    kinds, names = [PageForm], set[str]()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        fields = {name: field.field_class for name, field in vars(kind).items() if hasattr(field, "field_class")}
        names |= {name for name, field in fields.items() if field.__name__ not in ("SubmitField", "FileField")}
    return names


def test_no_value_in_any_field_of_the_api_breaks_it(app: Flask, client: FlaskClient, planted: PlantedServer) -> None:
    spec = client.get(SPEC_PATH).json
    headers = {"Authorization": f"Bearer {planted.tokens['eve', 'submit']}"}
    no_texts = ("\ud800", 5, -1, 1e308, None, True, [], ["x" * MOST], {"a": {"b": []}})
    tried = 0
    for path, method, fields in json_bodies(spec):
        good = {name: field["examples"][0] for name, field in fields.items() if "examples" in field}
        for name in fields:
            for value in (*BAD_TEXTS.values(), *no_texts):
                where = f"{method} {path}, {name}: {value!r:.40}"
                body = json.dumps({**good, name: value})
                answer = client.open(path, method=method, data=body, headers=headers, content_type="application/json")
                assert answer.status_code < 500, where
                assert len(answer.data) < 1000, where
                if value in (*NEVER_ACCEPTED.values(), *no_texts):
                    assert answer.status_code >= 400, where
                    assert answer.content_type == "application/problem+json", where
                tried += 1
    assert tried > 100
    for path, operations in spec["paths"].items():
        for parameter in operations.get("get", {}).get("parameters", []):
            if parameter["in"] == "query":
                for wrong, text in BAD_TEXTS.items():
                    answer = client.get(path, query_string={parameter["name"]: text}, headers=headers)
                    assert 400 <= answer.status_code < 500, f"{path}, {parameter['name']}: {wrong}"
                    assert len(answer.data) < 1000


def json_bodies(spec: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each operation that takes JSON: its path, method and fields."""
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is not None:
                schema = spec["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
                yield path, method.upper(), schema["properties"]


def test_what_is_no_form_and_a_file_where_text_is_asked_for_is_refused_by_every_page(
    app: Flask, planted: PlantedServer
) -> None:
    for name in ("lone", "ada", "grace"):
        asker = planted.log_in(app, name)
        forms = [form for form in forms_of(asker, app, planted) if form.method == "POST"]
        assert len(forms) >= 3
        csrf_token = asker.csrf_token()
        for form in forms:
            for content_type, body in BODIES:
                headers = {"X-CSRFToken": csrf_token}
                answer = asker.client.post(form.action, data=body, content_type=content_type, headers=headers)
                assert 400 <= answer.status_code < 500, f"{form.action}: {content_type}"
                assert "root:" not in answer.text
            for field in (name for name, kind in form.kinds.items() if kind in TYPED):
                sent = filled(form, csrf_token, field, (io.BytesIO(b"text"), "a.txt"))
                answer = asker.client.post(form.action, data=sent, content_type="multipart/form-data")
                assert 400 <= answer.status_code < 500, f"{form.action}, {field}"


def rename_teams(planted: PlantedServer, *names: str) -> None:
    """Give the teams other names, as if they had been accepted."""
    with writing(planted.session):
        for person, name in zip(("ada", "bob", "eve"), names, strict=True):
            planted.accounts[person].team.name = name


def test_a_name_of_any_script_is_shown_apart_from_what_is_around_it(app: Flask, planted: PlantedServer) -> None:
    names = ("فريق المحللين", "צוות 7", "<i>Team</i> & Söhne")
    rename_teams(planted, *names)
    for name in names:
        shown, on_pages = html.escape(name, quote=False), 0
        for asker in (planted.visitor(app), *(planted.log_in(app, one) for one in ("ada", "grace"))):
            for address in list_addresses(app, planted.examples, methods=("GET",)):
                with asker.ask(address) as answer:
                    if answer.mimetype == "text/html":
                        rest = answer.text.replace(f"<bdi>{shown}</bdi>", "")
                        on_pages += rest != answer.text
                        rest = re.sub(r'<option [^>]*>[^<]*</option>| aria-label="[^"]*"', "", rest)
                        assert shown not in rest, f"{asker}: {address}"
                        assert name == shown or name not in answer.text, f"{asker}: {address}"
        assert on_pages > 5


def test_no_cell_of_any_table_file_is_a_formula(app: Flask, planted: PlantedServer) -> None:
    formulas = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://evil.example","x")', "\t=1")
    grace = planted.log_in(app, "grace")
    tables = []
    for address in list_addresses(app, planted.examples, methods=("GET",)):
        with grace.ask(address) as answer:
            tables += [address] if answer.mimetype == "text/csv" else []
    assert tables
    for three in (formulas[:3], formulas[3:]):
        rename_teams(planted, *three)
        for address in tables:
            cells = [cell for row in csv.reader(io.StringIO(grace.ask(address).text)) for cell in row]
            assert [cell for cell in cells if re.match(r"[=+@\t\r]|-(?![\d.]+$)", cell)] == [], address
            assert {*three} <= {cell.removeprefix("'") for cell in cells}
            assert not {*three} & {*cells}
