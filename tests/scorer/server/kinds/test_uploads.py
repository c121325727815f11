"""What a challenge that asks for numbers accepts, and what it tells of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import audmetric
import numpy as np
import pytest
from flask.testing import FlaskClient
from sklearn import metrics

from scorer.server.accounts.models import Account
from tests.scorer.server import tiny_corpus
from tests.scorer.server.tiny_kinds import Numbers, TinyKind

Enter = Callable[..., dict[str, Any]]


def concatenated(kind: TinyKind, good: float) -> tuple[Numbers, Numbers]:
    """The attributes of all rows, as they are and as they are predicted with the decimals that are printed."""
    attributes = len(kind.challenge.task.attributes)
    truth = np.concatenate([labels.values for labels in kind.truth.values()])
    predicted = np.concatenate([np.round(rows, 6)[:, -attributes:] for rows in kind.predictions(good).values()])
    return truth, predicted


def named(kind: TinyKind, good: float) -> tuple[list[int], list[int]]:
    """The labels of the clips that count, as they are and as they are predicted."""
    scored = len(kind.challenge.task.scored_labels)
    predictions = kind.predictions(good)
    pairs = [(int(one.index[0]), int(predictions[name][0, :scored].argmax())) for name, one in kind.truth.items()]
    truth, predicted = zip(*[pair for pair in pairs if 0 <= pair[0] < scored], strict=True)
    return list(truth), list(predicted)


@pytest.mark.parametrize("kind", ["mosei"], indirect=True)
def test_the_error_of_intensities_is_that_of_scikit_learn(kind: TinyKind, enter: Enter) -> None:
    told = enter("A", 0.7)
    truth, predicted = concatenated(kind, 0.7)
    assert told["score"] == pytest.approx(metrics.mean_absolute_error(truth, predicted), abs=1e-4)
    report = told["report"]
    assert (report["metric"], report["counted"], report["rows"]) == ("mean_absolute_error", 19, 19)
    assert set(report["figures"]) == {"mean_absolute_error", "binary_accuracy", "four_class_accuracy"}
    assert list(report["parts"]) == ["anger", "disgust", "fear", "happy", "sad", "surprise"]
    happy = metrics.mean_absolute_error(truth[:, 3], predicted[:, 3])
    assert report["parts"]["happy"]["mean_absolute_error"] == pytest.approx(happy, abs=1e-4)
    assert (report["labels"], report["confusion"]) == ([], None)


@pytest.mark.parametrize("kind", ["recola", "mspface"], indirect=True)
def test_the_concordance_of_attributes_is_that_of_audmetric(kind: TinyKind, enter: Enter) -> None:
    told = enter("A", 0.8)
    truth, predicted = concatenated(kind, 0.8)
    each = [audmetric.concordance_cc(*pair) for pair in zip(truth.T, predicted.T, strict=True)]
    assert told["score"] == pytest.approx(np.mean(each), abs=1e-4)
    parts = told["report"]["parts"]
    for attribute, value in zip(kind.challenge.task.attributes, each, strict=True):
        assert parts[attribute.name]["concordance_cc"] == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize("kind", ["mspface"], indirect=True)
@pytest.mark.parametrize("good", [1.0, 0.2])
def test_the_labels_of_clips_are_counted_as_scikit_learn_counts_them(kind: TinyKind, enter: Enter, good: float) -> None:
    report = enter("A", good)["report"]
    truth, predicted = named(kind, good)
    assert len(truth) == 40, "the tie and the unscored label do not count"
    assert report["figures"]["macro_f1"] == pytest.approx(metrics.f1_score(truth, predicted, average="macro"), abs=1e-4)
    assert report["confusion"] == metrics.confusion_matrix(truth, predicted).tolist()
    assert report["labels"] == list(kind.challenge.task.scored_labels)
    assert (report["counted"], report["rows"]) == (45, 45)
    assert "5_classes.macro_f1" in report["figures"]


WORDS = {
    "mosei": (
        "Mean absolute error",
        "Binary accuracy",
        "4-class accuracy",
        "Correlation (r)",
        "Figures of each emotion",
    ),
    "mspface": ("Concordance (CCC)", "Macro F1, 5 classes", "Figures of each attribute", "What was taken for what"),
    "recola": ("Concordance (CCC)", "CCC, mean over recordings", "arousal", "Recording by recording"),
}


def test_an_upload_leads_to_a_page_with_all_its_figures(
    kind: TinyKind, browser: Any, client: FlaskClient, ada: Account
) -> None:
    browser.log_in("Ada")
    answer = browser.send("/submit", stage="test", file=(io.BytesIO(kind.zip(0.8)), "predictions.zip"))
    assert answer.status_code == 303, answer.text
    page = client.get(answer.location).text
    for words in (*WORDS[kind.challenge.name], "95&nbsp;% interval", "Your team’s rank"):
        assert words in page, words
    assert "Weighted accuracy" not in page
    assert "None" not in page
    assert "style=" not in page, "the content security policy forbids it"
    home = client.get("/submissions").text
    score = client.get("/api/v1/leaderboard").json["rows"]
    assert all(f"{row['score']:.4f}" in home for row in score if not row["baseline"])


def with_row(kind: TinyKind, row: str) -> dict[str, str]:
    """A submission in which one file's first row has other values beside its time."""
    files = kind.files(kind.best)
    first = sorted(files)[0]
    header, old, *others = files[first].splitlines()
    files[first] = "\n".join([header, f"{old.split(',')[0]},{row}", *others]) + "\n"
    return files


