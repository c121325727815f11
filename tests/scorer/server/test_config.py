from __future__ import annotations

from pathlib import Path

import pytest

from scorer.server import config
from scorer.server.config import ConfigError, Settings, load_settings
from scorer.server.data_folder import DataFolder


def test_without_variables_everything_is_embedded(data: DataFolder) -> None:
    settings = load_settings(data, {})
    assert settings.database_url == f"sqlite:///{data.database.resolve()}"
    assert (settings.broker_url, settings.storage_url, settings.mail_url, settings.proxies) == (None, None, None, 0)
    assert not settings.needs_confirmed_email


def test_variables_alone_name_the_services(data: DataFolder) -> None:
    settings = load_settings(
        data,
        {
            "KIT_DATABASE_URL": "postgresql+psycopg://kit:secret@db/kit",
            "KIT_BROKER_URL": "redis://queue",
            "KIT_STORAGE_URL": "s3://bucket/folder",
            "KIT_MAIL_URL": "smtp+starttls://kit:secret@mail.example.org:587",
            "KIT_MAIL_FROM": "challenge@example.org",
            "KIT_PUBLIC_URL": "https://challenge.example.org/",
            "KIT_PROXIES": "1",
            "PATH": "/bin",
        },
    )
    assert settings.database_url.endswith("@db/kit")
    assert settings.public_url == "https://challenge.example.org"
    assert settings.proxies == 1
    assert settings.needs_confirmed_email
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("KIT_DATABASE_URL", "no url: secret", "expected an address such as postgresql"),
        ("KIT_DATABASE_URL", "mysql://kit:secret@db/kit", "expected one of .* found 'mysql'"),
        ("KIT_DATABASE_URL", "postgresql://kit:secret@db/kit", "found 'postgresql'"),
        ("KIT_BROKER_URL", "redis:secret", "KIT_BROKER_URL: expected an address that begins with one of"),
        ("KIT_BROKER_URL", "sqs://kit:secret@queue", "KIT_BROKER_URL: expected an address"),
        ("KIT_BROKER_URL", "amqp://[secret", "KIT_BROKER_URL: expected an address"),
        ("KIT_STORAGE_URL", "secret", "KIT_STORAGE_URL: expected an address such as s3"),
        ("KIT_STORAGE_URL", "file:///secret", "KIT_STORAGE_URL: expected"),
        ("KIT_STORAGE_URL", "s3://", "KIT_STORAGE_URL: expected"),
        ("KIT_MAIL_URL", "http://kit:secret@mail", "KIT_MAIL_URL: expected"),
        ("KIT_MAIL_URL", "smtp://kit:secret@mail", "KIT_MAIL_FROM and KIT_PUBLIC_URL"),
        ("KIT_PUBLIC_URL", "challenge.example.org", "KIT_PUBLIC_URL: expected"),
        ("KIT_PROXIES", "many", "KIT_PROXIES: expected a whole number from 0 to 9, found 'many'"),
        ("KIT_SANDBOX", "none", r"KIT_SANDBOX: expected one of \['bubblewrap', 'docker', 'podman'\], found 'none'"),
        ("KIT_WHEEL_HOUSE", "/nowhere", "KIT_WHEEL_HOUSE: expected a folder, found nothing at /nowhere"),
        ("KIT_WHEEL_HOUSE", "/etc/passwd", "KIT_WHEEL_HOUSE: expected a folder, found a file at /etc/passwd"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named_and_no_secret_is_repeated(
    data: DataFolder, name: str, value: str, words: str
) -> None:
    with pytest.raises(ConfigError, match=words) as refused:
        load_settings(data, {name: value})
    assert "secret" not in str(refused.value)


def test_a_package_that_is_missing_is_named(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "find_spec", lambda _name: None)
    for name, value in (("KIT_DATABASE_URL", "postgresql+psycopg://db/kit"), ("KIT_STORAGE_URL", "s3://bucket")):
        with pytest.raises(ConfigError, match=f"{name}: .*pip install -r requirements-servers.txt"):
            load_settings(data, {name: value})


def test_there_is_no_default_secret(data: DataFolder) -> None:
    data.session_key.unlink()
    with pytest.raises(ConfigError, match="expected the secret key that `scorer init` makes"):
        load_settings(data, {})
    data.session_key.write_text("short")
    data.session_key.chmod(0o600)
    with pytest.raises(ConfigError, match="at least 32 characters"):
        load_settings(data, {})
    data.session_key.write_text("long enough to be a secret key, it seems")
    data.session_key.chmod(0o644)
    with pytest.raises(ConfigError, match="its owner alone can read"):
        load_settings(data, {})


def test_a_secret_is_not_shown_where_settings_are_printed(settings: Settings) -> None:
    assert settings.secret_key not in repr(settings)


def test_code_runs_in_bubblewrap_unless_another_sandbox_is_named(data: DataFolder, tmp_path: Path) -> None:
    settings = load_settings(data, {})
    assert (settings.sandbox, settings.wheel_house) == ("bubblewrap", None)
    settings = load_settings(data, {"KIT_SANDBOX": "podman", "KIT_WHEEL_HOUSE": str(tmp_path)})
    assert (settings.sandbox, settings.wheel_house) == ("podman", tmp_path)
