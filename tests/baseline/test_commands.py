"""The command line of the baseline, as a participant uses it."""

import csv
import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner

from baseline.__main__ import main
from baseline.systems import decision_fusion
from data_spec.challenge import Challenge
from data_spec.corpus import open_folder
from data_spec.publish import publish
from data_spec.synthetic.corpus import synthesize
from scorer.submission import read

TINY = ("--size", "tiny")


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def challenge(merc2017):
    """The challenge with its two smallest modalities: models of it are built in seconds."""
    content, kept = merc2017.model_dump(mode="json", exclude_none=True), ("eyes", "kinect")
    content["modalities"] = [one for one in content["modalities"] if one["name"] in kept]
    places = (content["baseline"]["single_modalities"], content["missing"]["absent_files"])
    for of_modality in (*places, content["synthetic"]["modalities"]):
        for name in set(of_modality) - set(kept):
            del of_modality[name]
    return Challenge.model_validate(content)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, challenge):
    return synthesize(tmp_path_factory.mktemp("commands") / "corpus", challenge, recordings=14, seed=1)


@pytest.fixture(scope="module")
def published(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("commands") / "published"
    publish(corpus, out)
    return out


@pytest.mark.slow
def test_a_participant_trains_predicts_and_has_a_zip_that_the_checker_accepts(tmp_path, published):
    run_folder, zip_file, test = tmp_path / "run", tmp_path / "predictions.zip", published / "participants" / "test"
    trained = run("train", published / "participants", "--out", run_folder, "--variant", "kinect", *TINY, "--hold-out")
    assert trained.exit_code == 0, trained.output
    assert "Decision fusion (naive baseline), kinect; recordings: " in trained.output
    assert "validation: weighted_accuracy " in trained.output
    assert f"to submit: {run_folder / 'predictions.zip'}" in trained.output
    predicted = run("predict", run_folder, test, "--out", zip_file)
    assert predicted.exit_code == 0, predicted.output
    folder = open_folder(test)
    assert read(zip_file, folder.templates, folder.challenge).accepted
    assert zip_file.read_bytes() == (run_folder / "predictions.zip").read_bytes()


@pytest.mark.slow
def test_an_organiser_sees_the_published_figure_beside_the_measured_one(tmp_path, corpus, merc2017):
    result = run("train", corpus.root, "--out", tmp_path / "run", "--variant", "eyes", "--seed", 4, *TINY)
    assert result.exit_code == 0, result.output
    assert re.search(r"test: weighted_accuracy 0\.\d{3} \(0\.\d{3} to [01]\.\d{3}\), published 0\.240", result.output)
    assert json.loads((tmp_path / "run" / "configuration.json").read_text())["seed"] == 4


@pytest.mark.slow
def test_a_published_table_is_measured_by_one_command(tmp_path, corpus, monkeypatch):
    # The corpus has the two smallest modalities only.
    small = replace(decision_fusion.MODALITIES, figures=decision_fusion.MODALITIES.figures[-2:])
    monkeypatch.setattr(decision_fusion, "SYSTEM", replace(decision_fusion.SYSTEM, tables=(small,)))
    out = tmp_path / "tables"
    result = run("tables", "decision_fusion", corpus.root, "--out", out, "--seeds", 1, "--corpus-name", "two", *TINY)
    assert result.exit_code == 0, result.output
    with (out / "modalities.csv").open() as file:
        rows = {row["variant"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["kinect", "eyes"]
    assert rows["eyes"]["published"] == "0.240"
    assert rows["eyes"]["corpus"] == "two"
    assert (rows["eyes"]["seeds"], rows["eyes"]["sd"]) == ("1", "")
    assert "--seeds 1 --size tiny" in rows["eyes"]["command"]
    assert (out / "modalities.md").read_text() in result.output
    assert (out / "modalities.png").read_bytes().startswith(b"\x89PNG")
    assert (out / "runs" / "decision_fusion-kinect-seed-0" / "training.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "{corpus}", "--out", "r", "--variant", "eyes+nose"], "expected 'all' or some of eyes+kinect"),
        (["train", "{corpus}", "--out", "r", "--set", "epochs=0"], "epochs: expected greater than or equal to 1"),
        (["train", "{corpus}", "--out", "r", "--set", "nose=1"], "expected one of the settings epochs, batch,"),
        (["train", "{corpus}", "--out", "r", "--system", "nose"], "'nose' is not one of 'decision_fusion',"),
        (["train", "{corpus}", "--out", "r", "--system", "early_fusion"], "of the kind framewise_one_hot"),
        (["train", "{tmp}", "--out", "r"], "no challenge.yaml in it"),
        (["train", "{tmp}/none", "--out", "r"], "no challenge.yaml in it"),
        (["train", "{corpus}", "--out", "{corpus}"], "expected a new or empty folder, found files in it"),
        (["predict", "{tmp}/none", "{corpus}/test", "--out", "p.zip"], "none: expected a run that `baseline train`"),
        (["predict", "{corpus}", "{corpus}/test", "--out", "p.zip"], "expected a run that `baseline train` wrote"),
        (["predict", "r", "{corpus}/test", "--out", "{tmp}"], "expected the name of a file, found the folder"),
        (["train", "{corpus}", "--out", "{corpus}/challenge.yaml/r"], "expected a folder, found the file"),
        (["tables", "decision_fusion", "{corpus}", "--out", "{corpus}/challenge.yaml"], "found the file"),
        (["tables", "decision_fusion", "{corpus}", "--out", "t", "--table", "nose"], "expected one of modalities"),
        (["train", "{corpus}", "--out", "r", "--seed", "-1"], "-1 is not in the range"),
        (["tables", "decision_fusion", "{published}/participants", "--out", "t"], "expected the labels of all"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line_with_exit_code_2(
    tmp_path, monkeypatch, corpus, published, arguments, words
):
    places = {"corpus": corpus.root, "published": published, "tmp": tmp_path}
    monkeypatch.chdir(tmp_path)
    result = run(*(argument.format(**places) for argument in arguments))
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["train", "predict", "tables"])
def test_every_command_explains_itself_with_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"python -m baseline {command}" in result.output


def test_a_command_that_does_not_need_tensorflow_does_not_wait_for_it():
    code = (
        "import sys; from baseline.__main__ import main; "
        "[main.get_command(None, name) for name in ('train', 'predict', 'tables')]; "
        "sys.exit([name for name in ('tensorflow', 'keras') if name in sys.modules] or 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
