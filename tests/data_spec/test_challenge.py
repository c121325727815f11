from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from data_spec.challenge import (
    CHALLENGES,
    FILE_NAME,
    Challenge,
    ChallengeError,
    dump_challenge,
    find_challenge,
    load_challenge,
    parse_challenge,
)

MERC2017 = CHALLENGES / "merc2017.yaml"


def merc2017_with(keys: str, value: object) -> str:
    """The text of merc2017 with one value replaced, added, or removed where it is None; `keys` are dotted."""
    content: Any = yaml.safe_load(MERC2017.read_text(encoding="utf-8"))
    *way, last = (int(key) if key.isdecimal() else key for key in keys.split("."))
    section = content
    for key in way:
        section = section[key]
    if value is None:
        del section[last]
    else:
        section[last] = value
    return yaml.safe_dump(content, sort_keys=False)


def test_merc2017_has_the_streams_of_the_real_files(merc2017: Challenge) -> None:
    assert [(m.name, m.folder, m.rate, m.features, m.header) for m in merc2017.modalities] == [
        ("audio", "audio", 100, 36, "names"),
        ("face", "face_nn", 50, 100, "ignored"),
        ("eyes", "eyes", 50, 6, "ignored"),
        ("kinect", "kinect", 15, 27, "names"),
    ]


def test_merc2017_has_the_task_of_the_overview(merc2017: Challenge) -> None:
    task = merc2017.task
    assert task.columns == ("Time", "Anger", "Sad", "Disgust", "Happy", "Scared", "Neutral")
    assert (task.agreement_column, task.agreement_threshold) == ("Agreement score", 0.6)
    assert (task.rate, task.window_seconds, task.window_frames, task.metric) == (100, 4.0, 400, "weighted_accuracy")
    assert (merc2017.annotation.annotators, merc2017.annotation.per_recording[0]) == (21, 5)


def test_merc2017_has_the_splits_of_the_overview_and_its_counts(merc2017: Challenge) -> None:
    splits = merc2017.splits
    assert [(f.name, f.folder, f.labels) for f in splits.folders] == [
        ("train", "train", "published"),
        ("public", "test", "hidden"),
        ("private", "private_test", "hidden"),
    ]
    assert splits.counts == {"train": 312, "public": 143, "private": 126}
    assert [(s.sessions, tuple(s.proportions.values())) for s in splits.strata] == [
        ((1, 2, 3, 4, 5), (2, 1, 1)),
        ((6,), (0, 1, 2)),
    ]


def test_merc2017_has_the_rules_of_the_overview(merc2017: Challenge) -> None:
    assert merc2017.baseline.score == 0.525
    assert merc2017.baseline.single_modalities == {"audio": 0.32, "face": 0.48, "kinect": 0.36, "eyes": 0.24}
    assert merc2017.verification.max_residual == 0.01
    assert [(stage.name, stage.split) for stage in merc2017.stages] == [("public", "public"), ("private", "private")]
    admits = merc2017.stage("public").admits
    assert admits is not None
    assert (admits.top, admits.over_baseline) == (50, True)
    assert merc2017.missing is not None
    assert (merc2017.missing.share_in_all, merc2017.missing.zeroed_files) == (0.24, 0.4)
    assert merc2017.missing.zeroed_seconds_mean == 10.0
    assert merc2017.submission.folder == "prediction"


