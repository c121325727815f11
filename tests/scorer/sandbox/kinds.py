"""The kinds of sandbox that the tests of attacks run in: all that this machine is asked to have.

Bubblewrap always; where the tests run as root, once more as an ordinary user. Container engines where `KIT_TEST_OCI`
names them: `podman`, `docker`, or both with a comma between.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from scorer.sandbox.choice import open_runner
from scorer.sandbox.job import Runner
from tests.scorer.sandbox.ordinary_user import ordinary_users_runner

BUBBLEWRAP = "bubblewrap"
AS_ORDINARY_USER = "bubblewrap-as-ordinary-user"


def engines() -> list[str]:
    """Those of container engines."""
    return [engine for engine in os.environ.get("KIT_TEST_OCI", "").split(",") if engine]


def kinds() -> list[str]:
    """All their names."""
    return [BUBBLEWRAP, *([AS_ORDINARY_USER] if os.geteuid() == 0 else []), *engines()]


@contextmanager
def opened(kind: str) -> Iterator[Runner]:
    """The runner of a kind."""
    if kind == AS_ORDINARY_USER:
        with ordinary_users_runner() as runner:
            yield runner
    else:
        yield open_runner(kind)
