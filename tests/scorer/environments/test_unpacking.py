from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scorer.environments import unpacking
from scorer.environments.environment import EnvironmentRefused
from scorer.environments.unpacking import unpack
from scorer.environments.wheel_house import WheelHouse
from tests.scorer.environments.made_wheels import write_wheel

PREFIX = Path("/where/it will be")


@pytest.fixture
def unpacked(tmp_path: Path, house: Path) -> Callable[[], Path]:
    """Unpacks all wheels of the house and gives the folder."""

    def run() -> Path:
        folder = tmp_path / "unpacked"
        folder.mkdir()
        wheels = WheelHouse(house).wheels
        unpack([wheels[name] for name in sorted(wheels)], folder, PREFIX, lambda: None)
        return folder

    return run


Unpacked = Callable[[], Path]


def refused(unpacked: Unpacked) -> str:
    """Why the wheels are refused."""
    with pytest.raises(EnvironmentRefused) as refusal:
        unpacked()
    return str(refusal.value)


def files_in(folder: Path) -> dict[str, str]:
    """What each file holds, by its path, without what every package has."""
    found = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
    return {path: text for path, text in found.items() if ".dist-info" not in path}


def test_files_go_where_wheels_may_have_them(house: Path, unpacked: Unpacked) -> None:
    files = {
        "bird/__init__.py": "1",
        "bird-1.0.data/data/share/song.txt": "la",
        "bird-1.0.data/scripts/fly": "#!python\n",
    }
    write_wheel(house, "bird", files=files, scripts={"sing": "bird:song"})
    found = files_in(unpacked())
    assert "from bird import song" in found.pop("bin/sing")
    assert found == {
        "lib/python3.11/site-packages/bird/__init__.py": "1",
        "share/song.txt": "la",
        "bin/fly": f"#!{PREFIX}/bin/python\n",
    }


@pytest.mark.parametrize("path", ["../../outside.py", "/tmp/outside.py", "bird/../../outside.py", "..\\outside.py"])
def test_a_path_that_leads_out_is_refused(house: Path, unpacked: Unpacked, path: str) -> None:
    write_wheel(house, "bird", files={"bird.py": "", path: "harm"})
    assert refused(unpacked).startswith(
        "bird-1.0-py3-none-any.whl: expected a whole wheel: 'expected paths inside the wheel, found "
    )
    assert not [*house.parent.rglob("*outside.py")]
    assert not Path("/tmp/outside.py").exists()


@pytest.mark.parametrize("script", ["../../outside", "/tmp/outside"])
def test_a_script_with_a_path_for_a_name_is_refused(house: Path, unpacked: Unpacked, script: str) -> None:
    write_wheel(house, "bird", scripts={script: "bird:song"})
    assert "outside of the target directory" in refused(unpacked)
    assert not [*house.parent.rglob("outside")]
    assert not Path("/tmp/outside").exists()


@pytest.mark.parametrize("called", ["bird:song; import os", "bird", "bird:song()", "__import__('os'):system"])
def test_a_script_that_calls_no_function_of_a_module_is_refused(house: Path, unpacked: Unpacked, called: str) -> None:
    write_wheel(house, "bird", scripts={"sing": called})
    assert refused(unpacked).startswith("bird-1.0-py3-none-any.whl: expected a whole wheel: ")


def test_a_link_becomes_a_plain_file(house: Path, unpacked: Unpacked) -> None:
    write_wheel(house, "bird", links={"secret.txt": "/etc/passwd"})
    (written,) = unpacked().rglob("secret.txt")
    assert not written.is_symlink()
    assert written.read_text() == "/etc/passwd"


def test_bytecode_is_left_out(house: Path, unpacked: Unpacked) -> None:
    write_wheel(house, "bird", files={"bird.py": "", "__pycache__/bird.cpython-311.pyc": "nobody has seen its source"})
    assert not [*unpacked().rglob("*.pyc")]


def test_two_wheels_may_have_the_same_file_as_with_pip(house: Path, unpacked: Unpacked) -> None:
    write_wheel(house, "bird", files={"shared/__init__.py": "", "shared/bird.py": ""})
    write_wheel(house, "fish", files={"shared/__init__.py": "", "shared/fish.py": ""})
    folder = unpacked()
    assert sorted(path.name for path in folder.rglob("shared/*.py")) == ["__init__.py", "bird.py", "fish.py"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"bird.py": "", "bird.py/inner.py": ""}, "expected a wheel, found 'Not a directory'"),
        ({"a" * 300: ""}, "expected a wheel, found 'File name too long'"),
        ({"bird-1.0.data/odd/x.py": ""}, "is not contained in a valid .data subdirectory"),
        ({"bird-1.0.data/data/lib": ""}, "expected a wheel, found 'Is a directory'"),
        ({"other-1.0.dist-info/METADATA": ""}, "doesn't contain exactly one .dist-info directory"),
    ],
)
def test_a_wheel_that_contradicts_itself_is_refused(
    house: Path, unpacked: Unpacked, files: dict[str, str], expected: str
) -> None:
    write_wheel(house, "bird", files=files)
    assert expected in refused(unpacked)


def test_a_wheel_without_a_list_of_its_files_is_refused(house: Path, unpacked: Unpacked) -> None:
    write_wheel(house, "bird", without_record=True)
    assert "RECORD" in refused(unpacked)


def test_a_wheel_whose_bytes_were_changed_is_refused(house: Path, unpacked: Unpacked) -> None:
    path = write_wheel(house, "bird")
    path.write_bytes(path.read_bytes().replace(b"VERSION = ", b"VERSI0N = "))
    assert "Bad CRC-32" in refused(unpacked)


def test_a_file_that_is_no_zip_is_refused(house: Path, unpacked: Unpacked) -> None:
    write_wheel(house, "bird").write_bytes(b"no zip")
    assert "not a zip file" in refused(unpacked)


@pytest.mark.parametrize(("name", "most"), [("MOST_BYTES", 100), ("MOST_FILES", 3)])
def test_more_than_any_environment_has_is_refused(
    house: Path, unpacked: Unpacked, monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    write_wheel(house, "bird")
    monkeypatch.setattr(unpacking, name, most)
    assert "of packages, found more" in refused(unpacked)
