"""Texts of several lines that people write: which are accepted, and how they look on a page."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from scorer.server.refusals import Refusal

_LINK = re.compile(r"https?://[!#-;=?-~]+")  # visible ASCII without quotes and angle brackets
_AFTER_LINK = ".,:;!?'*_"
"""What stands after a link more often than at its end."""


def check_text(text: str, what: str, most: int, *, field: str) -> str:
    r"""The text without spaces around it and with plain line ends.

    Raises:
        Refusal: it is empty, too long, or holds a character that is no text.

    >>> check_text(" Dear all, \r\n welcome. ", "a text", 100, field="text")
    'Dear all, \n welcome.'
    """
    found = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not found:
        raise Refusal(f"Expected {what}, found nothing.", field=field)
    if len(found) > most:
        raise Refusal(f"Expected {what} of at most {most} characters, found {len(found)}.", field=field)
    for character in found:
        if character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cs"):
            raise Refusal(f"Expected {what} of visible characters, found U+{ord(character):04X}.", field=field)
    return found


def format_paragraphs(text: str) -> Markup:
    r"""The text as HTML: an empty line begins a paragraph, and addresses of web pages become links.

    Nothing in it is taken for HTML, and a paragraph's writing direction ends with it.

    >>> print(format_paragraphs("See https://a.example/?b&c.\n\n<b>Bye</b>"))
    <p dir="auto">See <a href="https://a.example/?b&amp;c" rel="noopener nofollow">https://a.example/?b&amp;c</a>.</p>
    <p dir="auto">&lt;b&gt;Bye&lt;/b&gt;</p>
    """
    paragraphs = [paragraph.strip() for paragraph in re.split(r"\n[ \t]*\n", text) if paragraph.strip()]
    return Markup("\n").join(Markup('<p dir="auto">{}</p>').format(_format_lines(each)) for each in paragraphs)


def _format_lines(paragraph: str) -> Markup:
    return Markup("<br>\n").join(_format_links(line) for line in paragraph.split("\n"))


def _format_links(line: str) -> Markup:
    parts, end = [], 0
    for found in _LINK.finditer(line):
        address = found[0].rstrip(_AFTER_LINK)
        if address.endswith(")") and "(" not in address:
            address = address[:-1].rstrip(_AFTER_LINK)
        if not _leads_somewhere(address):
            continue
        link = Markup('<a href="{0}" rel="noopener nofollow">{0}</a>').format(address)
        parts += [escape(line[end : found.start()]), link]
        end = found.start() + len(address)
    return Markup().join([*parts, escape(line[end:])])


def _leads_somewhere(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False
