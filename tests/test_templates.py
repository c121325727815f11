"""The templates that lie beside the code are those that `publish` writes, one for each kind of task."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_spec.challenge import load_challenge
from data_spec.csv_files import read_template, write_template
from data_spec.task import KINDS

TEMPLATES = sorted((Path(__file__).parents[1] / "templates").glob("*/prediction/*.csv"))


def test_there_is_one_for_each_kind_of_task():
    assert {load_challenge(file.parents[1].name).task.kind for file in TEMPLATES} == set(KINDS)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.parents[1].name)
def test_each_is_what_is_written_for_its_times(file: Path, tmp_path: Path):
    task = load_challenge(file.parents[1].name).task
    write_template(tmp_path / file.name, read_template(file, task), task)
    assert (tmp_path / file.name).read_bytes() == file.read_bytes()


def test_the_page_about_them_names_each():
    text = (TEMPLATES[0].parents[2] / "README.md").read_text(encoding="utf-8")
    assert [file for file in TEMPLATES if str(file.relative_to(TEMPLATES[0].parents[2])) not in text] == []
