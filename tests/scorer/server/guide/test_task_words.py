from __future__ import annotations

import pytest

from baseline.registry import find_system
from data_spec.challenge import load_challenge
from data_spec.task import KINDS
from scorer.server.guide.task_words import SYSTEMS, task_words

CHALLENGES = ("merc2017", "mosei", "mspface", "recola")


@pytest.mark.parametrize("kind", KINDS)
def test_the_system_to_begin_with_solves_that_kind_of_task(kind: str) -> None:
    assert kind in find_system(SYSTEMS[kind]).kinds


def test_each_kind_has_words_of_its_own() -> None:
    found = [task_words(load_challenge(name).task) for name in CHALLENGES]
    assert [words.units for words in found] == ["frames", "segments", "clips", "frames"]
    assert [words.ranked_by for words in found] == [
        "weighted accuracy over all frames whose agreement is over 0.6",
        "mean absolute error over all emotions of all segments; less is better",
        "concordance (CCC) of arousal, valence and dominance (the mean), over all clips",
        "concordance (CCC) of arousal and valence (the mean), over the frames of all recordings together",
    ]


def test_the_facts_tell_every_column_and_its_range() -> None:
    for name in CHALLENGES:
        task = load_challenge(name).task
        text = " ".join(fact for _, fact in task_words(task).facts)
        assert all(column in text for column in task.columns[1:])
        assert all(f"{one.least:g} to {one.most:g}" in text for one in task.attributes)
