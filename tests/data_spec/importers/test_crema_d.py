from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from data_spec.__main__ import main
from data_spec.agreement import consensus, is_agreed
from data_spec.challenge import load_challenge
from data_spec.corpus import Corpus, CorpusError
from data_spec.importers.clips import Clip
from data_spec.importers.crema_d import find_clips
from data_spec.importers.crema_d_tables import EMOTIONS, read_sessions, read_votes
from data_spec.inspection import inspect
from data_spec.splits import assign_splits
from data_spec.stream import NO_LABEL

LABELS = load_challenge("crema_d").task.labels
VOTES = {  # of those who heard, saw, and both heard and saw the clip, for A D F H N S
    "1001_DFA_ANG_XX": ([0, 0, 0, 0, 9, 0], [8, 1, 0, 0, 0, 0], [6, 2, 0, 0, 1, 1]),
    "1001_IEO_FEA_HI": ([0, 0, 3, 0, 0, 3], [0, 0, 8, 0, 0, 0], [0, 1, 4, 0, 0, 4]),
    "1002_DFA_SAD_XX": ([0, 0, 0, 0, 5, 5], [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 10]),
}


def write_tables(source: Path, votes: Mapping[str, tuple[list[int], list[int], list[int]]] = VOTES) -> Path:
    (source / "processedResults").mkdir(parents=True, exist_ok=True)
    with (source / "processedResults" / "tabulatedVotes.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["", "A", "D", "F", "H", "N", "S", "fileName", "numResponses", "agreement", "emoVote"])
        for shown in range(3):
            for number, (name, counts) in enumerate(votes.items(), start=1):
                table.writerow([100_000 * (shown + 1) + number, *counts[shown], name, sum(counts[shown]), "", ""])
    actors = [[1001, 51, "Male"], [1002, 21, "Female"]]
    with (source / "VideoDemographics.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["ActorID", "Age", "Sex"], *actors])
    return source


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Three clips with votes and one without."""
    touch(write_tables(tmp_path), *(f"AudioWAV/{name}.wav" for name in [*VOTES, "1002_WSI_HAP_XX"]))
    return tmp_path


def by_name(clips: tuple[Clip, ...]) -> dict[str, Clip]:
    return {clip.name: clip for clip in clips}


def test_a_clips_label_is_what_most_of_those_chose_who_saw_and_heard_it(source: Path) -> None:
    clips = by_name(find_clips(source).clips)
    assert (LABELS[clips["1001_DFA_ANG_XX"].label], clips["1001_DFA_ANG_XX"].agreement) == ("Anger", 0.6)
    assert (LABELS[clips["1002_DFA_SAD_XX"].label], clips["1002_DFA_SAD_XX"].agreement) == ("Sad", 1.0)


def test_six_of_ten_are_not_over_six_tenths(source: Path) -> None:
    clip = by_name(find_clips(source).clips)["1001_DFA_ANG_XX"]
    assert not is_agreed(np.array([clip.agreement]), load_challenge("crema_d").task.agreement_threshold).any()


def test_a_tie_has_no_label(source: Path) -> None:
    clip = by_name(find_clips(source).clips)["1001_IEO_FEA_HI"]
    assert (clip.label, clip.agreement) == (NO_LABEL, 4 / 9)


def test_the_votes_of_those_who_only_heard_or_only_saw_can_be_chosen(source: Path) -> None:
    heard, seen = (by_name(find_clips(source, shown).clips) for shown in ("audio", "video"))
    assert LABELS[heard["1001_DFA_ANG_XX"].label] == "Neutral"
    assert LABELS[seen["1001_IEO_FEA_HI"].label] == "Scared"
    assert heard["1002_DFA_SAD_XX"].label == NO_LABEL


def test_clips_that_nobody_voted_on_are_left_out_and_counted(source: Path) -> None:
    assert find_clips(source).left_out == {"nobody voted on them": 1}
    found = find_clips(source, "video")
    assert "1002_DFA_SAD_XX" not in by_name(found.clips)
    assert found.left_out == {"nobody voted on them": 2}


def test_men_and_women_are_two_sessions(source: Path) -> None:
    found = find_clips(source).clips
    assert {(clip.actor, clip.session) for clip in found} == {("actor_1001", 1), ("actor_1002", 2)}


def test_a_clip_has_the_sound_of_its_own_file_or_else_of_its_film(source: Path) -> None:
    touch(source, "VideoFlash/1001_DFA_ANG_XX.flv", "VideoFlash/1001_IEO_FEA_HI.mp4")
    (source / "AudioWAV" / "1001_IEO_FEA_HI.wav").unlink()
    clips = by_name(find_clips(source).clips)
    films = source / "VideoFlash"
    assert clips["1001_DFA_ANG_XX"].sound == source / "AudioWAV" / "1001_DFA_ANG_XX.wav"
    assert clips["1001_DFA_ANG_XX"].pictures == films / "1001_DFA_ANG_XX.flv"
    assert clips["1001_IEO_FEA_HI"].sound == clips["1001_IEO_FEA_HI"].pictures == films / "1001_IEO_FEA_HI.mp4"
    assert clips["1002_DFA_SAD_XX"].pictures is None


def test_files_that_were_not_fetched_are_counted_and_what_fetches_them_is_said(source: Path) -> None:
    for name in ("1001_DFA_ANG_XX", "1001_IEO_FEA_HI"):
        (source / "AudioWAV" / f"{name}.wav").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:1\n")
    found = find_clips(source)
    assert [clip.name for clip in found.clips] == ["1002_DFA_SAD_XX"]
    assert [number for reason, number in found.left_out.items() if "git lfs pull" in reason] == [2]
    (source / "AudioWAV" / "1002_DFA_SAD_XX.wav").unlink()
    with pytest.raises(CorpusError, match="git lfs pull"):
        find_clips(source)


def test_the_file_that_was_misnamed_in_older_copies_is_that_clip(source: Path) -> None:
    (source / "AudioWAV" / "1002_DFA_SAD_XX.wav").rename(source / "AudioWAV" / "1002_DFA_SAD_X.wav")
    assert "1002_DFA_SAD_XX" in by_name(find_clips(source).clips)


def test_every_part_that_is_lacking_is_named(source: Path) -> None:
    (source / "processedResults" / "tabulatedVotes.csv").unlink()
    (source / "AudioWAV").rename(source / "Sounds")
    with pytest.raises(CorpusError, match=r"without processedResults/tabulatedVotes.csv, AudioWAV or VideoFlash$"):
        find_clips(source)
    with pytest.raises(CorpusError, match="found nothing"):
        find_clips(source / "nowhere")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"",A,D', '"",A,E', r"line 1: expected a header with .*, found none of \['D'\]"),
        ("100001,0,0,0,0,9,0", "100001,0,0,0,0,many,0", r"line 2, column 'N': expected a whole number, found 'many'"),
        ("100001,0,0,0,0,9,0", "7,0,0,0,0,9,0", r"line 2, column '': expected a number from 100000 to 399999, found 7"),
        ("1001_IEO_FEA_HI,9", "1001_DFA_ANG_XX,9", r"line 9, column 'fileName': expected every clip once"),
        ("1002_DFA_SAD_XX,10,,", "1002_DFA_SAD_XX,10", r"line \d+: expected 11 fields"),
    ],
)
def test_a_table_of_votes_that_is_broken_is_refused_with_its_place(
    old: str, new: str, expected: str, source: Path
) -> None:
    path = source / "processedResults" / "tabulatedVotes.csv"
    text = path.read_bytes().decode()
    assert old.replace('""', "") in text
    path.write_text(text.replace(old.replace('""', ""), new.replace('""', "")))
    with pytest.raises(CorpusError, match=rf"tabulatedVotes.csv, {expected}"):
        find_clips(source)


def test_an_actor_without_a_known_sex_is_named(source: Path) -> None:
    path = source / "VideoDemographics.csv"
    text = path.read_text()
    path.write_text(text.replace("1002,21,Female", "1002,21,Unknown"))
    with pytest.raises(CorpusError, match=r"line 3, column 'Sex': expected one of .*, found 'Unknown'"):
        find_clips(source)
    path.write_text(text.replace("1002,21,Female", ""))
    with pytest.raises(CorpusError, match="expected the actor 1002 of 1002_DFA_SAD_XX, found none"):
        find_clips(source)


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("opensmile") is None or find_spec("av") is None,
    reason="needs the optional packages of requirements-features.txt",
)
def test_sounds_and_films_become_a_corpus_without_fault(
    tmp_path: Path, write_sound: Callable[[Path], Path], write_film: Callable[[Path, np.ndarray, float], Path]
) -> None:
    from skimage.data import astronaut

    source = write_tables(tmp_path / "source")
    write_sound(source / "AudioWAV" / "1001_DFA_ANG_XX.wav")
    write_film(source / "VideoFlash" / "1001_DFA_ANG_XX.flv", astronaut()[:320, 60:380], 1.5)
    write_sound(source / "AudioWAV" / "1001_IEO_FEA_HI.wav")
    words = ["import", "crema-d", str(source), str(tmp_path / "out"), "--jobs", "1"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "2 recordings: train 2, public 0, private 0" in result.output
    corpus = Corpus.open(tmp_path / "out")
    assert inspect(corpus).faults == []
    folder = corpus.folder("train")
    with_film, sound_alone = (clip.recording for clip in find_clips(source).clips)
    assert folder.stream("face", sound_alone) is None
    for name, rate in (("audio", 100), ("face", 50), ("eyes", 50), ("kinect", 15)):
        stream = folder.stream(name, with_film)
        assert stream is not None
        # The voice is there from 0.5 to 1.0 s.
        assert stream.times[[0, -1]] == pytest.approx([0.5, 1.0], abs=0.1 + 1 / rate)
        assert name == "kinect" or stream.present.all()


def test_the_real_votes_are_read_as_published(shared_data: Callable[[str], Path]) -> None:
    path = shared_data("crema-d") / "tabulatedVotes.csv"
    heard, seen, both = (read_votes(path, shown) for shown in ("audio", "video", "both"))
    assert len(heard) == len(seen) == len(both) == 7442
    # Cao et al. 2014, abstract: the acted emotion is recognised in 40.9 % by voice, 58.2 % by face, 63.6 % by both.
    acted = {"ANG": 0, "DIS": 1, "FEA": 2, "HAP": 3, "NEU": 4, "SAD": 5}
    for votes, published in ((heard, 0.409), (seen, 0.582), (both, 0.636)):
        hits = sum(counts[acted[name.split("_")[2]]] for name, counts in votes.items())
        assert hits / sum(map(sum, votes.values())) == pytest.approx(published, abs=0.01)


def test_the_labels_of_real_clips_are_those_published(shared_data: Callable[[str], Path], tmp_path: Path) -> None:
    real = shared_data("crema-d")
    (tmp_path / "processedResults").mkdir()
    (tmp_path / "processedResults" / "tabulatedVotes.csv").symlink_to(real / "tabulatedVotes.csv")
    (tmp_path / "VideoDemographics.csv").symlink_to(real / "VideoDemographics.csv")
    with (real / "tabulatedVotes.csv").open(newline="") as file:
        published = {row["fileName"]: row for row in csv.DictReader(file) if row[""].startswith("3")}
    touch(tmp_path, *(f"AudioWAV/{name}.wav" for name in [*published][::20]))
    clips = find_clips(tmp_path).clips
    assert len(clips) == 373
    for clip in clips:
        vote = published[clip.name]["emoVote"]
        # A tie is written as all its emotions: "A:D".
        assert (LABELS[clip.label] if clip.label != NO_LABEL else None) == EMOTIONS.get(vote)
        assert clip.agreement == pytest.approx(float(published[clip.name]["agreement"]), abs=1e-12)


def test_the_shares_and_splits_that_the_challenge_file_states_are_those_of_the_real_tables(
    shared_data: Callable[[str], Path],
) -> None:
    real, challenge = shared_data("crema-d"), load_challenge("crema_d")
    for shown, share in (("audio", 0.50), ("video", 0.61), ("both", 0.66)):
        agreement = consensus(np.array([*read_votes(real / "tabulatedVotes.csv", shown).values()])).agreement
        assert is_agreed(agreement, challenge.task.agreement_threshold).mean() == pytest.approx(share, abs=0.005)
    sessions = read_sessions(real / "VideoDemographics.csv")
    split_of = assign_splits([(name, sex, name) for name, sex in sessions.items()], challenge.splits, seed=0)
    assert Counter((split_of[name], sex) for name, sex in sessions.items()) == {
        ("train", 1): 32,
        ("train", 2): 29,
        ("public", 1): 8,
        ("public", 2): 7,
        ("private", 1): 8,
        ("private", 2): 7,
    }
