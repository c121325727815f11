from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from data_spec.__main__ import main
from data_spec.annotations.consensus import annotation_faults
from data_spec.challenge import load_challenge
from data_spec.corpus import Corpus
from data_spec.csv_files import read_labels


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.output


@pytest.mark.parametrize("command", ["raters", "consensus", "agreement"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    code, output = run(command, "--help")
    assert code == 0
    assert f"python -m data_spec {command} " in output


@pytest.mark.parametrize("command", ["raters", "consensus", "agreement"])
def test_an_input_that_is_not_there_is_wrong_usage_and_no_traceback(command: str, tmp_path: Path) -> None:
    code, output = run(command, tmp_path / "nowhere")
    assert (code, output.startswith("Error: "), output.count("\n")) == (2, True, 1)


def test_labels_are_written_from_annotations_and_then_are_what_the_raters_said(clip_corpus: Corpus) -> None:
    assert run("consensus", clip_corpus.root, "--check")[0] == 1
    assert not (clip_corpus.root / "train" / "labels").exists()
    code, output = run("consensus", clip_corpus.root)
    assert code == 0
    assert output.count("was: ") == 20
    assert "and 60 more files" in output
    assert output.endswith("80 recordings with annotations; 80 label files written anew\n")
    assert run("consensus", clip_corpus.root, "--check") == (
        0,
        "80 recordings with annotations; no label files differ\n",
    )
    for file in (clip_corpus.root / "train" / "annotations").glob("*.csv"):
        assert (
            annotation_faults(file, clip_corpus.root / "train" / "labels" / file.name, clip_corpus.challenge.task) == []
        )


def test_what_changed_is_told_and_a_clip_keeps_its_begin(clip_corpus: Corpus) -> None:
    run("consensus", clip_corpus.root)
    labels = clip_corpus.root / "train" / "labels" / "clip007.csv"
    time, *rest = labels.read_text().splitlines()[1].split(",")
    labels.write_text(f"{','.join(clip_corpus.challenge.task.label_columns)}\n12.5,{','.join(rest[:-1])},1.0\n")
    code, output = run("consensus", clip_corpus.root, "--check")
    assert code == 1
    assert f"differs: {labels}, line 2, column 'dominance': expected " in output
    assert run("consensus", clip_corpus.root)[0] == 0
    assert float(time) == 0.0
    assert read_labels(labels, clip_corpus.challenge.task).times.tolist() == [12.5]
    assert run("consensus", clip_corpus.root, "--check")[0] == 0


def test_labels_of_traces_are_their_means(trace_corpus: Corpus) -> None:
    assert run("consensus", trace_corpus.root)[0] == 0
    for name in ("one", "two"):
        with (trace_corpus.root / "train" / "annotations" / f"{name}.csv").open() as file:
            rows = np.array([[float(text) for text in row] for row in list(csv.reader(file))[1:]])
        found = read_labels(trace_corpus.root / "train" / "labels" / f"{name}.csv", trace_corpus.challenge.task)
        np.testing.assert_allclose(found.values[:, 0], rows[:, 1:5].mean(axis=1), atol=1e-12)
        np.testing.assert_allclose(found.values[:, 1], rows[:, 5:9].mean(axis=1), atol=1e-12)
    assert run("consensus", trace_corpus.root, "--check")[0] == 0


def test_raters_of_clips_are_told_listed_and_tracked(clip_corpus: Corpus, tmp_path: Path) -> None:
    code, output = run("raters", clip_corpus.root, "--out", tmp_path / "raters.csv")
    assert code == 0
    assert "all annotations: 80 recordings, 800 annotations" in output
    assert "the first 5 of each clip: 80 recordings, 400 annotations" in output
    assert output.count("labels: Fleiss' kappa 0.") == 3
    assert output.count("  arousal: Krippendorff's alpha 0.") == 3
    assert "consistently below 0.1: 2 of the 10 raters with 10 items or more: guess" in output
    assert "tracking by 20 references: 2 of 10 raters stopped" in output
    with (tmp_path / "raters.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["rater"] for row in rows} == {*(f"good{n}" for n in range(8)), "guess0", "guess1"}
    assert {row["items"] for row in rows} == {"80"}
    assert [float(row["agreement"]) for row in rows] == sorted(float(row["agreement"]) for row in rows)


def test_without_the_annotations_after_a_stop_the_raters_agree_more(clip_corpus: Corpus) -> None:
    output = run("raters", clip_corpus.root)[1]
    kappas = [float(line.split()[-1]) for line in output.splitlines() if "Fleiss' kappa" in line]
    assert "without these " in output
    assert kappas[2] > kappas[0]
    assert "labels that would be others: " in output


def test_raters_of_traces_are_told_and_listed(trace_corpus: Corpus) -> None:
    code, output = run("raters", trace_corpus.root, "--least-items", "2", "--low", "0.3")
    assert code == 0
    assert "all annotations: 2 recordings, 8 annotations" in output
    assert "kappa" not in output
    assert "consistently below 0.3: 1 of the 4 raters with 2 items or more: noise" in output
    assert "tracking" not in output


def test_a_corpus_without_references_or_with_broken_orders_is_told(clip_corpus: Corpus) -> None:
    first, second = sorted((clip_corpus.root / "train" / "annotations").glob("*.csv"))[:2]
    second.write_text(first.read_text())
    code, output = run("raters", clip_corpus.root)
    assert code == 2
    assert f"Error: {clip_corpus.root}: {first.stem}, {second.stem}: expected every item of good0 at another" in output
    (clip_corpus.root / "references.csv").unlink()
    code, output = run("raters", clip_corpus.root)
    assert code == 0
    assert "tracking: no recording of references.csv has annotations" in output


@pytest.mark.parametrize("command", ["raters", "consensus"])
def test_a_corpus_without_annotations_or_of_a_task_that_keeps_none_is_refused(command: str, tmp_path: Path) -> None:
    clips = Corpus.create(tmp_path / "clips", load_challenge("mspface"))
    (clips.root / "train").mkdir()
    assert run(command, clips.root) == (
        2,
        f"Error: {clips.root}: expected annotations in train/annotations, found none\n",
    )
    frames = Corpus.create(tmp_path / "frames", load_challenge("merc2017"))
    code, output = run(command, frames.root)
    assert code == 2
    assert "found framewise_one_hot" in output


def test_a_file_that_cannot_be_read_is_told_in_one_line(clip_corpus: Corpus) -> None:
    file = clip_corpus.root / "train" / "annotations" / "clip000.csv"
    file.write_text("nonsense\n")
    for command in ("raters", "consensus"):
        assert run(command, clip_corpus.root) == (
            2,
            f"Error: {file}, line 2: expected at least one row, found the end of the file\n",
        )


def test_agreement_of_crema_d_is_told_for_voice_face_and_both(shared_data: Callable[[str], Path]) -> None:
    folder = shared_data("crema-d")
    code, output = run("agreement", folder)
    assert code == 0
    table = {line.split()[0]: line.split()[1:] for line in output.splitlines()[1:4]}
    for shown, kappa in (("voice", 0.278), ("face", 0.456), ("both", 0.494)):
        assert table[shown][0] == "7442"
        assert float(table[shown][3]) == pytest.approx(kappa, abs=0.002)
    assert sum(int(fields[2]) for fields in table.values()) == 1534
    assert sum(int(fields[1]) for fields in table.values()) == 212_000
    assert run("agreement", folder / "tabulatedVotes.csv") == (code, output)
