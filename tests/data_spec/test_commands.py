from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from data_spec.__main__ import main
from data_spec.corpus import Corpus

COMMANDS = ["synthesize", "extract", "check", "publish", "import"]


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.output


def test_every_command_is_listed() -> None:
    code, output = run("--help")
    assert code == 0
    assert all(f"\n  {command} " in output for command in COMMANDS)


@pytest.mark.parametrize(
    "command",
    [
        ["synthesize"],
        ["check"],
        ["publish"],
        ["import"],
        ["import", "ravdess"],
        ["import", "ravdess-speech"],
        ["import", "crema-d"],
    ],
)
def test_every_command_has_help_with_an_example(command: list[str]) -> None:
    code, output = run(*command, "--help")
    assert code == 0
    assert f"python -m data_spec {' '.join(command)} " in output


def test_an_unknown_command_is_wrong_usage() -> None:
    assert run("verify")[0] == 2


def test_a_sound_corpus_exits_0_and_says_what_it_holds(tiny_corpus: Corpus) -> None:
    code, output = run("check", tiny_corpus.root)
    assert code == 0
    assert "train: 6 recordings (asked 312 of 581)" in output
    assert output.endswith("  no faults\n")


def test_faults_exit_1_and_20_of_them_are_shown(tiny_corpus: Corpus) -> None:
    for number in range(25):
        (tiny_corpus.root / "train" / "audio" / f"note{number}.txt").write_text("")
    code, output = run("check", tiny_corpus.root)
    assert code == 1
    assert output.count("fault: ") == 20
    assert "and 5 more faults" in output
    assert output.endswith("  25 faults\n")


def test_what_publish_wrote_is_checked_folder_by_folder(tiny_corpus: Corpus, tmp_path: Path) -> None:
    assert run("publish", tiny_corpus.root, tmp_path / "out") == (
        0,
        f"published in {tmp_path / 'out'}: organisers, participants, stage2\n",
    )
    code, output = run("check", tmp_path / "out")
    assert code == 0
    assert output.count("no faults") == 3


@pytest.mark.parametrize(
    "command",
    [
        ["check", "nowhere"],
        ["publish", "nowhere", "out"],
        ["import", "ravdess", "nowhere", "out"],
        ["import", "ravdess-speech", "nowhere", "out"],
        ["import", "crema-d", "nowhere", "out"],
    ],
)
def test_an_input_that_is_not_there_is_wrong_usage_and_no_traceback(command: list[str], tmp_path: Path) -> None:
    words = [str(tmp_path / word) if word in ("nowhere", "out") else word for word in command]
    code, output = run(*words)
    assert code == 2
    assert output.startswith("Error: ")
    assert len(output.splitlines()) == 1


def test_checking_loads_neither_opensmile_nor_tensorflow(tiny_corpus: Corpus) -> None:
    script = f"""
import sys
from data_spec.__main__ import main
try:
    main(["check", {str(tiny_corpus.root)!r}])
except SystemExit as end:
    assert end.code == 0
assert not {{"opensmile", "soundfile", "tensorflow", "statsmodels", "krippendorff"}} & set(sys.modules)
"""
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, cwd=root)
