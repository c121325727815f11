"""A runner whose sandboxes are made by an ordinary user, for tests that run as root: the kit's own Python as that user.

What that user could not reach, such as an interpreter in root's home, is shown to it where it is, in a mount namespace
of its own. Run as a program, this file is the other side.
"""

from __future__ import annotations

import pickle
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from scorer.sandbox.bubblewrap import open_bubblewrap
from scorer.sandbox.job import BrokenSandbox, Job, Listener, Outcome

USER = 54_321

CHECKOUT = Path(__file__).parents[3]


class OrdinaryUsersRunner:
    """Hands jobs to a process of the ordinary user, and hands on what it says."""

    def __init__(self, said: BinaryIO, says: BinaryIO) -> None:
        self._said, self._says = said, says
        self.name = str(pickle.load(said))

    def check(self) -> None:
        """It was checked when it was opened."""

    def run(self, job: Job, listen: Listener) -> Outcome:
        """See `Runner.run`; what the listener raises does not end the job."""
        pickle.dump(job, self._says)
        self._says.flush()
        while True:
            told = pickle.load(self._said)
            if isinstance(told, Outcome):
                return told
            if isinstance(told, BrokenSandbox):
                raise told
            listen(cast(bytes, told))


@contextmanager
def ordinary_users_runner() -> Iterator[OrdinaryUsersRunner]:
    """Start the other side as the ordinary user; only root can."""
    user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    command = shlex.join([*user, sys.executable, "-B", "-m", "tests.scorer.sandbox.ordinary_user"])
    with tempfile.TemporaryDirectory(prefix="kit-reachable-") as folder:
        script = "\n".join(["set -e", *_made_reachable(Path(folder)), f"exec {command}"])
        with subprocess.Popen(
            ["unshare", "--mount", "--propagation=private", "sh", "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=CHECKOUT,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            yield OrdinaryUsersRunner(cast(BinaryIO, process.stdout), cast(BinaryIO, process.stdin))


def _made_reachable(folder: Path) -> Iterator[str]:
    """Commands after which everybody reaches Python, its packages and the checkout, each where it is."""
    needed = {Path(path).resolve() for path in (sys.base_prefix, sys.prefix, CHECKOUT)}
    closed = {path: top for path in sorted(needed) if (top := _closed_above(path)) is not None}
    for number, path in enumerate(closed):
        yield f"mkdir {folder}/{number}; mount --rbind {shlex.quote(str(path))} {folder}/{number}"
    for top in dict.fromkeys(closed.values()):
        yield f"mount -t tmpfs -o mode=755 none {shlex.quote(str(top))}"
    for number, path in enumerate(closed):
        place = shlex.quote(str(path))
        yield f"mkdir -p {place}; mount --move {folder}/{number} {place}"


def _closed_above(path: Path) -> Path | None:
    for above in reversed([path, *path.parents]):
        if not above.stat().st_mode & 0o001:
            return above
    return None


def main() -> None:
    """Run what comes on standard input."""
    runner = open_bubblewrap()
    says = sys.stdout.buffer

    def tell(what: object) -> None:
        pickle.dump(what, says)
        says.flush()

    tell(runner.name)
    while True:
        try:
            job = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            tell(runner.run(job, tell))
        except BrokenSandbox as error:
            tell(error)


if __name__ == "__main__":
    main()
