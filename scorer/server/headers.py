"""What every answer says to the browser, and what the session cookie says."""

from __future__ import annotations

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # Flask-WTF compares the referrer of forms sent over HTTPS
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "[::1]"}


class CookieSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, sent over HTTPS only, except to one's own machine."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Secure, unless the browser itself calls the host a loopback one and speaks plain HTTP."""
        host = request.host if request.host.endswith("]") else request.host.rpartition(":")[0] or request.host
        return request.is_secure or host not in LOOPBACK_HOSTS

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a request; without a cookie an empty one, for which no signature need be checked."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the session. Of one that was empty and still is, a cache is told no more than that it was looked at."""
        if session or session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            response.vary.add("Cookie")


def install_headers(app: Flask) -> None:
    """Put the headers on every answer of the application."""
    app.session_interface = CookieSessions()

    @app.after_request
    def add_headers(response: Response) -> Response:
        said = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 (pairs are what it iterates over)
        for name, value in HEADERS.items():
            if name.lower() not in said:
                response.headers.add(name, value)
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static" and "cache-control" not in said:
            # Pages say who is logged in, and answers hold tokens.
            response.headers.add("Cache-Control", "no-store")
        return response
