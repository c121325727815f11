"""The scoring server: a Flask application whose folders are its parts. Nothing runs at import."""

from __future__ import annotations

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect

from scorer.server import current
from scorer.server.accounts import routes as account_routes
from scorer.server.accounts.visits import install_visits, visitor
from scorer.server.api import routes as api_routes
from scorer.server.config import Settings
from scorer.server.current import Server
from scorer.server.db import open_engine, open_sessions
from scorer.server.errors import install_errors
from scorer.server.headers import install_headers
from scorer.server.home import blueprint as home_blueprint
from scorer.server.leaderboard import routes as leaderboard_routes
from scorer.server.row_ids import RowIdConverter
from scorer.server.submissions import routes as submission_routes
from scorer.server.submissions.judging import Judge
from scorer.server.template_filters import install_filters

MAX_BODY_BYTES = 64 * 1024
"""Of every request but an upload."""

MULTIPART_BYTES = 16 * 1024
"""What an upload by form holds beside its file."""


def create_app(settings: Settings) -> Flask:
    """The application. Its database must be at the newest migration.

    Raises:
        DataFolderError: the settings' data folder is none.
    """
    app = Flask(__name__)
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
    install_headers(app)
    install_visits(app)
    _install_upload_limit(app)  # before CSRF protection, which reads forms
    csrf = CSRFProtect(app)
    csrf.exempt(api_routes.blueprint)  # it knows no cookies
    app.url_map.converters["row_id"] = RowIdConverter
    for blueprint in (
        home_blueprint,
        account_routes.blueprint,
        submission_routes.blueprint,
        leaderboard_routes.blueprint,
        api_routes.blueprint,
    ):
        app.register_blueprint(blueprint)
    install_filters(app)
    install_errors(app)
    return app


def _attach_server(app: Flask, settings: Settings) -> None:
    challenge = settings.data.load_challenge()
    engine = open_engine(settings.database_url)
    storage = settings.data.storage
    server = Server(
        challenge=challenge,
        engine=engine,
        sessions=open_sessions(engine),
        passwords=settings.passwords,
        storage=storage,
        judge=Judge(settings.data, challenge, storage),
    )
    current.attach(app, server)

    @app.teardown_appcontext
    def end_session(_error: BaseException | None) -> None:
        server.sessions.remove()

    @app.context_processor
    def about() -> dict[str, object]:
        return {"challenge": challenge, "visitor": visitor()}


def _install_upload_limit(app: Flask) -> None:
    """Only who may upload may send much: the API's own answer to an upload comes before its body is read."""

    @app.before_request
    def allow_upload() -> None:
        limit = current.server().challenge.submission.max_zip_bytes
        if request.endpoint == "api.submit":
            request.max_content_length = limit
        elif request.endpoint == "submissions.upload" and visitor() is not None:
            request.max_content_length = limit + MULTIPART_BYTES
