"""A job is shown the system, Python, and its own folders."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scorer.sandbox.job import BUNDLE, INPUT, OUTPUT, TEMPORARY, BrokenSandbox, Job, Limits
from scorer.sandbox.launch import interpreter
from scorer.sandbox.view import SHARED_MEMORY, memory_folders, shown_to, system_links

JOB = Job(["true"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that everybody may enter."""
    tmp_path.chmod(0o755)
    return tmp_path


def test_what_is_shown_of_the_system_are_programs_and_libraries() -> None:
    inside = {str(one.inside) for one in shown_to(JOB)}
    assert "/usr/bin" in inside
    assert not {"/", "/usr", "/usr/local", "/usr/src", "/etc", "/home", "/root", "/var", "/srv", "/tmp"} & inside
    assert {path for path in inside if path.startswith("/etc")} <= {
        "/etc/ld.so.cache",
        "/etc/alternatives",
        "/etc/localtime",
    }


def test_python_is_shown_without_what_lies_beside_it() -> None:
    inside = {one.inside for one in shown_to(JOB)}
    assert any(interpreter().is_relative_to(one) for one in inside)
    assert any(Path(sys.base_prefix, "lib").is_relative_to(one) for one in inside)
    assert interpreter().parent.parent not in inside - {Path("/usr")}


def test_a_bundle_and_its_inputs_have_places_of_their_own(folder: Path) -> None:
    shown = {one.inside: one.source for one in shown_to(replace(JOB, bundle=folder, inputs=folder))}
    assert shown[Path(BUNDLE)] == shown[Path(INPUT)] == folder.resolve()


def test_an_environment_is_shown_where_it_is_and_once(folder: Path) -> None:
    (folder / "inner").mkdir(mode=0o755)
    shown = shown_to(replace(JOB, environment=[folder, folder / "inner", folder, Path("/usr/bin")]))
    assert [one.inside for one in shown].count(folder) == 1
    assert folder / "inner" not in [one.inside for one in shown]
    assert [str(one.inside) for one in shown].count("/usr/bin") == 1


def test_outer_folders_come_before_inner_ones(folder: Path) -> None:
    (folder / "inner").mkdir(mode=0o755)
    inside = [one.inside for one in shown_to(replace(JOB, environment=[folder / "inner", folder]))]
    assert inside.index(folder) < inside.index(folder / "inner")


@pytest.mark.parametrize("kind", ["bundle", "inputs", "environment"])
def test_a_folder_that_nobody_else_may_enter_is_refused_in_words(folder: Path, kind: str) -> None:
    folder.chmod(0o700)
    job = replace(JOB, **{kind: [folder] if kind == "environment" else folder})  # type: ignore[arg-type]
    with pytest.raises(
        BrokenSandbox, match=f"{folder}: expected a folder that everybody may enter .* found drwx------"
    ):
        shown_to(job)


def test_what_is_no_folder_is_refused_in_words(folder: Path) -> None:
    with pytest.raises(BrokenSandbox, match="missing: expected a folder for the job to see \\(No such file"):
        shown_to(replace(JOB, bundle=folder / "missing"))
    (folder / "file").touch()
    with pytest.raises(BrokenSandbox, match="file: expected a folder"):
        shown_to(replace(JOB, bundle=folder / "file"))


def test_what_can_be_written_is_memory_of_the_size_that_is_allowed() -> None:
    sizes = memory_folders(Limits(output_bytes=10, temporary_bytes=20))
    assert sizes == {SHARED_MEMORY: 64 * 2**20, str(TEMPORARY): 20, str(OUTPUT): 10}


def test_links_of_the_system_stay_links() -> None:
    assert {link: Path(link).readlink() for link in system_links()} == {
        link: Path(target) for link, target in system_links().items()
    }
