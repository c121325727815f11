"""The page: it stands alone, says everything in words too, and escapes what comes from outside."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest

from baseline.report.page import render
from data_spec.challenge import Challenge
from data_spec.stream import Stream
from tests.baseline.report.example_reports import NASTY, example_report


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text between them."""

    EMPTY = frozenset({"meta", "img", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    def named(self, *names: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name in names]

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


@pytest.fixture(scope="module")
def page(merc2017: Challenge) -> str:
    return render(example_report(merc2017))


@pytest.fixture(scope="module")
def elements(page: str) -> Elements:
    return Elements(page)


def test_it_stands_alone(page: str, elements: Elements) -> None:
    assert not elements.named("script", "link", "iframe", "object", "embed", "base")
    addresses = [value for _, found in elements.found for key, value in found.items() if key in {"href", "src"}]
    assert addresses
    assert all(re.match("data:image/(png|jpeg);base64,", address) for address in addresses)
    assert "@import" not in page
    assert set(re.findall(r"url\((.+?)\)", page)) == {"#hatch"}
    assert not any(key.startswith("on") for _, found in elements.found for key in found)


def test_every_element_is_closed(elements: Elements) -> None:
    assert elements.open == []


def test_what_comes_from_outside_is_text(page: str, elements: Elements) -> None:
    assert "<script" not in page
    assert NASTY in elements.text
    assert "model <1>.keras" in elements.text
    assert elements.text.count("stands in <for nothing>") == 2  # beside its strip, and among the notes
    assert "left out, see --help & <others>" in elements.text


def test_every_picture_and_every_drawing_says_what_it_shows(elements: Elements) -> None:
    pictures = elements.named("img")
    assert [picture["alt"] for picture in pictures][:2] == ["The film at 0 s", "The film at 0.4 s"]
    drawings = [found for found in elements.named("svg") if found.get("aria-hidden") != "true"]
    assert len(drawings) == 1 + 4 + 6 + 2
    assert all(drawing["role"] == "img" and drawing["aria-label"] for drawing in drawings)


def test_headings_go_down_one_step_at_a_time(elements: Elements) -> None:
    levels = [int(name[1]) for name, _ in elements.found if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_no_name_stands_for_two_places(elements: Elements) -> None:
    ids = [found["id"] for _, found in elements.found if "id" in found]
    assert len(set(ids)) == len(ids)
    assert {found["aria-labelledby"] for _, found in elements.found if "aria-labelledby" in found} <= set(ids)


def test_it_says_that_these_are_predictions_and_from_what_they_come(elements: Elements, merc2017: Challenge) -> None:
    assert (
        f"These are predictions of a model, not what anybody felt. It was trained on recordings of “{merc2017.title}”"
        in (elements.text)
    )
    assert "1,234 parameters" in elements.text


def test_it_says_the_facts(elements: Elements) -> None:
    for fact in ("4 s", "25 a second", "100 of 1280 × 720", "44.1 kHz", "the largest of 3 persons is followed"):
        assert fact in elements.text


def test_the_tables_say_what_the_drawings_show(elements: Elements) -> None:
    assert "Sad 50 % 34 % 2 s from 0 s" in _spaced(elements)
    assert "Neutral 50 % 34 % 2 s from 2 s" in _spaced(elements)
    assert "audio 400 75 % 0 s to 1 s" in _spaced(elements)
    assert "face 0 0 % all of it" in _spaced(elements)


def test_every_second_has_its_row_with_the_label_that_people_gave(elements: Elements) -> None:
    text = _spaced(elements)
    assert "0 s Sad labelled Sad Sad 8 60 8 8 8 8" in text
    assert "2 s Neutral labelled Sad Sad 8 8 8 8 8 60" in text
    assert "3 s Neutral labelled a tie a tie 8 8 8 8 8 60" in text


def test_without_labels_it_says_nothing_of_them(merc2017: Challenge) -> None:
    text = Elements(render(example_report(merc2017, with_truth=False))).text
    assert "abelled" not in text
    assert "accuracy" not in text
    assert "None" not in text


def test_it_says_where_the_model_saw_nothing(merc2017: Challenge, elements: Elements) -> None:
    report = example_report(merc2017)
    silent, *others = report.streams
    assert silent.stream is not None
    gaps = Stream(silent.stream.times, np.zeros_like(silent.stream.values))
    page = render(replace(report, streams=(replace(silent, stream=gaps), *others)))
    assert "it saw nothing but gaps" in Elements(page).text
    assert "it saw nothing but gaps" not in elements.text


def test_the_same_report_gives_the_same_bytes(page: str, merc2017: Challenge) -> None:
    assert render(example_report(merc2017)) == page


def test_a_challenge_of_other_streams_and_labels_has_a_page_too(bird_calls: Challenge) -> None:
    text = _spaced(Elements(render(example_report(bird_calls))))
    assert "microphone 160 75 % 0 s to 1 s" in text
    assert "0 s Song labelled Song Song 20 60 20" in text


def _spaced(elements: Elements) -> str:
    return " ".join(" ".join(elements.texts).split())
