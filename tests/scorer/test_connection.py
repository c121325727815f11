"""What is asked again, what is not, and what is said of a server that answers nonsense."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scorer import connection as module
from scorer.connection import Connection, Problem, ServerUnreachable
from tests.scorer.scripted_server import Answer, hangs_up, running, says


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACK_OFF_SECONDS", 0)


def test_a_question_is_asked_again_when_no_answer_comes() -> None:
    with running(hangs_up, says(503, {}), says(200, {"a": 1})) as script, Connection(script.url) as connection:
        assert connection.ask("GET", "team") == {"a": 1}
    assert script.asked == [("GET", "/api/v1/team")] * 3


def test_a_question_is_not_asked_for_ever() -> None:
    with (
        running(*[hangs_up] * 10) as script,
        Connection(script.url) as connection,
        pytest.raises(ServerUnreachable, match="expected a scoring server, found none"),
    ):
        connection.ask("GET", "team")
    assert len(script.asked) == module.TRIES


@pytest.mark.parametrize("answer", [hangs_up, says(503, {})])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_what_changes_something_is_asked_once(method: str, answer: Answer) -> None:
    with (
        running(answer, says(200, {})) as script,
        Connection(script.url) as connection,
        pytest.raises(ServerUnreachable),
    ):
        connection.ask(method, "team")
    assert len(script.asked) == 1


def test_a_server_that_is_not_there_is_named() -> None:
    with Connection("http://127.0.0.1:1") as connection, pytest.raises(ServerUnreachable) as error:
        connection.ask("POST", "team")
    assert str(error.value).startswith("http://127.0.0.1:1: expected a scoring server, found none (")


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    says(200, b'{"a": ', Content_Length="100")(handler)


@pytest.mark.parametrize(
    "answer",
    [
        says(200, b"<html>"),
        says(200, b""),
        says(200, b"\xff\xfe\xfd"),
        says(200, [1, 2]),
        says(200, b"[" * 100_000),
        says(500, b"<html>"),
        says(404, b"[" * 100_000),
        says(404, {"error": "no problem+json"}),
        says(302, {}, Location="http://127.0.0.1:1/"),
        says(204, b""),
        breaks_off,
        lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n"),
    ],
)
def test_nonsense_is_no_scoring_server(answer: Answer) -> None:
    with (
        running(*[answer] * module.TRIES) as script,
        Connection(script.url) as connection,
        pytest.raises(ServerUnreachable, match="expected a scoring server, found"),
    ):
        connection.ask("GET", "team")


@pytest.mark.parametrize("url", ["nonsense", "ftp://a.example", "http://", "http://[", "http://a b/", "http://\u2028"])
def test_an_address_that_is_none_is_said_to_be(url: str) -> None:
    with Connection(url) as connection, pytest.raises(ServerUnreachable, match="expected a scoring server"):
        connection.ask("GET", "team")


def test_a_problem_is_told_in_the_servers_words() -> None:
    content = {"detail": "Expected a team name, found nothing.", "field": "name"}
    with running(says(422, content)) as script, Connection(script.url) as connection, pytest.raises(Problem) as problem:
        connection.ask("POST", "team")
    assert (problem.value.status, problem.value.detail, problem.value.field) == (422, content["detail"], "name")


def test_the_token_goes_nowhere_else() -> None:
    with (
        running(says(200, {})) as other,
        running(says(307, {}, Location=other.url)) as script,
        Connection(script.url, "kit_a_b") as connection,
        pytest.raises(ServerUnreachable),
    ):
        connection.ask("GET", "team")
    assert script.headers[0]["Authorization"] == "Bearer kit_a_b"
    assert other.asked == []


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that only itself vouches for, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_self_signed_certificate_is_refused_until_it_is_named(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(says(200, {"a": 1}), certificate=certificate) as script:
        with Connection(script.url, "kit_a_b") as connection, pytest.raises(ServerUnreachable) as error:
            connection.ask("GET", "team")
        assert "expected a certificate that this machine trusts" in str(error.value)
        assert script.asked == [], "the token was not sent"
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        with Connection(script.url) as connection:
            assert connection.ask("GET", "team") == {"a": 1}
