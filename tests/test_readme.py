"""What the README says can be done is done here: its commands, in its order, in a folder with nothing but the code."""

import csv
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLOCKS = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)


def test_the_two_commands_of_the_first_screen_are_targets_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^make (\w+)", BLOCKS[0], re.MULTILINE)
    assert targets == ["demo", "test"]
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_commands_for_organiser_participant_researcher_and_visitor_run_as_written(tmp_path):
    for package in ("baseline", "data_spec", "scorer", "submissions"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    commands = "\n".join(BLOCKS[1:]).replace("8000", str(port))
    # The server of the block for organisers takes a moment to answer; a person would not notice.
    answers = f"until python -m scorer leaderboard --url http://127.0.0.1:{port} >/dev/null 2>&1; do sleep 0.3; done"
    started = commands.replace("python -m scorer serve", "trap 'kill $(jobs -p); wait' EXIT\npython -m scorer serve")
    script = re.sub(r"(serve .*&)\n", rf"\1\n{answers}\n", started)
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=560,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert "Team A" in result.stdout
    assert "matched: public: 0.000000 of the rows differ" in result.stdout
    assert (tmp_path / "report.json").stat().st_size > 0


def test_every_picture_and_file_that_the_readme_shows_is_there():
    text = (ROOT / "README.md").read_text()
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_measured_figures_are_those_of_the_manifest_of_systems():
    text = (ROOT / "README.md").read_text()
    told = re.findall(
        r"^\| `(\w+)` \| `(.+?)` \| (.+?) \| `(.+?)` \| (.+?) \| ([-\d.]+) ± ([\d.]+) \|$", text, re.MULTILINE
    )
    with (ROOT / "baseline" / "systems.csv").open(newline="") as file:
        columns = ("system", "variant", "corpus", "figure", "published", "measured", "sd")
        known = {tuple(row[name] for name in columns) for row in csv.DictReader(file)}
    assert len(told) > 20
    assert [row for row in told if tuple(cell.replace("–", "") for cell in row) not in known] == []


def test_the_ratios_and_goals_are_those_that_make_bench_wrote():
    with (ROOT / "benchmarks" / "results.csv").open(newline="") as file:
        known = [tuple(row.values()) for row in csv.DictReader(file)]

    def told(readme):
        row = r"^\| (\w+) \| (.+?) \| ([-\d.e]+) \| ([<>]= [\d.]+) \| (yes|no) \|$"
        return re.findall(row, readme.read_text(), re.MULTILINE)

    assert told(ROOT / "benchmarks" / "README.md") == known
    assert len(told(ROOT / "README.md")) > 5
    assert set(told(ROOT / "README.md")) <= set(known)
