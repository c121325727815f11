"""Settings: everything that may differ between two servers. Only this file reads environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from scorer.sandbox.choice import KINDS
from scorer.server.accounts.passwords import Passwords
from scorer.server.data_folder import DataFolder

SECRET_KEY_BYTES = 32

SANDBOX = "bubblewrap"
"""The kind of sandbox that needs no service."""

STORAGE_SCHEMES = ("s3", "memory")
"""`memory` forgets everything at the end of the process: for tests."""

DATABASE_DRIVERS = ("postgresql+psycopg", "sqlite")

PACKAGE_OF_KIND = {"redis": "redis", "rediss": "redis", "psycopg": "psycopg", "s3": "s3fs"}
"""The package behind each kind of service that is not installed with the server itself."""


class ConfigError(ValueError):
    """Settings with which the server will not start."""


@dataclass(frozen=True)
class Settings:
    """What the server's processes need to know. There is no default for a secret."""

    data: DataFolder
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    passwords: Passwords = field(default_factory=Passwords)
    broker_url: str | None = field(default=None, repr=False)
    """Redis or RabbitMQ, where jobs wait. None: a folder in the data folder."""
    storage_url: str | None = None
    """Where uploads are kept, as fsspec names it, such as `s3://bucket/folder`. None: in the data folder."""
    mail_url: str | None = field(default=None, repr=False)
    """The SMTP server, such as `smtp+starttls://user:password@mail.example.org:587`. None: mails become files
    in the data folder, and addresses need no confirmation, because nobody could follow the link."""
    mail_from: str | None = None
    """The sender's address."""
    public_url: str | None = None
    """Under which address people reach the server, such as `https://challenge.example.org`: links in mails."""
    proxies: int = 0
    """How many proxies stand in front, each of which adds to `X-Forwarded-For`."""
    sandbox: str = SANDBOX
    """The kind of sandbox in which teams' code is run, one of `scorer.sandbox.choice.KINDS`."""
    wheel_house: Path | None = None
    """A folder with the wheels that bundles may require beside what the kit itself has. None: nothing more."""
    jobs_at_once: bool = False
    """Whether jobs run where they are asked for, without a worker: for tests."""

    def __post_init__(self) -> None:
        if len(self.secret_key) < SECRET_KEY_BYTES:
            raise ConfigError(
                f"secret key: expected at least {SECRET_KEY_BYTES} characters, found {len(self.secret_key)}"
            )
        if self.mail_url is not None and (self.mail_from is None or self.public_url is None):
            raise ConfigError("KIT_MAIL_URL: expected KIT_MAIL_FROM and KIT_PUBLIC_URL beside it, found one missing")

    @property
    def needs_confirmed_email(self) -> bool:
        """Whether an account may be used only after its address was confirmed."""
        return self.mail_url is not None


