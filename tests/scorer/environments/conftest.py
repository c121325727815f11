"""A real sandbox, an empty cache, and a kit of which nothing is installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scorer.environments.building import Environment, EnvironmentRefused, Environments
from scorer.environments.kit_environment import KitEnvironment
from scorer.sandbox.choice import open_runner
from scorer.sandbox.job import Ending, Job, Limits, Runner

RunPython = Callable[[Environment, str], str]


@pytest.fixture(scope="session")
def runner() -> Runner:
    """The sandbox of this machine."""
    return open_runner("bubblewrap")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A wheel house, still empty."""
    folder = tmp_path / "house"
    folder.mkdir()
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Where environments are kept; it is made when one is."""
    return tmp_path / "cache"


@pytest.fixture
def bare(tmp_path: Path) -> KitEnvironment:
    """A kit without packages, so that everything comes from the wheel house."""
    folder = tmp_path / "nothing installed"
    folder.mkdir()
    return KitEnvironment([folder])


@pytest.fixture
def environments(runner: Runner, cache: Path, house: Path, bare: KitEnvironment) -> Environments:
    """With the wheel house."""
    return Environments(runner, cache, house, kit=bare)


@pytest.fixture
def run_python(runner: Runner) -> RunPython:
    """Runs a program in an environment and gives what it printed."""

    def run(environment: Environment, program: str) -> str:
        said: list[bytes] = []
        limits = Limits(wall_seconds=60)
        job = Job([environment.python, "-c", program], limits, None, None, environment.folders, environment.variables)
        outcome = runner.run(job, said.append)
        assert outcome.ending is Ending.DONE, b"".join(said).decode()
        return b"".join(said).decode().strip()

    return run


def ignore(_piece: bytes) -> None:
    """A listener that does not."""


def refusal(environments: Environments, requirements: str) -> str:
    """Why requirements are refused."""
    with pytest.raises(EnvironmentRefused) as refused:
        environments.prepare(requirements, ignore)
    return str(refused.value)
