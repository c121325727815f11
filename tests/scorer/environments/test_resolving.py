from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from scorer.environments import resolving
from scorer.environments.building import EnvironmentRefused, Environments
from scorer.environments.kit_environment import KitEnvironment
from scorer.sandbox.job import Runner
from tests.scorer.environments.conftest import RunPython, ignore, refusal
from tests.scorer.environments.made_wheels import write_wheel


def test_a_missing_wheel_is_named_with_the_versions_there_are(environments: Environments, house: Path) -> None:
    write_wheel(house, "bird", "1.0")
    write_wheel(house, "bird", "1.5")
    assert refusal(environments, "bird>=2\nfish") == (
        "the wheel house lacks bird>=2 (there: bird 1.5, 1.0); fish (there: no fish)"
    )


def test_a_missing_wheel_that_another_needs_is_named(environments: Environments, house: Path) -> None:
    write_wheel(house, "bird", requires=["feather>=2"])
    write_wheel(house, "feather", "1.0")
    found = refusal(environments, "bird")
    assert "feather>=2 (from bird) (from versions: 1.0)" in found
    assert "\n" not in found


def test_requirements_that_contradict_each_other_are_told(environments: Environments, house: Path) -> None:
    write_wheel(house, "bird", requires=["feather<2"])
    write_wheel(house, "feather", "1.0")
    write_wheel(house, "feather", "2.0")
    assert refusal(environments, "bird\n\nfeather==2.0\n") == (
        "the wheel house does not have all that is asked for: Cannot install -r requirements (line 1) and "
        "feather==2.0 because these package versions have conflicting dependencies."
    )


def test_a_source_distribution_is_not_built(environments: Environments, house: Path) -> None:
    (house / "bird-1.0.tar.gz").write_bytes(b"a setup.py that would be run")
    assert refusal(environments, "bird") == (
        "the wheel house lacks bird (there: bird as source only, which is not built: that would run it)"
    )


def test_a_wheel_for_another_machine_is_not_taken(environments: Environments, house: Path) -> None:
    write_wheel(house, "bird").rename(house / "bird-1.0-cp39-cp39-win_amd64.whl")
    assert "No matching distribution found for bird" in refusal(environments, "bird")


def test_a_wheel_house_that_is_not_there_is_told(runner: Runner, cache: Path, bare: KitEnvironment) -> None:
    environments = Environments(runner, cache, cache / "nowhere", kit=bare)
    assert refusal(environments, "bird") == "the wheel house cannot be read: No such file or directory"


# Hashes


def test_the_hashes_of_a_lock_are_kept(environments: Environments, house: Path, run_python: RunPython) -> None:
    digest = sha256(write_wheel(house, "bird").read_bytes()).hexdigest()
    environment = environments.prepare(f"bird==1.0 --hash=sha256:{'0' * 64} --hash=sha256:{digest}", ignore)
    assert run_python(environment, "import bird; print(bird.VERSION)") == "1.0"


def test_a_wheel_with_another_hash_is_refused(environments: Environments, house: Path) -> None:
    digest = sha256(write_wheel(house, "bird").read_bytes()).hexdigest()
    assert refusal(environments, f"bird==1.0 --hash=sha256:{'0' * 64}") == (
        f"bird==1.0: expected a wheel with a hash of the lock, found bird-1.0-py3-none-any.whl with {digest}"
    )


def test_a_lock_that_leaves_out_a_hash_is_refused(environments: Environments, house: Path) -> None:
    digest = sha256(write_wheel(house, "bird", requires=["feather"]).read_bytes()).hexdigest()
    write_wheel(house, "feather")
    assert "all requirements must have their versions pinned" in refusal(
        environments, f"bird==1.0 --hash=sha256:{digest}"
    )


def test_a_lock_with_hashes_is_taken_to_the_wheel_house(runner: Runner, house: Path, cache: Path) -> None:
    write_wheel(house, "numpy", "0.1")
    environments = Environments(runner, cache, house)
    assert environments.prepare("numpy", ignore).description.startswith("the kit's own")
    assert "the wheel house lacks numpy==" in refusal(environments, f"numpy==99 --hash=sha256:{'0' * 64}")


# pip


def test_the_pip_that_python_carries_does_as_well(
    environments: Environments, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = resolving.importlib.util.find_spec
    monkeypatch.setattr(resolving.importlib.util, "find_spec", lambda name: None if name == "pip" else found(name))
    assert resolving.find_pip().parent.suffix == ".whl"
    write_wheel(house, "bird")
    assert environments.prepare("bird", ignore).description.endswith(", 1 packages")


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b'{"install": 3}',
        b'{"install": [{"download_info": {"url": "file:///etc/passwd"}}]}',
        b'{"install": [{"download_info": {"url": "file:///input/../../etc/fish-1.0-py3-none-any.whl"}}]}',
        b'{"install": [{"download_info": {"url": "http://[bird-1.0-py3-none-any.whl"}}]}',
        b'{"install": [{"download_info": {"url": 7}}]}',
    ],
)
def test_a_report_that_names_no_wheel_of_the_house_is_refused(house: Path, report: bytes) -> None:
    write_wheel(house, "bird")
    with pytest.raises(EnvironmentRefused, match="expected a report of pip"):
        resolving._read_report({"report.json": report}, resolving.WheelHouse(house))
