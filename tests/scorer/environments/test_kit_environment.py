from __future__ import annotations

import importlib
import importlib.metadata
import sys
from pathlib import Path

import pytest

from scorer.environments.building import Environment, EnvironmentRefused, Environments
from scorer.environments.kit_environment import KitEnvironment
from scorer.environments.requirements import read_requirements
from scorer.sandbox.job import Runner
from scorer.sandbox.launch import interpreter
from tests.scorer.environments.conftest import RunPython, ignore

NUMPY = importlib.metadata.version("numpy")


@pytest.fixture
def kit(runner: Runner, cache: Path) -> Environments:
    """Without a wheel house."""
    return Environments(runner, cache, None)


@pytest.fixture
def environment(kit: Environments) -> Environment:
    """For a bundle that asks for nothing."""
    return kit.prepare("", ignore)


def installed(folder: Path, name: str, version: str, *lines: str) -> None:
    """Note a package as installed."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *lines]))


def test_a_bundle_that_asks_for_nothing_finds_the_kits_packages(
    environment: Environment, run_python: RunPython
) -> None:
    assert run_python(environment, "import numpy, sys; print(numpy.__version__, sys.version_info[:3])") == (
        f"{NUMPY} {sys.version_info[:3]}"
    )
    assert environment.description.startswith(f"the kit's own environment: Python {sys.version.split()[0]}, ")


def test_a_bundle_sees_the_packages_and_not_the_kits_checkout(environment: Environment, run_python: RunPython) -> None:
    checkout = Path(__file__).parents[3]
    assert run_python(environment, f"import os; print(os.path.exists({str(checkout / 'scorer')!r}))") == "False"
    assert not any(checkout.is_relative_to(folder) for folder in environment.folders)


def test_the_programs_name_is_python_too(environment: Environment, run_python: RunPython) -> None:
    program = "import subprocess as s; print(s.check_output(['python3', '-c', 'import numpy; print(7)'], text=True))"
    assert run_python(environment, program) == "7"


def test_what_the_kit_has_is_not_built(kit: Environments, environment: Environment, cache: Path) -> None:
    before = sorted(cache.iterdir())
    assert kit.prepare(f"NumPy=={NUMPY}\nflask>=3\nnothing; sys_platform == 'win32'\n", ignore) == environment
    assert sorted(cache.iterdir()) == before


def test_what_the_kit_lacks_is_refused_with_what_there_is_and_what_could_be_done(kit: Environments) -> None:
    with pytest.raises(EnvironmentRefused) as refused:
        kit.prepare("numpy==1.26.4\nno-such-package>=2\nflask\n", ignore)
    assert str(refused.value) == (
        f"the kit's own environment lacks numpy==1.26.4 (installed: {NUMPY}); no-such-package>=2 (not installed), and "
        "there is no other: for what it does not have, the organiser sets up a wheel house (KIT_WHEEL_HOUSE)"
    )


def test_a_lock_with_hashes_is_taken_by_its_versions_and_says_so(kit: Environments) -> None:
    said: list[bytes] = []
    kit.prepare(f"numpy=={NUMPY} --hash=sha256:{'0' * 64}", said.append)
    assert b"hashes of the lock are not compared" in b"".join(said)


def test_an_extra_asks_for_what_it_names(tmp_path: Path) -> None:
    installed(tmp_path, "bird", "2.0", "Provides-Extra: song", 'Requires-Dist: throat>=3; extra == "song"')
    installed(tmp_path, "throat", "2.9", 'Requires-Dist: nothing; extra == "song"')
    kit = KitEnvironment([tmp_path])
    assert kit.unmet(read_requirements("bird\nbird[flight]")) == []
    assert list(map(str, kit.unmet(read_requirements("bird[Song]")))) == ['throat>=3; extra == "song" (installed: 2.9)']


def test_extras_that_name_each_other_come_to_an_end(tmp_path: Path) -> None:
    installed(tmp_path, "hen", "1", "Provides-Extra: all", 'Requires-Dist: egg[all]; extra == "all"')
    installed(tmp_path, "egg", "1", "Provides-Extra: all", 'Requires-Dist: hen[all]; extra == "all"')
    assert KitEnvironment([tmp_path]).unmet(read_requirements("hen[all]")) == []


def test_a_version_before_the_release_counts_when_it_is_installed(tmp_path: Path) -> None:
    installed(tmp_path, "bird", "2.0rc1")
    assert KitEnvironment([tmp_path]).unmet(read_requirements("bird>=1")) == []


@pytest.mark.parametrize("finder", ["importlib.metadata", "importlib_metadata"])
def test_the_hash_tells_what_is_installed(tmp_path: Path, finder: str) -> None:
    importlib.import_module(finder)  # the backport, which some packages import, finds what is installed from then on
    installed(tmp_path, "bird", "2.0")
    (tmp_path / "half-removed.dist-info").mkdir()
    before = KitEnvironment([tmp_path]).sha256
    assert KitEnvironment([tmp_path]).sha256 == before
    installed(tmp_path, "throat", "2.9")
    assert KitEnvironment([tmp_path]).sha256 != before


def test_a_python_without_a_virtual_environment_is_used_where_it_is(
    kit: Environments, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "base_prefix", sys.prefix)
    environment = kit.prepare("", ignore)
    assert environment.python == str(interpreter())
    assert not cache.exists()
