"""The API's description in OpenAPI, at `/api/openapi.json`: what the decorators say, and what they cannot say.

No page shows it: the viewers that APIFlask knows load their scripts from elsewhere.
"""

from __future__ import annotations

import json
import re
from typing import Any

from apiflask import APIFlask

from scorer.server.accounts.models import Scope
from scorer.server.api.blueprint import PREFIX
from scorer.server.api.inputs import ZIP_TYPES
from scorer.server.api.operations import BYTES, SECURITY_SCHEME
from scorer.server.api.problems import Problem

SPEC_PATH = "/api/openapi.json"

VERSION = "1"
"""Of the API, as in its addresses."""

ABOUT = """\
What a scoring server tells programs. Everything that `python -m scorer` asks a server is here.

An error is a problem as RFC 9457 writes it. Every time is in UTC. A stage's scores are told from the
moment on when the organisers release them.
"""

UPLOADS = ("/stages/{stage_name}/submissions", "/bundles")
"""Whose body is a zip."""

SCOPES = {
    Scope.READ: "read the team's own submissions and bundles, and download files",
    Scope.SUBMIT: "create a team, upload submissions and bundles, choose which one counts",
}


def create_described_app(import_name: str) -> APIFlask:
    """A Flask application that describes its API; errors and pages stay Flask's own."""
    app = APIFlask(
        import_name, title="Scoring server", version=VERSION, spec_path=SPEC_PATH, docs_path=None, json_errors=False
    )
    app.config.update(
        DESCRIPTION=ABOUT,
        SERVERS=[{"url": "/"}],  # not the address of the first request, which anybody may send
        SECURITY_SCHEMES={
            SECURITY_SCHEME: {
                "type": "http",
                "scheme": "bearer",
                "description": "An API token, made on the team page or by `POST /tokens`. Its scopes: "
                + "; ".join(f"`{scope}` to {words}" for scope, words in SCOPES.items())
                + ".",
            }
        },
        AUTO_TAGS=False,
        AUTO_200_RESPONSE=False,  # pages are no part of it
        AUTO_404_RESPONSE=False,  # each operation says what it refuses
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
    )
    app.spec_processor(_complete)
    return app


def _complete(spec: Any) -> Any:
    spec = _name_models_once(spec)
    spec["components"]["schemas"][Problem.__name__] = Problem.model_json_schema()
    for operations in spec["paths"].values():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                _tidy(parameter)
    for path in UPLOADS:
        spec["paths"][f"{PREFIX}{path}"]["post"]["requestBody"] = {
            "required": True,
            "description": "The bytes of the zip.",
            "content": {name: {"schema": BYTES} for name in ZIP_TYPES},
        }
    return spec


def _name_models_once(spec: Any) -> Any:
    """A model within a model is called `Outer.Inner`, and stands there as often as it is used: `Inner` is enough."""
    spec = json.loads(re.sub(r"#/components/schemas/\w+\.", "#/components/schemas/", json.dumps(spec)))
    schemas = spec["components"]["schemas"]
    spec["components"]["schemas"] = {name.rpartition(".")[2]: schema for name, schema in schemas.items()}
    return spec


def _tidy(parameter: dict[str, Any]) -> None:
    """Move what pydantic says of a parameter's value to the parameter; one without a default has none, not null."""
    schema = parameter["schema"]
    parameter["description"] = schema.pop("description")
    if schema.get("default", ...) is None:
        del schema["default"]
