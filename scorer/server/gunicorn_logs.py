"""gunicorn's log as part of ours."""

from __future__ import annotations

from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

INVALID = "Invalid request from "
"""What gunicorn begins with before it names the address that sent one."""


class GunicornLogs(Logger):
    """Hands gunicorn's lines to the handler that `logs.configure_logging` made; keeps no log of accesses."""

    def setup(self, cfg: Config) -> None:
        """Called by gunicorn: its own handlers go."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Called by gunicorn: without the address of who sent what is no request."""
        if str(msg).startswith(INVALID):
            msg, args = "a request that is none was refused", ()
        super().warning(msg, *args, **kwargs)
