"""Settings: everything that may differ between two servers."""

from __future__ import annotations

from dataclasses import dataclass, field

from scorer.server.accounts.passwords import Passwords
from scorer.server.data_folder import DataFolder

SECRET_KEY_BYTES = 32


class ConfigError(ValueError):
    """Settings with which the server will not start."""


@dataclass(frozen=True)
class Settings:
    """What `create_app` needs to know. There is no default for a secret."""

    data: DataFolder
    database_url: str
    secret_key: str = field(repr=False)
    passwords: Passwords = field(default_factory=Passwords)

    def __post_init__(self) -> None:
        if len(self.secret_key) < SECRET_KEY_BYTES:
            raise ConfigError(
                f"secret key: expected at least {SECRET_KEY_BYTES} characters, found {len(self.secret_key)}"
            )


def load_settings(data: DataFolder) -> Settings:
    """The settings of a data folder.

    Raises:
        ConfigError: no secret key in it, one that others may read, or a short one.
    """
    path = data.session_key
    try:
        mode = path.stat().st_mode & 0o777
        secret_key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: expected the secret key that `scorer init` makes, found none ({error})") from error
    if mode & 0o077:
        raise ConfigError(f"{path}: expected a file that its owner alone can read (0600), found mode {mode:04o}")
    return Settings(data=data, database_url=sqlite_url(data), secret_key=secret_key)


def sqlite_url(data: DataFolder) -> str:
    """The URL of the folder's own database."""
    return f"sqlite:///{data.database.resolve()}"
