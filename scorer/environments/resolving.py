"""Which wheels of the wheel house satisfy a bundle's requirements: pip says so, inside the sandbox.

pip reads what strangers wrote: the team's lines, and the metadata of packages. So it is pip that goes into the sandbox,
with the wheel house read-only and no network, and it is asked for a list of file names, not for an environment. What
comes out is trusted no further than that: whatever is on the list is a wheel that the organiser has put into the house.
The wheels are then unpacked outside (`unpacking.py`), which runs none of their code. The other way, installing in the
sandbox and taking the files out, would carry gigabytes through memory and take each of them from a stranger's hands.
"""

from __future__ import annotations

import importlib.util
import json
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from scorer.environments.environment import EnvironmentRefused, Listener
from scorer.environments.prefix import OPEN, READABLE
from scorer.environments.requirements import Asked
from scorer.environments.wheel_house import Wheel, WheelHouse
from scorer.sandbox.job import INPUT, OUTPUT, Ending, Job, Limits, NoSandbox, Runner
from scorer.sandbox.launch import interpreter
from scorer.verdict import MAX_SHOWN_CHARACTERS

LIMITS = Limits(
    wall_seconds=300,
    cpu_seconds=300,
    memory_bytes=2 * 2**30,
    processes=64,
    output_bytes=64 * 2**20,
    temporary_bytes=256 * 2**20,
    files=100,
)
"""pip takes a second or two, and some more where it has to go back on a choice."""

REQUIREMENTS = "requirements"
"""A name for the team's file, whatever it is called: pip tells it with the line."""
REPORT = "report.json"

QUESTION = (
    *("install", "--isolated", "--no-input", "--no-color", "--progress-bar=off", "--disable-pip-version-check"),
    *("--dry-run", "--ignore-installed", "--no-cache-dir", "--no-index", "--only-binary=:all:"),
    *(f"--find-links={INPUT}", f"--report={OUTPUT / REPORT}", f"--requirement={REQUIREMENTS}"),
)

COMPLAINT = "ERROR: "
NO_COMPLAINT = "ResolutionImpossible: for help visit"
MOST_COMPLAINTS = 4


def resolve(asked: Sequence[Asked], house: WheelHouse, runner: Runner, listen: Listener) -> list[Wheel]:
    """The wheels to install, those that are needed by others among them, in the order of their names.

    Args:
        asked: what is asked for.
        house: where wheels are taken from.
        runner: the sandbox.
        listen: is told what pip says.

    Raises:
        EnvironmentRefused: there is no such set of wheels; says which requirement cannot be had, and what there is.
        NoSandbox: no pip is found.
        BrokenSandbox: the sandbox failed.
    """
    wanted = [one for one in asked if one.applies]
    _check_each(wanted, house)
    pip = find_pip()
    said = bytearray()

    def hear(piece: bytes) -> None:
        said.extend(piece)
        listen(piece)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(OPEN)
        (folder / REQUIREMENTS).write_text(_lines(wanted), encoding="utf-8")
        (folder / REQUIREMENTS).chmod(READABLE)
        command = [str(interpreter()), "-I", "-S", str(pip), *QUESTION]
        outcome = runner.run(Job(command, LIMITS, folder, house.folder, [_shown_folder(pip)]), hear)
    if outcome.ending is not Ending.DONE:
        reason = _complaints(said.decode(errors="replace")) or f"pip: {outcome.reason}"
        raise EnvironmentRefused(f"the wheel house does not have all that is asked for: {reason}")
    wheels = _read_report(outcome.output, house)
    pinned = {one.name: one.hashes for one in wanted if one.hashes}
    for wheel in wheels:
        if wheel.name in pinned and wheel.sha256 not in pinned[wheel.name]:
            raise _other_hash(wheel.name, [wheel])
    return wheels


def find_pip() -> Path:
    """A pip that runs by its path: this Python's, or the one that Python itself carries. Raises NoSandbox."""
    found = importlib.util.find_spec("pip")
    if found is not None and found.origin is not None:
        return Path(found.origin).parent
    carried = importlib.util.find_spec("ensurepip")
    if carried is not None and carried.origin is not None:
        # Distributions keep Python's own wheels elsewhere: where it was built `--with-wheel-pkg-dir`.
        places = [Path(carried.origin).parent / "_bundled", sysconfig.get_config_var("WHEEL_PKG_DIR")]
        for wheel in sorted(wheel for place in places if place for wheel in Path(place).glob("pip-*.whl")):
            return wheel / "pip"
    raise NoSandbox("expected pip beside this Python, to find wheels for a bundle; found none. python -m ensurepip")


def _shown_folder(pip: Path) -> Path:
    """The folder that the sandbox must show for it."""
    return pip if pip.is_dir() else pip.parent.parent


def _lines(wanted: Sequence[Asked]) -> str:
    """Not the team's own lines, but what was understood of them, in the same places."""
    lines = [""] * max((one.row for one in wanted), default=0)
    for one in wanted:
        lines[one.row - 1] = " ".join([str(one), *(f"--hash=sha256:{digest}" for digest in sorted(one.hashes))])
    return "".join(f"{line}\n" for line in lines)


def _check_each(wanted: Sequence[Asked], house: WheelHouse) -> None:
    """Look at every requirement by itself: what is missing altogether is said more plainly than by pip."""
    missing = []
    for one in wanted:
        fitting = [
            wheel
            for wheel in house.wheels.values()
            if wheel.name == one.name and one.requirement.specifier.contains(wheel.version, prereleases=True)
        ]
        if not fitting:
            missing.append(f"{one} (there: {house.tell(one.name)})")
        elif one.hashes and not any(wheel.sha256 in one.hashes for wheel in fitting):
            raise _other_hash(str(one), fitting)
    if missing:
        raise EnvironmentRefused(f"the wheel house lacks {'; '.join(missing)}")


def _other_hash(name: str, wheels: Sequence[Wheel]) -> EnvironmentRefused:
    found = ", ".join(f"{wheel.path.name} with {wheel.sha256}" for wheel in wheels)
    return EnvironmentRefused(f"{name}: expected a wheel with a hash of the lock, found {found}")


def _complaints(said: str) -> str:
    """What pip gives as its reasons, as one may print it."""
    lines = [line.removeprefix(COMPLAINT) for line in said.splitlines() if line.startswith(COMPLAINT)]
    lines = [line for line in lines if not line.startswith(NO_COMPLAINT)]
    plain = ("".join(sign if sign.isprintable() else " " for sign in line) for line in lines[:MOST_COMPLAINTS])
    return "; ".join(line[: 4 * MAX_SHOWN_CHARACTERS].strip() for line in plain)


def _read_report(output: Mapping[str, bytes], house: WheelHouse) -> list[Wheel]:
    """The wheels that a report names. It comes from a sandbox: what is no list of wheels of the house is refused."""
    try:
        report: Any = json.loads(output[REPORT])
        urls = [one["download_info"]["url"] for one in report["install"]]
        names = {PurePosixPath(unquote(urlsplit(url).path)).name for url in urls}
        wheels = sorted((house.wheels[name] for name in names), key=lambda wheel: wheel.path.name)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise EnvironmentRefused("expected a report of pip that names wheels of the wheel house") from error
    if len({wheel.name for wheel in wheels}) != len(wheels):
        raise EnvironmentRefused("expected one wheel for each project")
    return wheels
