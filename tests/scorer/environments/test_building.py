from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scorer.environments.aside import ASIDE
from scorer.environments.building import Environments
from scorer.environments.kit_environment import KitEnvironment
from scorer.sandbox.job import Runner
from tests.scorer.environments.conftest import RunPython, ignore, refusal
from tests.scorer.environments.made_wheels import write_wheel


def test_what_is_asked_for_is_found_with_what_it_needs(
    environments: Environments, house: Path, run_python: RunPython
) -> None:
    write_wheel(house, "bird", "1.0")
    write_wheel(house, "bird", "2.0", requires=["feather>=1"])
    write_wheel(house, "feather", "1.5")
    write_wheel(house, "fish")
    environment = environments.prepare("bird>=1\n", ignore)
    assert run_python(environment, "import bird, feather; print(bird.VERSION, feather.VERSION)") == "2.0 1.5"
    assert run_python(environment, "import importlib.util as u; print(u.find_spec('fish'))") == "None"
    assert environment.description.endswith(", 2 packages")
    assert len(environment.folders) == 1


def test_an_environment_is_a_python_of_its_own(environments: Environments, house: Path, run_python: RunPython) -> None:
    write_wheel(house, "bird", scripts={"sing": "bird:song"}, files={"bird.py": "def song():\n    print('tweet')\n"})
    environment = environments.prepare("bird", ignore)
    (prefix,) = environment.folders
    assert run_python(environment, "import sys; print(sys.prefix, sys.prefix == sys.base_prefix)") == f"{prefix} False"
    assert run_python(environment, "import subprocess as s; print(s.check_output('sing', text=True))") == "tweet"
    listed = "from importlib.metadata import distributions as d; print([x.name for x in d()])"
    assert run_python(environment, listed) == "['bird']"


def test_the_same_packages_are_built_once(environments: Environments, house: Path, cache: Path) -> None:
    write_wheel(house, "bird")
    first = environments.prepare("bird", ignore)
    (built,) = cache.iterdir()
    changed_at = (built / "pyvenv.cfg").stat().st_mtime_ns
    assert environments.prepare("bird==1.0  # the same\n", ignore) == first
    assert [*cache.iterdir()] == [built]
    assert (built / "pyvenv.cfg").stat().st_mtime_ns == changed_at


def test_another_wheel_of_the_same_name_is_another_environment(environments: Environments, house: Path) -> None:
    write_wheel(house, "bird")
    first = environments.prepare("bird", ignore)
    write_wheel(house, "bird", files={"bird.py": "VERSION = 'changed'\n"})
    assert environments.prepare("bird", ignore).sha256 != first.sha256


def test_several_who_build_at_once_get_the_same(runner: Runner, house: Path, cache: Path, bare: KitEnvironment) -> None:
    write_wheel(house, "bird", files={f"bird/part_{number}.py": "" for number in range(200)})
    together = threading.Barrier(3)

    def build(_number: int) -> Path:
        together.wait()
        return Environments(runner, cache, house, kit=bare).prepare("bird", ignore).folders[0]

    with ThreadPoolExecutor(3) as pool:
        built = set(pool.map(build, range(3)))
    assert set(cache.iterdir()) == built
    (prefix,) = built
    assert len([*prefix.rglob("part_*.py")]) == 200


def test_whoever_builds_may_be_stopped_and_leaves_nothing(environments: Environments, house: Path, cache: Path) -> None:
    def stop(piece: bytes) -> None:
        if any(cache.glob(f"{ASIDE}*")):
            raise InterruptedError

    write_wheel(house, "bird")
    with pytest.raises(InterruptedError):
        environments.prepare("bird", stop)
    assert [*cache.iterdir()] == []


def test_what_a_killed_builder_left_is_removed_some_day(environments: Environments, house: Path, cache: Path) -> None:
    write_wheel(house, "bird")
    old, young = cache / f"{ASIDE}old", cache / f"{ASIDE}young"
    for folder in (old, young):
        (folder / "lib").mkdir(parents=True)
    os.utime(old, (0, 0))
    environments.prepare("bird", ignore)
    assert not old.exists()
    assert young.exists()


def test_files_are_readable_whatever_the_servers_mask(
    environments: Environments, house: Path, run_python: RunPython
) -> None:
    write_wheel(house, "bird")
    before = os.umask(0o077)
    try:
        environment = environments.prepare("bird", ignore)
    finally:
        os.umask(before)
    assert run_python(environment, "import bird; print(bird.VERSION)") == "1.0"


def test_code_of_a_package_is_run_nowhere_but_in_the_sandbox(
    environments: Environments, house: Path, tmp_path: Path, run_python: RunPython
) -> None:
    mark = tmp_path / "it ran"
    harm = f"import pathlib; pathlib.Path({str(mark)!r}).touch()"
    write_wheel(house, "bird", files={"bird.py": harm, "bird.pth": harm, "sitecustomize.py": harm, "setup.py": harm})
    environment = environments.prepare("bird", ignore)
    run_python(environment, "print(1)")
    assert not mark.exists()


@pytest.mark.parametrize("place", ["bird-1.0.data/scripts/python", "bird-1.0.data/data/pyvenv.cfg"])
def test_a_wheel_that_would_be_python_is_refused(
    environments: Environments, house: Path, cache: Path, place: str
) -> None:
    write_wheel(house, "bird", files={"bird.py": "", place: "#!/bin/sh\n"})
    assert f"puts itself in the place of {Path(place).name}" in refusal(environments, "bird")
    assert [*cache.iterdir()] == []


def test_a_script_that_would_be_python_is_refused(environments: Environments, house: Path) -> None:
    write_wheel(house, "bird", scripts={"python3": "bird:song"})
    assert "puts itself in the place of python3" in refusal(environments, "bird")


def test_a_wheel_that_cannot_be_unpacked_leaves_nothing(environments: Environments, house: Path, cache: Path) -> None:
    write_wheel(house, "bird", files={"bird.py": "", "../outside.py": "harm"})
    assert "bird-1.0-py3-none-any.whl" in refusal(environments, "bird")
    assert [*cache.iterdir()] == []