@pytest.mark.parametrize(
    ("keys", "value", "words"),
    [
        # what nobody reads, and what is not there
        ("colour", "red", ["colour", "Extra"]),
        ("task.lables", ["a", "b"], ["task.lables"]),
        ("modalities.1.fps", 50, ["modalities.1.fps"]),
        ("splits.folders.0.folders", "x", ["splits.folders.0.folders"]),
        ("task.rate", None, ["task.rate", "required"]),
        ("verification", None, ["verification", "required"]),
        # other types
        ("task.rate", "100", ["task.rate", "integer", "'100'"]),
        ("task.rate", 100.5, ["task.rate", "integer", "100.5"]),
        ("task.rate", True, ["task.rate", "integer", "True"]),
        ("task.labels", "Anger", ["task.labels", "tuple", "'Anger'"]),
        ("task.labels", [True, False], ["task.labels.0", "string", "True"]),
        ("stages.0.admits.over_baseline", "yes", ["stages.0.admits.over_baseline", "boolean", "'yes'"]),
        ("modalities", {"audio": 1}, ["modalities", "tuple"]),
        ("title", 2017, ["title", "string", "2017"]),
        # outside what there is
        ("task.agreement_threshold", 1.6, ["task.agreement_threshold", "less than or equal to 1", "1.6"]),
        ("task.agreement_threshold", float("nan"), ["task.agreement_threshold", "nan"]),
        ("task.window_seconds", float("inf"), ["task.window_seconds", "finite", "inf"]),
        ("splits.strata.0.proportions.train", float("inf"), ["splits.strata.0.proportions.train", "finite"]),
        ("task.metric", "error_rate", ["task.metric", "weighted_accuracy", "error_rate"]),
        ("modalities.0.header", "none", ["modalities.0.header", "'names' or 'ignored'", "'none'"]),
        ("modalities.0.features", 0, ["audio.features", "over 0", "0"]),
        ("modalities.0.folder", "../audio", ["modalities.0.folder", "pattern", "../audio"]),
        ("splits.folders.0.folder", "", ["splits.folders.0.folder", "pattern"]),
        ("name", "MERC 2017", ["name", "pattern", "MERC 2017"]),
        ("task.labels.0", "Anger,Sad", ["task.labels.0", "pattern", "Anger,Sad"]),
        ("task.agreement_column", "Agreement\nscore", ["task.agreement_column", "pattern"]),
        ("team.time_zone", "Middle/Earth", ["team", "time_zone", "Europe/Rome", "Middle/Earth"]),
        ("team.time_zone", "../etc/passwd", ["team", "time_zone"]),
        # values that contradict each other
        ("task.labels.1", "Anger", ["task", "labels", "every label once"]),
        ("task.labels.1", "Time", ["task", "labels", "'Time'"]),
        ("task.agreement_column", "Sad", ["task", "agreement_column", "'Sad'"]),
        ("task.window_seconds", 0.004, ["task", "window_seconds", "at least one frame", "0.004"]),
        ("annotation.per_recording", [9, 5], ["annotation", "per_recording", "[9, 5]"]),
        ("annotation.annotators", 8, ["annotation", "per_recording", "8 annotators"]),
        ("modalities.1.name", "audio", ["modalities", "every name once"]),
        ("modalities.1.folder", "audio", ["modalities", "every folder once"]),
        ("modalities.1.folder", "labels", ["modalities", "none of", "labels"]),
        ("submission.folder", "kinect", ["modalities", "none of", "kinect"]),
        ("submission.time_tolerance_seconds", 0.005, ["submission.time_tolerance_seconds", "half a frame", "0.005"]),
        ("splits.folders.1.folder", "train", ["splits", "every folder once"]),
        ("splits.counts.private", None, ["splits", "counts", "private"]),
        ("splits.counts", {"train": 0, "public": 0, "private": 0}, ["splits", "counts", "at least one"]),
        ("splits.unit", "actor", ["splits", "counts", "'actor'"]),
        ("splits.strata.1.sessions", [5, 6], ["splits", "strata", "two strata"]),
        ("splits.strata.1.proportions", {"train": 0, "public": 1}, ["splits", "strata", "private"]),
        ("splits.strata.1.proportions", {"train": 0, "public": 0, "private": 0}, ["splits", "strata", "no split"]),
        ("splits.strata", [{"sessions": [1], "proportions": {"train": 1, "public": 0, "private": 1}}],
         ["splits", "counts.public", "expected 0", "143"]),
        ("stages.0.submissions_per_day", 101, ["stages.0", "submissions_per_day", "100", "101"]),
        ("stages.0.split", "dev", ["stages.public.split", "'public'", "'dev'"]),
        ("stages.0.split", "train", ["stages.public.split", "published"]),
        ("stages.1.name", "public", ["stages", "every name once"]),
        ("stages.1.admits", {"top": 3, "over_baseline": False}, ["stages.private.admits", "no stage after it"]),
        ("stages.0.opens_at", "2017-09-01T12:00:00", ["stages.0.opens_at", "with its zone", "'2017-09-01T12:00:00'"]),
        ("stages.0.opens_at", "2017-09-01", ["stages.0.opens_at", "with its zone", "'2017-09-01'"]),
        ("stages.0.opens_at", "2017-02-30T12:00:00Z", ["stages.0.opens_at", "with its zone", "2017-02-30"]),
        ("stages.0.opens_at", "0001-01-01T00:00:00+14:00", ["stages.0.opens_at", "with its zone", "0001-01-01"]),
        ("stages.0.opens_at", "12:00 in Rome", ["stages.0.opens_at", "with its zone", "12:00 in Rome"]),
        ("stages.0.opens_at", 1504267200, ["stages.0.opens_at", "with its zone", "1504267200"]),
        ("stages.1.closes_at", "2017-09-01T12:00:00Z", ["stages.1", "opens_at", "since there is a closes_at"]),
        ("stages.0.shows", ["confusion", "labels"], ["stages.0.shows.1", "'confusion' or 'recordings'", "'labels'"]),
        ("stages.0.shows", ["confusion", "confusion"], ["stages.0", "shows", "every part once"]),
        ("stages.0.ladder_step", 0.0, ["stages.0.ladder_step", "greater than 0"]),
        ("stages.0.ladder_step", 1.0, ["stages.0.ladder_step", "less than 1"]),
        ("baseline.single_modalities.voice", 0.3, ["baseline.single_modalities", "voice"]),
        ("missing.absent_files", {"audio": 0.1}, ["missing.absent_files", "kinect"]),
        ("synthetic.modalities.eyes", None, ["synthetic.modalities", "eyes"]),
        ("synthetic.label_shares.Sad", None, ["synthetic.label_shares", "Sad"]),
        ("synthetic.modalities.kinect.ranges", [[0, 1], [0, 2]], ["synthetic.modalities.kinect.ranges", "27", "2"]),
        ("synthetic.modalities.eyes.flags", [4, 6], ["synthetic.modalities.eyes.flags", "0 to 5", "[6]"]),
        ("synthetic.modalities.audio.unvoiced.columns", [-1], ["modalities.audio.unvoiced.columns", "0 to 35"]),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_refused_with_file_and_key(
    tmp_path: Path, keys: str, value: object, words: Sequence[str]
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(merc2017_with(keys, value), encoding="utf-8")
    with pytest.raises(ChallengeError) as caught:
        load_challenge(path)
    for word in [str(path), *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: a\nname: b\n", ["'name' stands twice", "line 2"]),
        ("task: {rate: 1, rate: 2}\n", ["'rate' stands twice", "line 1"]),
        ("name: [unclosed\n", ["not readable as YAML", "line 2"]),
        ("\tname: x\n", ["not readable as YAML", "line 1"]),
        ("? [a]\n: 1\n", ["a key is no text", "line 1"]),
        ("1: 2\n", ["Keys should be strings"]),
        ("base: &base {a: 1}\nname: {<<: *base}\n", ["not readable as YAML", "line 2"]),
        ("name: !!int sixty\n", ["not readable as YAML"]),
        ("name: !!timestamp 2017-02-30\n", ["not readable as YAML"]),
        ("name: &name [*name]\n", ["not readable as YAML"]),
        ("[" * 5000, ["not readable as YAML"]),
        ("name: !!python/object/apply:os.getpid []\n", ["not readable as YAML", "python/object"]),
        ("name: \x00\n", ["not readable as YAML"]),
        ("", ["challenge", "None"]),
        ("- name\n", ["challenge", "('name',)"]),
        ("merc2017\n", ["challenge", "'merc2017'"]),
    ],
)
def test_a_text_that_is_no_challenge_is_refused_with_its_place(text: str, words: Sequence[str]) -> None:
    with pytest.raises(ChallengeError) as caught:
        parse_challenge(text, "mine.yaml")
    for word in ["mine.yaml", *words]:
        assert word in str(caught.value)


def test_all_faults_of_a_file_are_named_at_once() -> None:
    text = merc2017_with("task.rate", 0).replace("folder: face_nn", "folder: 7")
    with pytest.raises(ChallengeError, match=r"modalities\.1\.folder: .*; task\.rate: "):
        parse_challenge(text, "mine.yaml")


def test_a_name_that_is_no_challenge_is_answered_with_those_there_are() -> None:
    with pytest.raises(ChallengeError, match=r"'merc2016'; expected one of \[.*'merc2017'.*\]"):
        load_challenge("merc2016")


@pytest.mark.parametrize("kind", ["nothing", "a folder", "no text"])
def test_a_file_that_cannot_be_read_is_refused_by_its_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "mine.yaml"
    if kind == "a folder":
        path.mkdir()
    elif kind == "no text":
        path.write_bytes(b"name: \xff\n")
    with pytest.raises(ChallengeError, match=re.escape(f"{path}: cannot be read")):
        load_challenge(path)


@pytest.mark.parametrize("path", sorted(CHALLENGES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_challenge_of_the_kit_is_named_as_its_file_and_survives_being_written(path: Path) -> None:
    challenge = load_challenge(path)
    assert challenge.name == path.stem
    assert parse_challenge(dump_challenge(challenge), "copy") == challenge


def test_a_second_challenge_is_a_second_file(bird_calls: Challenge) -> None:
    assert bird_calls.task.columns == ("Time", "Call", "Song", "No sound")
    assert bird_calls.task.window_frames == 30
    assert parse_challenge(dump_challenge(bird_calls), "copy") == bird_calls


def test_other_scripts_and_a_byte_order_mark_survive(tmp_path: Path, bird_calls: Challenge) -> None:
    challenge = bird_calls.model_copy(update={"title": "Что говорит птица: “чик”"})
    (tmp_path / FILE_NAME).write_text(dump_challenge(challenge), encoding="utf-8-sig")
    assert load_challenge(tmp_path / FILE_NAME) == challenge


def test_the_challenge_of_a_folder_is_the_nearest_above_it(
    tmp_path: Path, merc2017: Challenge, bird_calls: Challenge
) -> None:
    inner = tmp_path / "corpus" / "test"
    inner.mkdir(parents=True)
    (tmp_path / FILE_NAME).write_text(dump_challenge(merc2017), encoding="utf-8")
    assert find_challenge(inner) == merc2017
    (inner.parent / FILE_NAME).write_text(dump_challenge(bird_calls), encoding="utf-8")
    assert find_challenge(inner) == bird_calls


def test_a_folder_that_belongs_to_no_challenge_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ChallengeError, match=re.escape(f"{tmp_path}: no {FILE_NAME} in it or above it")):
        find_challenge(tmp_path)


def test_a_challenge_finds_its_parts_by_name_or_lists_those_it_has(bird_calls: Challenge) -> None:
    assert bird_calls.modality("camera").rate == 8
    assert bird_calls.split("exam").folder == "asked"
    assert bird_calls.stage("exam").title == "The exam"
    with pytest.raises(KeyError, match=r"no modality 'audio'; expected one of \['microphone', 'camera'\]"):
        bird_calls.modality("audio")


SPRING, SUMMER, AUTUMN = "2017-03-01T12:00:00Z", "2017-06-01T12:00:00Z", "2017-09-01T12:00:00Z"


def merc2017_on(*dates: tuple[str | None, str | None]) -> str:
    """The text of merc2017 whose stages open and close at these moments."""
    content: Any = yaml.safe_load(MERC2017.read_text(encoding="utf-8"))
    for stage, moments in zip(content["stages"], dates, strict=True):
        stage |= {key: moment for key, moment in zip(("opens_at", "closes_at"), moments, strict=True) if moment}
    return yaml.safe_dump(content, sort_keys=False)


@pytest.mark.parametrize("quote", ["", "'"])
@pytest.mark.parametrize(
    "text",
    ["2017-09-01T12:00:00Z", "2017-09-01T14:00:00+02:00", "2017-09-01 06:30:00-05:30", "2017-09-01T12:00:00.000000Z"],
)
def test_a_moment_is_the_same_in_every_zone_with_quotes_or_without(text: str, quote: str) -> None:
    with_date = MERC2017.read_text().replace(
        "  - name: public\n", f"  - name: public\n    opens_at: {quote}{text}{quote}\n"
    )
    challenge = parse_challenge(with_date, "mine.yaml")
    assert challenge.stage("public").opens_at == datetime(2017, 9, 1, 12, tzinfo=UTC)
    assert parse_challenge(dump_challenge(challenge), "copy") == challenge


@pytest.mark.parametrize("text", ["2017-09-01T12:00:00", "2017-09-01 12:00:00", "2017-09-01"])
def test_a_moment_without_a_zone_is_refused_without_quotes_too(text: str) -> None:
    with_date = MERC2017.read_text().replace("  - name: public\n", f"  - name: public\n    opens_at: {text}\n")
    with pytest.raises(ChallengeError, match=rf"mine\.yaml: stages\.0\.opens_at: .*zone.*Received: '{text}'"):
        parse_challenge(with_date, "mine.yaml")


@pytest.mark.parametrize(
    "dates",
    [
        [(SPRING, SUMMER), (SUMMER, AUTUMN)],  # the second opens in the moment in which the first closes
        [(SPRING, None), (SUMMER, AUTUMN)],
        [(None, None), (SPRING, None)],
    ],
)
def test_dates_that_follow_each_other_are_accepted(dates: list[tuple[str | None, str | None]]) -> None:
    challenge = parse_challenge(merc2017_on(*dates), "mine.yaml")
    assert parse_challenge(dump_challenge(challenge), "copy") == challenge


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ([(SUMMER, SUMMER), (None, None)], ["stages.0", "closes_at", "after opens_at (2017-06-01T12:00:00Z)"]),
        ([(None, None), (AUTUMN, SUMMER)], ["stages.1", "closes_at", "after opens_at", "2017-06-01"]),
        ([(SUMMER, None), (SPRING, None)], ["stages.private.opens_at", "2017-06-01T12:00:00Z or later", "2017-03"]),
        ([(SPRING, AUTUMN), (SUMMER, None)], ["stages.private.opens_at", "2017-09-01T12:00:00Z or later", "2017-06"]),
    ],
)
def test_stages_whose_dates_contradict_each_other_are_refused(
    dates: list[tuple[str | None, str | None]], words: Sequence[str]
) -> None:
    with pytest.raises(ChallengeError) as caught:
        parse_challenge(merc2017_on(*dates), "mine.yaml")
    for word in words:
        assert word in str(caught.value)


def test_stages_that_admit_nobody_may_overlap() -> None:
    content: Any = yaml.safe_load(merc2017_on((SPRING, AUTUMN), (SUMMER, None)))
    del content["stages"][0]["admits"]
    assert len(parse_challenge(yaml.safe_dump(content, sort_keys=False), "mine.yaml").stages) == 2


def test_a_team_sees_what_the_challenge_shows(merc2017: Challenge) -> None:
    assert [stage.shows for stage in merc2017.stages] == [("confusion", "recordings")] * 2
    assert parse_challenge(merc2017_with("stages.0.shows", None), "mine.yaml").stages[0].shows == ("confusion",)
    assert parse_challenge(merc2017_with("stages.0.shows", []), "mine.yaml").stages[0].shows == ()


def test_a_ladder_step_is_kept(merc2017: Challenge) -> None:
    assert merc2017.stage("public").ladder_step is None
    challenge = parse_challenge(merc2017_with("stages.0.ladder_step", 0.01), "mine.yaml")
    assert parse_challenge(dump_challenge(challenge), "copy").stage("public").ladder_step == 0.01