@pytest.mark.parametrize(
    ("kind", "row", "fault"),
    [
        (
            "mosei",
            "0,0,0,3.01,0,0",
            "id00000001.csv, row 2, column happy: expected a number from 0 to 3, found '3.01'",
        ),
        (
            "mosei",
            "0,0,0,none,0,0",
            "id00000001.csv, row 2, column happy: expected a number from 0 to 3, found 'none'",
        ),
        ("mosei", "0,-0.1,0,0,0,0", "column disgust: expected a number from 0 to 3, found '-0.1'"),
        ("mspface", "0,0,0,0,0,0,0,1.5,4,4,4", "column neutral: expected a number from 0 to 1, found '1.5'"),
        ("mspface", "1,0,0,0,0,0,0,0,4,4,0.9", "column dominance: expected a number from 1 to 7, found '0.9'"),
        ("recola", "0.5,nan", "column valence: expected a number from -1 to 1, found 'nan'"),
        ("recola", "0.5", "row 2: expected 3 columns"),
    ],
    indirect=["kind"],
)
def test_an_illegal_number_is_refused_with_its_row_and_its_column(
    kind: TinyKind, enter: Enter, row: str, fault: str
) -> None:
    told = enter("A", content=tiny_corpus.zip_of(with_row(kind, row)))
    assert told["state"] == "refused"
    [found] = told["faults"]
    assert fault in found["text"], found["text"]
    assert found["row"] == 2


def test_a_row_too_few_and_another_time_are_refused(kind: TinyKind, enter: Enter) -> None:
    files = kind.files(kind.best)
    first, second, *_ = sorted(files)
    files[first] = files[first].rpartition("\n")[0].rpartition("\n")[0] + "\n"
    header, row, *others = files[second].splitlines()
    time, comma, values = row.partition(",")
    files[second] = "\n".join([header, f"{float(time) + 0.001}{comma}{values}", *others]) + "\n"
    told = enter("A", content=tiny_corpus.zip_of(files))
    assert told["state"] == "refused"
    texts = [fault["text"] for fault in told["faults"]]
    assert any(first in text and "end of the file" in text for text in texts), texts
    assert any(second in text and "column Time" in text for text in texts), texts


def test_a_template_is_accepted_as_it_is_given_out(kind: TinyKind, enter: Enter, tmp_path: Any) -> None:
    published = kind.write_published(tmp_path)
    split = kind.challenge.split("test")
    folder = published / split.audience / split.folder / kind.challenge.submission.folder
    files = {f"{folder.name}/{file.name}": file.read_text() for file in folder.iterdir()}
    told = enter("A", content=tiny_corpus.zip_of(files))
    assert told["state"] == "scored", told["faults"]
    if kind.challenge.task.metric == "concordance_cc":
        assert told["score"] == 0.0, "what is constant agrees with nothing"
