from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scorer.server.config import Settings
from scorer.server.mails.message import Letter
from scorer.server.mails.postmen import FolderPostman, NotDelivered, SmtpPostman, create_postman
from tests.scorer.server import mail_server

MOMENT = datetime.datetime(2017, 9, 1, tzinfo=datetime.UTC)
LETTER = Letter(7, "ada@example.org", "Hello", "https://example.org/" + "x" * 200 + "\nGrüße\n", MOMENT)
FROM = "kit@example.org"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key, and a certificate of this machine that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """The server's side."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    """The client's side."""
    return ssl.create_default_context(cafile=str(certificate))


def test_a_letter_arrives_as_it_was_written() -> None:
    with mail_server.serve() as server:
        SmtpPostman(server.url, FROM).deliver(LETTER)
    assert [(one.mail_from, one.rcpt_tos) for one in server.envelopes] == [(FROM, ["ada@example.org"])]
    assert server.text() == LETTER.text
    assert server.messages[0]["Subject"] == "Hello"


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_letter_arrives_over_tls(scheme: str, tls: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    with mail_server.serve(scheme, tls) as server:
        SmtpPostman(server.url, FROM, tls=trusting).deliver(LETTER)
    assert server.text() == LETTER.text


def test_the_password_in_the_url_is_shown_to_the_server(tls: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    with mail_server.serve("smtp+starttls", tls, asks_password=True) as server:
        url = server.url.replace("//", "//kit%40example.org:a%20secret%20of%20the%20server@")
        SmtpPostman(url, FROM, tls=trusting).deliver(LETTER)
        assert len(server.envelopes) == 1
        with pytest.raises(NotDelivered) as failure:
            SmtpPostman(url.replace("a%20secret", "another"), FROM, tls=trusting).deliver(LETTER)
    assert failure.value.everybody
    assert failure.value.why == "SMTPAuthenticationError 535"


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_server_with_a_certificate_of_nobody_gets_no_letter(scheme: str, tls: ssl.SSLContext) -> None:
    with mail_server.serve(scheme, tls) as server:
        with pytest.raises(NotDelivered, match="SSLCertVerificationError"):
            SmtpPostman(server.url, FROM).deliver(LETTER)
        assert server.envelopes == []


def test_where_starttls_is_asked_for_nothing_is_said_in_the_clear() -> None:
    with mail_server.serve() as server:
        with pytest.raises(NotDelivered, match="SMTPNotSupportedError"):
            SmtpPostman(server.url.replace("smtp:", "smtp+starttls:"), FROM).deliver(LETTER)
        assert server.envelopes == []


@pytest.mark.parametrize(
    ("answers", "final"),
    [
        ({"recipient_answer": "550 <ada@example.org> is not here"}, True),
        ({"recipient_answer": "450 <ada@example.org> try later"}, False),
        ({"answer": "554 <ada@example.org> we do not want it"}, False),
    ],
)
def test_why_a_letter_was_refused_is_told_without_an_address(answers: dict[str, str], final: bool) -> None:
    with mail_server.serve() as server:
        vars(server).update(answers)
        with pytest.raises(NotDelivered) as failure:
            SmtpPostman(server.url, FROM).deliver(LETTER)
    assert failure.value.final is final
    assert not failure.value.everybody
    assert "example" not in failure.value.why
    assert failure.value.why.split()[-1] in ("550", "450", "554")
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__, "a traceback would repeat the server's words"


def test_a_server_that_is_not_there_is_everybodys_fault() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        url = f"smtp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(NotDelivered, match="ConnectionRefusedError") as failure:
            SmtpPostman(url, FROM).deliver(LETTER)
    assert failure.value.everybody
    assert not failure.value.final


def test_a_letter_that_is_none_is_given_up() -> None:
    with pytest.raises(NotDelivered, match="cannot be written") as failure:
        SmtpPostman("smtp://127.0.0.1:1", FROM).deliver(replace(LETTER, subject="two\nlines"))
    assert failure.value.final


def test_in_development_a_letter_becomes_a_file_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    postman = FolderPostman(tmp_path / "mails")
    postman.deliver(LETTER)
    postman.deliver(LETTER)  # tried again, after the worker died before it could say so
    (path,) = (tmp_path / "mails").iterdir()
    assert path.name == "0007.eml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert b"To: ada@example.org" in path.read_bytes()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "mails").write_text("in the way")
    with pytest.raises(NotDelivered, match=r"FileExistsError|NotADirectoryError"):
        FolderPostman(tmp_path / "mails").deliver(LETTER)


def test_the_settings_choose_the_postman(settings: Settings) -> None:
    assert isinstance(create_postman(settings), FolderPostman)
    with_server = replace(settings, mail_url="smtp://127.0.0.1", mail_from=FROM, public_url="https://example.org")
    assert isinstance(create_postman(with_server), SmtpPostman)
