"""Addresses of bundles. Each translates: the rules are the services'."""

from __future__ import annotations

from http import HTTPStatus

from flask import request, url_for

from scorer.server import current
from scorer.server.accounts.front_desk import check_rate
from scorer.server.accounts.models import Account, Scope
from scorer.server.api import bundle_answers
from scorer.server.api.blueprint import blueprint
from scorer.server.api.bundle_representations import describe_bundle
from scorer.server.api.inputs import BundlePath, check_is_zip
from scorer.server.api.operations import operation
from scorer.server.rate_limits.rules import UPLOAD_OF_ACCOUNT
from scorer.server.verification import bundles
from scorer.server.verification.models import Bundle
from scorer.server.verification.waking import wake_trial


@blueprint.post("/bundles")
@operation(
    bundle_answers.Bundle,
    HTTPStatus.CREATED,
    words="It is received, and its trial has ended already.",
    needs=Scope.SUBMIT,
    others={HTTPStatus.ACCEPTED: "It is received and kept. Ask at `Location` until its trial has ended."},
    headers={"Location": "Where the bundle is."},
    refuses=[
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
    ],
)
def submit_bundle(account: Account) -> tuple[bundle_answers.Bundle, HTTPStatus, dict[str, str]]:
    """Upload the team's code as the request's body: a zip.

    It is checked, and tried on a few recordings. From its answer on the bundle is kept, whatever happens to the
    server.
    """
    session, server = current.session(), current.server()
    check_is_zip()
    check_rate(UPLOAD_OF_ACCOUNT, str(account.id))
    received = bundles.receive(
        session,
        server.storage,
        server.challenge,
        account=account,
        source=request.stream,
        announced_bytes=request.content_length,
    )
    wake_trial(server.jobs, received)
    session.expire_all()
    waits = any(not verification.progress.ended for verification in received.verifications)
    status = HTTPStatus.ACCEPTED if waits else HTTPStatus.CREATED
    return _describe(received), status, {"Location": url_for("api.bundle", bundle_id=received.id)}


@blueprint.get("/bundles")
@operation(bundle_answers.Bundles, words="All of them.", needs=Scope.READ)
def list_bundles(account: Account) -> bundle_answers.Bundles:
    """The team's bundles, newest first."""
    session, challenge = current.session(), current.server().challenge
    found = bundles.list_bundles(session, account)
    return bundle_answers.Bundles(bundles=[describe_bundle(session, challenge, one, with_logs=False) for one in found])


@blueprint.get("/bundles/<row_id:bundle_id>")
@operation(bundle_answers.Bundle, words="The bundle.", needs=Scope.READ, path=BundlePath)
def bundle(account: Account, bundle_id: int) -> bundle_answers.Bundle:
    """One bundle of the team, with what came of its trial and of its verifications."""
    return _describe(bundles.find_bundle(current.session(), account, bundle_id))


def _describe(bundle: Bundle) -> bundle_answers.Bundle:
    return describe_bundle(current.session(), current.server().challenge, bundle, with_logs=True)
