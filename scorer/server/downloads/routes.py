"""Pages: the list of downloads, and each file."""

from __future__ import annotations

from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue

from scorer.server import current
from scorer.server.accounts.visits import member, members_only, visitor
from scorer.server.downloads.service import find_download, list_downloads

blueprint = Blueprint("downloads", __name__, template_folder="templates")


@blueprint.get("/downloads")
@members_only
def index() -> ResponseReturnValue:
    """What there is to download, and from when on."""
    server = current.server()
    downloads = list_downloads(current.session(), server.challenge, member(), server.settings.data)
    return render_template("downloads.html", downloads=downloads)


@blueprint.get("/downloads/<name>.zip")
def zip_file(name: str) -> ResponseReturnValue:
    """A zip, or the part of it that a download that broke off still needs."""
    server = current.server()
    download = find_download(current.session(), server.challenge, visitor(), server.settings.data, name)
    response = send_file(
        download.path,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"{server.challenge.name}-{download.name}.zip",
        etag=download.sha256 or True,
    )
    # No proxy hands it on to somebody else; a browser asks again each time whether it may still have it.
    response.cache_control.private = True
    return response
