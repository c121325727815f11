"""Addresses of downloads. Each translates: the rules are the service's."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, send_file

from scorer.server import current
from scorer.server.accounts.models import Account, Scope
from scorer.server.api import answers
from scorer.server.api.blueprint import blueprint
from scorer.server.api.inputs import DownloadPath
from scorer.server.api.operations import operation
from scorer.server.api.representations import describe_download
from scorer.server.downloads.service import find_download, list_downloads


@blueprint.get("/downloads")
@operation(answers.Downloads, words="Also those that you may not have yet.", needs=Scope.READ)
def downloads(account: Account) -> answers.Downloads:
    """What there is to download."""
    server = current.server()
    found = list_downloads(current.session(), server.challenge, account, server.settings.data)
    return answers.Downloads(downloads=[describe_download(download) for download in found])


@blueprint.get("/downloads/<name>")
@operation(
    None,
    words="The file.",
    needs=Scope.READ,
    path=DownloadPath,
    others={
        HTTPStatus.PARTIAL_CONTENT: "The part that was asked for with `Range`; with `If-Range`, of the same file only.",
        HTTPStatus.NOT_MODIFIED: "It is the one whose `ETag` was sent as `If-None-Match`.",
    },
    headers={"ETag": "The file's SHA-256."},
    refuses=[HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE],
)
def download(account: Account, name: str) -> Response:
    """One zip, or a part of it."""
    server = current.server()
    found = find_download(current.session(), server.challenge, account, server.settings.data, name)
    response = send_file(found.path, mimetype="application/zip", etag=found.sha256 or True)
    response.cache_control.private = True  # no proxy hands it on to somebody else
    return response