def load_settings(data: DataFolder, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a data folder, and of the environment variables that replace its embedded parts.

    | variable | instead of |
    |---|---|
    | `KIT_DATABASE_URL` | SQLite in the data folder: `postgresql+psycopg://user:password@host/name` |
    | `KIT_BROKER_URL` | a folder in the data folder: `redis://host`, `amqp://user:password@host` |
    | `KIT_STORAGE_URL` | a folder in the data folder: `s3://bucket/folder` |
    | `KIT_MAIL_URL`, `KIT_MAIL_FROM` | files in the data folder: `smtp+starttls://user:password@host:587` |
    | `KIT_PUBLIC_URL` | the address of the request, in links |
    | `KIT_PROXIES` | 0: how many proxies stand in front of the server |
    | `KIT_SANDBOX` | `bubblewrap`: `docker` or `podman`, in which teams' code is run |
    | `KIT_WHEEL_HOUSE` | nothing but what the kit has: a folder with the wheels that teams' code may require |

    Raises:
        ConfigError: no secret key in the folder, one that others may read, a short one, or a variable that
            cannot be used; the message names it, and repeats no password.
    """
    environment = os.environ if environment is None else environment
    given = {name: value for name, value in environment.items() if value}
    return Settings(
        data=data,
        database_url=database_url(data, environment),
        secret_key=_read_secret_key(data),
        broker_url=_url(given, "KIT_BROKER_URL", {"redis", "rediss", "amqp", "amqps"}),
        storage_url=_storage_url(given),
        mail_url=_url(given, "KIT_MAIL_URL", {"smtp", "smtp+starttls", "smtps"}),
        mail_from=given.get("KIT_MAIL_FROM"),
        public_url=(_url(given, "KIT_PUBLIC_URL", {"http", "https"}) or "").rstrip("/") or None,
        proxies=_count(given, "KIT_PROXIES"),
        sandbox=_kind(given, "KIT_SANDBOX", KINDS) or SANDBOX,
        wheel_house=_folder(given, "KIT_WHEEL_HOUSE"),
    )


def database_url(data: DataFolder, environment: Mapping[str, str] | None = None) -> str:
    """`KIT_DATABASE_URL`, or the URL of the folder's own SQLite file. Raises ConfigError."""
    environment = os.environ if environment is None else environment
    given = environment.get("KIT_DATABASE_URL")
    if not given:
        return sqlite_url(data)
    try:
        url = make_url(given)
    except ArgumentError as error:
        raise ConfigError(
            "KIT_DATABASE_URL: expected an address such as postgresql+psycopg://user:password@host/name, found no URL"
        ) from error
    if url.drivername not in DATABASE_DRIVERS:
        raise ConfigError(f"KIT_DATABASE_URL: expected one of {DATABASE_DRIVERS}, found {url.drivername!r}")
    _check_installed("KIT_DATABASE_URL", url.get_dialect().driver)
    return given


def sqlite_url(data: DataFolder) -> str:
    """The URL of the folder's own database."""
    return f"sqlite:///{data.database.resolve()}"


def _read_secret_key(data: DataFolder) -> str:
    path = data.session_key
    try:
        mode = path.stat().st_mode & 0o777
        secret_key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: expected the secret key that `scorer init` makes, found none ({error})") from error
    if mode & 0o077:
        raise ConfigError(f"{path}: expected a file that its owner alone can read (0600), found mode {mode:04o}")
    return secret_key


def _url(given: Mapping[str, str], name: str, schemes: set[str]) -> str | None:
    if name not in given:
        return None
    try:
        parts = urlsplit(given[name])
        usable = parts.scheme in schemes and parts.hostname is not None
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f"{name}: expected an address that begins with one of {sorted(schemes)} and names a host")
    _check_installed(name, parts.scheme)
    return given[name]


def _check_installed(name: str, kind: str) -> None:
    package = PACKAGE_OF_KIND.get(kind)
    if package is not None and find_spec(package) is None:
        raise ConfigError(
            f"{name}: expected the package {package!r}, found it not installed. Install what servers need: "
            "pip install -r requirements-servers.txt"
        )


def _storage_url(given: Mapping[str, str]) -> str | None:
    url = given.get("KIT_STORAGE_URL")
    if url is None:
        return None
    scheme, separator, folder = url.partition("://")
    if not separator or scheme not in STORAGE_SCHEMES or not folder.strip("/"):
        raise ConfigError(
            f"KIT_STORAGE_URL: expected an address such as s3://bucket/folder, one of {list(STORAGE_SCHEMES)}"
        )
    _check_installed("KIT_STORAGE_URL", scheme)
    return url


def _count(given: Mapping[str, str], name: str) -> int:
    text = given.get(name, "0")
    if not text.isdecimal() or int(text) > 9:
        raise ConfigError(f"{name}: expected a whole number from 0 to 9, found {text[:20]!r}")
    return int(text)


def _kind(given: Mapping[str, str], name: str, kinds: Sequence[str]) -> str | None:
    found = given.get(name)
    if found is not None and found not in kinds:
        raise ConfigError(f"{name}: expected one of {list(kinds)}, found {found[:20]!r}")
    return found


def _folder(given: Mapping[str, str], name: str) -> Path | None:
    if name not in given:
        return None
    folder = Path(given[name]).absolute()
    if not folder.is_dir():
        raise ConfigError(f"{name}: expected a folder, found {'a file' if folder.exists() else 'nothing'} at {folder}")
    return folder
