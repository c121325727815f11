"""The command line of the baseline, as a participant uses it."""

import csv

import pytest
from click.testing import CliRunner

from baseline.__main__ import main
from data_spec.challenge import Challenge
from data_spec.corpus import open_folder
from data_spec.publish import publish
from data_spec.synthetic.corpus import synthesize
from scorer.submission import read


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
    model, zip_file, test = tmp_path / "model.keras", tmp_path / "predictions.zip", published / "participants" / "test"
    trained = run("train", published / "participants", "--out", model, "--modalities", "kinect,eyes", "--epochs", 1)
    assert trained.exit_code == 0, trained.output
    assert "trained on eyes, kinect" in trained.output
    predicted = run("predict", model, test, "--out", zip_file)
    assert predicted.exit_code == 0, predicted.output
    folder = open_folder(test)
    assert read(zip_file, folder.templates, folder.challenge).accepted


@pytest.mark.slow
def test_an_ablation_is_a_table_and_a_plot_beside_the_published_figures(tmp_path, corpus, merc2017):
    result = run("ablate", corpus.root, "--out", tmp_path / "ablation", "--epochs", 1)
    assert result.exit_code == 0, result.output
    with (tmp_path / "ablation" / "ablation.csv").open() as file:
        rows = {row["modalities"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["all", "eyes", "kinect"]
    assert float(rows["all"]["published"]) == merc2017.baseline.score
    assert float(rows["eyes"]["published"]) == merc2017.baseline.single_modalities["eyes"]
    for row in rows.values():
        assert 0 <= float(row["low"]) <= float(row["measured"]) <= float(row["high"]) <= 1
    assert (tmp_path / "ablation" / "ablation.md").read_text() in result.output
    assert (tmp_path / "ablation" / "ablation.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "{corpus}", "--out", "m.h5"], "expected a name that ends in .keras, received m.h5"),
        (["train", "{corpus}", "--out", "m.keras", "--modalities", "eyes,nose"], "received nose"),
        (["train", "{tmp}", "--out", "m.keras"], "no challenge.yaml in it"),
        (["train", "{tmp}/none", "--out", "m.keras"], "no challenge.yaml in it"),
        (
            ["predict", "{tmp}/none.keras", "{corpus}/test", "--out", "p.zip"],
            "none.keras: expected a .keras file that `baseline train` wrote, found nothing",
        ),
        (["predict", "{tmp}", "{corpus}/test", "--out", "p.zip"], "`baseline train` wrote, found a folder"),
        (["predict", "m.keras", "{corpus}/test", "--out", "{tmp}"], "expected the name of a file, found the folder"),
        (["train", "{corpus}", "--out", "{corpus}/challenge.yaml/m.keras"], "expected a folder, found the file"),
        (["ablate", "{corpus}", "--out", "{corpus}/challenge.yaml"], "expected a folder, found the file"),
        (["train", "{corpus}", "--out", "m.keras", "--seed", "-1"], "-1 is not in the range"),
        (["ablate", "{published}/participants", "--out", "a"], "expected the labels of all"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line_with_exit_code_2(tmp_path, corpus, published, arguments, words):
    places = {"corpus": corpus.root, "published": published, "tmp": tmp_path}
    result = run(*(argument.format(**places) for argument in arguments))
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["train", "predict", "ablate"])
def test_every_command_explains_itself_with_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"python -m baseline {command}" in result.output
