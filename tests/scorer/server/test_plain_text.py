from __future__ import annotations

import time

import pytest

from scorer.server.plain_text import check_text, format_paragraphs
from scorer.server.refusals import Refusal


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://a.example/x.", ["https://a.example/x"]),
        ("(https://a.example/x), http://b.example!", ["https://a.example/x", "http://b.example"]),
        ("https://a.example/wiki_(x)", ["https://a.example/wiki_(x)"]),
        ("https://a.example/ä", ["https://a.example/"]),
        ('https://a.example/"onmouseover="x', ["https://a.example/"]),
        ("javascript:alert(1) data:text/html,x ftp://a.example //a.example a.example", []),
        ("https:// http://? http://[::1", []),
        ("https://a.example/\u202egnp.exe", ["https://a.example/"]),
    ],
)
def test_only_addresses_of_web_pages_become_links(text: str, links: list[str]) -> None:
    page = format_paragraphs(text)
    assert page.count("<a ") == len(links)
    for link in links:
        assert f'<a href="{link}" rel="noopener nofollow">{link}</a>' in page


def test_nothing_is_lost_and_nothing_is_html() -> None:
    text = "<p>1 & 2 https://a.example/?x=1&y=2 'end'\nnext"
    page = format_paragraphs(text)
    assert page.striptags() == "<p>1 & 2 https://a.example/?x=1&y=2 'end' next"
    assert "<br>\nnext" in page


def test_the_writing_direction_of_a_paragraph_ends_with_it() -> None:
    page = format_paragraphs("\u05d0 \u202ebackwards\n \n\nforwards")
    assert page.split("\n") == ['<p dir="auto">\u05d0 \u202ebackwards</p>', '<p dir="auto">forwards</p>']


@pytest.mark.parametrize("text", ["http://" * 2000, "(https://x)) " * 800, "\n \t" * 5000, "https://x" + "." * 10_000])
def test_no_text_takes_long(text: str) -> None:
    begun = time.monotonic()
    format_paragraphs(text)
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("text", ["", " \n\t", "x" * 11, "a\0", "a\x1b[31m", "\ud800"])
def test_what_is_no_text_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(Refusal, match="Expected a reason") as refused:
        check_text(text, "a reason", 10, field="because")
    assert refused.value.field == "because"
