"""`REPORT.md`: something is to stand under each heading that the rules ask for.

Headings are Markdown's: `## Model`, or `Model` with a row of `=` or `-` below it. Their level, capitals, numbers
before them and marks around them do not count. What stands under deeper headings belongs to those above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scorer.bundles.text_file import rows_of
from scorer.verdict import Fault, shown_name

REPORT = "REPORT.md"
TODO = "TODO"
"""What a new bundle says where somebody has to write something."""

MOST_NAMED = 10
"""Headings in a message."""

_TODO = re.compile(rf"\b{TODO}\b")
_MARKS = " \t*_`:"
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)*[.)]?\s+")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")


@dataclass
class Section:
    """A heading and what is below it.

    Attributes:
        title: its words.
        level: 1 to 6, 1 the highest.
        row: where it stands, from 1.
        has_text: whether anything follows before the next heading of its level or a higher one.
    """

    title: str
    level: int
    row: int
    has_text: bool = False


def check_report(text: str, titles: Sequence[str]) -> list[Fault]:
    r"""What a report lacks. Where no heading is asked for, it may say what it likes.

    >>> for fault in check_report("# Model\nA forest.\n## Missing data\n", ["Model", "Missing data"]):
    ...     print(fault)
    REPORT.md, row 3: expected some text under the heading 'Missing data', found none
    """
    if not titles:
        return []
    rows = rows_of(_without_comments(text))
    sections = list(_sections(rows))
    faults = [fault for title in titles if (fault := _check_section(title, sections)) is not None]
    left = [number for number, row in enumerate(rows, start=1) if _TODO.search(row)]
    if left:
        further = f" (and {len(left) - 1} more of them)" if len(left) > 1 else ""
        faults.append(Fault(REPORT, left[0], None, "your own words", f"a {TODO}{further}"))
    return faults


def _check_section(title: str, sections: Sequence[Section]) -> Fault | None:
    own = [section for section in sections if _plain(section.title) == _plain(title)]
    if not own:
        there = ", ".join(shown_name(section.title) for section in sections[:MOST_NAMED])
        more = f" and {len(sections) - MOST_NAMED} more" if len(sections) > MOST_NAMED else ""
        return Fault(REPORT, None, None, f"a heading {title!r}", f"only {there}{more}" if there else "no heading")
    if any(section.has_text for section in own):
        return None
    return Fault(REPORT, own[0].row, None, f"some text under the heading {title!r}", "none")


def _sections(rows: Sequence[str]) -> Iterator[Section]:
    """Every heading. What is under one is known when all have been asked for."""
    around: list[Section] = []  # the headings that a row is under, each of a higher level than the next
    fence = None
    underline = False
    for number, row in enumerate(rows, start=1):
        mark = _FENCE.match(row)
        if underline:  # it belongs to the row above
            underline = False
        elif mark is not None and fence in {None, mark[1]}:
            fence = mark[1] if fence is None else None
        elif fence is None and (heading := _heading(rows, number)) is not None:
            underline = not row.lstrip().startswith("#")
            while around and around[-1].level >= heading.level:
                around.pop()
            around.append(heading)
            yield heading
        elif any(character.isalnum() for character in row):
            for section in around:
                section.has_text = True


def _heading(rows: Sequence[str], number: int) -> Section | None:
    """The heading in a row, None where it holds none."""
    row = rows[number - 1]
    if row.startswith(("    ", "\t")):
        return None
    words = row.strip()
    level = len(words) - len(words.lstrip("#"))
    if 1 <= level <= 6 and words[level : level + 1] in {"", " ", "\t"}:
        return Section(words.strip("#").strip(), level, number)
    below = rows[number] if number < len(rows) else ""
    if words and not words.startswith("#") and not _UNDERLINE.fullmatch(row) and _UNDERLINE.fullmatch(below):
        return Section(words, 1 if "=" in below else 2, number)
    return None


def _plain(title: str) -> str:
    """A heading's words, without numbers before them and marks around them."""
    words = title.strip(_MARKS)
    number = _NUMBER.match(words)
    return " ".join(words[number.end() if number else 0 :].strip(_MARKS).casefold().split())


def _without_comments(text: str) -> str:
    """The text with HTML's comments taken out, row for row."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4)
        end = len(text) if end < 0 else end + 3
        kept += [text[at:start], re.sub(r"[^\r\n]", "", text[start:end])]
        at = end
    return "".join([*kept, text[at:]])
