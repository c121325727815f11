"""What a bundle asks for → what it finds installed: the kit's own environment, or one built from the wheel house."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from scorer.environments.aside import folder_aside
from scorer.environments.environment import Environment, EnvironmentRefused, Listener
from scorer.environments.kit_environment import KitEnvironment
from scorer.environments.prefix import PYTHON, make_readable, write_python
from scorer.environments.requirements import Asked, read_requirements
from scorer.environments.resolving import resolve
from scorer.environments.unpacking import unpack
from scorer.environments.wheel_house import Wheel, WheelHouse
from scorer.sandbox.attendance import TICK_SECONDS
from scorer.sandbox.job import Runner
from scorer.sandbox.launch import interpreter

__all__ = ["Environment", "EnvironmentRefused", "Environments"]

FORM = "1"
"""Of a built environment; another number builds all anew."""


class Environments:
    """Finds or builds what bundles ask for."""

    def __init__(
        self, runner: Runner, cache: Path, wheel_house: Path | None, kit: KitEnvironment | None = None
    ) -> None:
        """Nothing is read or written before `prepare`.

        Args:
            runner: the sandbox in which requirements are read.
            cache: a folder for what is built, which is kept: the same packages are built once. Any of it may be
                deleted while nothing is verified.
            wheel_house: a folder of wheels, or None where the kit's own environment is all there is.
            kit: the kit's own environment; None for what is installed when it is asked for.
        """
        self._runner = runner
        self._cache = cache
        self._house = wheel_house
        self._kit = kit

    def prepare(self, requirements: str, listen: Listener) -> Environment:
        """What satisfies the requirements.

        The kit's own environment does where it has every package that is named, in a version that is allowed. Hashes
        are of files, and of an installed package there is none any more: a lock with hashes is taken to the wheel
        house where there is one, and by its versions where there is none.

        Args:
            requirements: the text of the bundle's lock or `requirements.txt`.
            listen: is told the log as it comes, and an empty piece now and then; where it raises, the work is ended
                and the error passed on.

        Raises:
            EnvironmentRefused: it cannot be had; says which requirement, what there is, and what could be done.
            NoSandbox, BrokenSandbox: the sandbox failed.
            OSError: on our side.
        """
        asked = read_requirements(requirements)
        kit = self._kit or KitEnvironment()
        unmet = kit.unmet(asked)
        hashes = any(one.hashes for one in asked)
        if not unmet and not (hashes and self._house is not None):
            if hashes:
                listen(b"the hashes of the lock are not compared: there is no wheel house, versions decide\n")
            return kit.prepare(self._cache)
        if self._house is None:
            raise EnvironmentRefused(
                f"the kit's own environment lacks {'; '.join(map(str, unmet))}, and there is no other: for what it does"
                " not have, the organiser sets up a wheel house (KIT_WHEEL_HOUSE)"
            )
        return self._build(asked, WheelHouse(self._house), listen)

    def _build(self, asked: Sequence[Asked], house: WheelHouse, listen: Listener) -> Environment:
        wheels = resolve(asked, house, self._runner, listen)
        sha256 = _hash(wheels)
        prefix = _place(self._cache, sha256)
        if not prefix.is_dir():
            with folder_aside(prefix) as folder:
                unpack(wheels, folder, prefix, _now_and_then(listen))
                _add_python(folder)
                make_readable(folder)
        description = f"from the wheel house: Python {platform.python_version()}, {len(wheels)} packages"
        return Environment((prefix,), sha256, description, str(prefix / PYTHON))


def _hash(wheels: Sequence[Wheel]) -> str:
    """Of the version of Python and of every wheel."""
    lines = [FORM, platform.python_version(), *sorted(wheel.sha256 for wheel in wheels)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _place(cache: Path, sha256: str) -> Path:
    """Where it lies: it links to the interpreter, so that it belongs to this one."""
    return cache.absolute() / f"{sha256}-{hashlib.sha256(str(interpreter()).encode()).hexdigest()[:8]}"


def _now_and_then(listen: Listener) -> Callable[[], None]:
    """Calls the listener with an empty piece, if it was not called lately."""
    last = 0.0

    def tick() -> None:
        nonlocal last
        if time.monotonic() - last > TICK_SECONDS:
            last = time.monotonic()
            listen(b"")

    return tick


def _add_python(folder: Path) -> None:
    """After everything else: until then there is no link in the folder."""
    try:
        write_python(folder)
    except FileExistsError as error:
        place = Path(error.filename2 or error.filename).name
        raise EnvironmentRefused(
            f"expected packages beside Python, found one that puts itself in the place of {place}"
        ) from error
