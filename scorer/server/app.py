"""The scoring server: a Flask application whose folders are its parts. Nothing runs at import."""

from __future__ import annotations

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from scorer.server import current
from scorer.server.accounts import routes as account_routes
from scorer.server.accounts.visits import install_visits, visitor
from scorer.server.announcements import routes as announcement_routes
from scorer.server.api import routes as api_routes
from scorer.server.api.description import create_described_app
from scorer.server.config import Settings
from scorer.server.current import Server
from scorer.server.db import open_engine, open_sessions
from scorer.server.downloads import routes as download_routes
from scorer.server.errors import install_errors
from scorer.server.guide import routes as guide_routes
from scorer.server.guide.task_words import task_words
from scorer.server.headers import install_headers
from scorer.server.health import routes as health_routes
from scorer.server.home import blueprint as home_blueprint
from scorer.server.jobs.celery_app import Jobs, create_celery
from scorer.server.jobs.work import Work
from scorer.server.leaderboard import routes as leaderboard_routes
from scorer.server.leaderboard.boards import Boards
from scorer.server.leaderboard.versions import VersionReader
from scorer.server.logs import install_logs
from scorer.server.mails.postmen import create_postman
from scorer.server.organiser import routes as organiser_routes
from scorer.server.row_ids import RowIdConverter
from scorer.server.storage.creation import create_storage
from scorer.server.submissions import routes as submission_routes
from scorer.server.submissions.judging import Judge
from scorer.server.template_filters import install_filters
from scorer.server.upload_limits import UPLOADS_BY_API, most_zip_bytes
from scorer.server.verification import routes as verification_routes
from scorer.server.verification.bundles import may_send
from scorer.server.verification.verifier import Verifier

MAX_BODY_BYTES = 64 * 1024
"""Of every request but an upload."""

MULTIPART_BYTES = 16 * 1024
"""What an upload by form holds beside its file."""


def create_app(settings: Settings) -> Flask:
    """The application. Its database must be at the newest migration.

    Raises:
        DataFolderError: the settings' data folder is none.
    """
    app = create_described_app(__name__)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        SESSION_COOKIE_NAME="kit_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    _attach_server(app, settings)
    install_logs(app)  # first, so that its line is written last
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    install_headers(app)
    install_visits(app)
    _install_upload_limit(app)  # before CSRF protection, which reads forms
    csrf = CSRFProtect(app)
    csrf.exempt(api_routes.blueprint)  # it knows no cookies
    app.url_map.converters["row_id"] = RowIdConverter
    for blueprint in (
        health_routes.blueprint,
        home_blueprint,
        guide_routes.blueprint,
        account_routes.blueprint,
        download_routes.blueprint,
        submission_routes.blueprint,
        verification_routes.blueprint,
        leaderboard_routes.blueprint,
        announcement_routes.blueprint,
        organiser_routes.blueprint,
        api_routes.blueprint,
    ):
        app.register_blueprint(blueprint)
    install_filters(app)
    install_errors(app)
    return app


def _attach_server(app: Flask, settings: Settings) -> None:
    challenge = settings.data.load_challenge()
    engine = open_engine(settings.database_url)
    sessions = open_sessions(engine)
    storage = create_storage(settings)
    judge, verifier = Judge(settings.data, challenge, storage), Verifier(settings, challenge, storage)
    server = Server(
        settings=settings,
        challenge=challenge,
        engine=engine,
        sessions=sessions,
        passwords=settings.passwords,
        storage=storage,
        judge=judge,
        verifier=verifier,
        jobs=Jobs(create_celery(settings, Work(sessions, judge, create_postman(settings), verifier))),
        versions=VersionReader(engine),
        boards=Boards(),
    )
    current.attach(app, server)

    @app.teardown_appcontext
    def end_session(_error: BaseException | None) -> None:
        server.sessions.remove()

    words = task_words(challenge.task)

    @app.context_processor
    def about() -> dict[str, object]:
        return {"challenge": challenge, "task_words": words, "visitor": visitor()}


def _install_upload_limit(app: Flask) -> None:
    """Only who may upload may send much: the API's own answer to an upload comes before its body is read.

    Code is so large that a page, too, says first whether the team may send it.
    """

    @app.before_request
    def allow_upload() -> None:
        challenge = current.server().challenge
        limit = most_zip_bytes(challenge, request.endpoint)
        if limit is None:
            return
        if request.endpoint in UPLOADS_BY_API:
            request.max_content_length = limit
        elif (account := visitor()) is not None:
            if request.endpoint == "bundles.upload":
                may_send(current.session(), challenge, account)
            current.session().rollback()  # an upload may take minutes: no transaction is open meanwhile
            request.max_content_length = limit + MULTIPART_BYTES
