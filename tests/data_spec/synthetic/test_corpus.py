"""A synthetic corpus: the same seed gives the same bytes, and it looks like the challenge's."""

import filecmp
import hashlib

import numpy as np
import pytest

from data_spec.agreement import is_agreed
from data_spec.challenge import ChallengeError
from data_spec.corpus import Corpus, CorpusError
from data_spec.stream import NO_LABEL
from data_spec.synthetic.corpus import synthesize
from data_spec.synthetic.framewise import perform
from data_spec.synthetic.planning import plan
from data_spec.synthetic.settings import Durations


@pytest.fixture(scope="module")
def small(tmp_path_factory, merc2017):
    return synthesize(tmp_path_factory.mktemp("synthetic") / "corpus", merc2017, recordings=12, seed=3)


def files(corpus: Corpus):
    return sorted(path.relative_to(corpus.root) for path in corpus.root.rglob("*.csv"))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_whatever_works_beside_it(tmp_path, merc2017, small):
    again = synthesize(tmp_path / "again", merc2017, recordings=12, seed=3, processes=1)
    assert files(again) == files(small)
    same, different, unreadable = filecmp.cmpfiles(small.root, again.root, files(small), shallow=False)
    assert (len(same), different, unreadable) == (len(files(small)), [], [])


def test_the_corpus_of_2017_is_still_what_it_was_before_there_were_other_kinds_of_task(tmp_path, merc2017):
    seconds = Durations(least=2.0, mean=4.0, most=6.0)
    story = merc2017.synthetic.model_copy(update={"seconds": seconds})
    corpus = synthesize(tmp_path / "corpus", merc2017.model_copy(update={"synthetic": story}), 8, seed=2017)
    digest = hashlib.sha256()
    for file in files(corpus):
        digest.update(file.as_posix().encode() + b"\0" + (corpus.root / file).read_bytes())
    assert digest.hexdigest() == "7f1706d1695b862344f7698c2e1e0eddb10fd9f932320d40397471bf6e42cddb"


def test_another_seed_gives_other_recordings(merc2017):
    one, other = (plan(merc2017, merc2017.synthetic, 40, seed) for seed in (1, 2))
    assert {p.recording.name for p in one}.isdisjoint(p.recording.name for p in other)


def test_the_splits_are_the_ones_the_challenge_asks_for(merc2017):
    planned = plan(merc2017, merc2017.synthetic, merc2017.synthetic.recordings, seed=1)
    counts = {split: sum(p.recording.split == split for p in planned) for split in merc2017.splits.counts}
    assert counts == merc2017.splits.counts
    assert not any(p.recording.session == 6 and p.recording.split == "train" for p in planned)


def test_durations_and_beginnings_are_within_what_was_observed(merc2017):
    planned = plan(merc2017, merc2017.synthetic, merc2017.synthetic.recordings, seed=1)
    seconds = np.array([p.take.seconds for p in planned])
    assert seconds.min() >= merc2017.synthetic.seconds.least
    assert seconds.max() <= merc2017.synthetic.seconds.most
    assert seconds.mean() == pytest.approx(merc2017.synthetic.seconds.mean, abs=2.0)
    assert max(p.take.start for p in planned) <= merc2017.synthetic.latest_start


@pytest.fixture(scope="module")
def performed(merc2017):
    planned = plan(merc2017, merc2017.synthetic, merc2017.synthetic.recordings, seed=5)[::6]
    return [perform(merc2017, merc2017.synthetic, 5, one) for one in planned]


@pytest.mark.slow
def test_ties_have_no_label_and_never_count(merc2017, performed):
    for labels in (one.labels for one in performed):
        tied = labels.index == NO_LABEL
        assert (labels.agreement[tied] <= 0.5).all()
        assert not is_agreed(labels.agreement[tied], merc2017.task.agreement_threshold).any()


@pytest.mark.slow
def test_most_frames_are_agreed_on_and_some_are_not(merc2017, performed):
    agreed = np.concatenate([is_agreed(one.labels.agreement, 0.6) for one in performed])
    assert 0.5 < agreed.mean() < 0.85


@pytest.mark.slow
def test_columns_stay_within_the_observed_ranges_and_use_them(merc2017, performed):
    for modality in merc2017.modalities:
        story = merc2017.synthetic.modalities[modality.name]
        values = np.concatenate(
            [one.streams[modality.name].values for one in performed if modality.name in one.streams]
        )
        values = values[values.any(axis=1)]
        low, high = np.broadcast_to(np.array(story.ranges), (modality.features, 2)).T
        plain = [column for column in range(modality.features) if column not in story.flags]
        assert (values[:, plain] >= low[plain] - 1e-3).all()
        assert (values[:, plain] <= high[plain] + 1e-3).all()
        assert (np.ptp(values[:, plain], axis=0) > 0.5 * (high - low)[plain]).all()
        assert np.isin(values[:, story.flags], (0, 1)).all()


@pytest.mark.slow
def test_about_a_quarter_of_the_data_is_missing(merc2017, performed):
    shares = []
    for one in performed:
        for modality in merc2017.modalities:
            stream = one.streams.get(modality.name)
            shares.append((len(one.labels.times), 1.0 if stream is None else 1 - stream.present.mean()))
    seconds, missing = np.array(shares).T
    assert np.average(missing, weights=seconds) == pytest.approx(merc2017.missing.share_in_all, abs=0.02)


def test_an_actor_is_silent_while_only_the_other_one_speaks(merc2017):
    lossless = merc2017.model_copy(update={"missing": None})
    pair = plan(lossless, lossless.synthetic, 2, seed=1)
    first, second = (perform(lossless, lossless.synthetic, 1, one).streams["audio"].present for one in pair)
    assert (first | second).all()
    assert 0.3 < (first ^ second).mean() < 1.0


def test_streams_begin_with_the_labels_and_end_with_them(merc2017):
    [planned] = plan(merc2017, merc2017.synthetic, 1, seed=4)
    performed = perform(merc2017, merc2017.synthetic, 4, planned)
    for name, stream in performed.streams.items():
        assert stream.times[0] == performed.labels.times[0]
        # The last frame of a slower stream is shown until the labels end.
        assert 0 <= performed.labels.times[-1] - stream.times[-1] < 2 / merc2017.modality(name).rate


def test_a_challenge_without_a_story_is_refused_by_name(tmp_path, merc2017):
    with pytest.raises(ChallengeError, match="'merc2017': no part 'synthetic'"):
        synthesize(tmp_path / "out", merc2017.model_copy(update={"synthetic": None}), recordings=1)


def test_files_that_are_there_are_never_overwritten(tmp_path, merc2017):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(CorpusError, match="expected a new or empty folder"):
        synthesize(tmp_path, merc2017, recordings=1)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_what_is_interrupted_leaves_nothing_behind(tmp_path, merc2017):
    def interrupt(count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        synthesize(tmp_path / "out", merc2017, recordings=3, seed=1, processes=1, done=interrupt)
    assert list(tmp_path.iterdir()) == []
