"""The forms of a page, as a browser finds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = {"text", "search", "email", "password", "textarea"}
"""The kinds of fields into which people write what they like."""


@dataclass
class FoundForm:
    """One form: where it goes, and what it holds."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    """What would be sent of each field without anybody's typing."""
    kinds: dict[str, str] = field(default_factory=dict)
    """The type of each field; `textarea` and `select` are those."""

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """What tells it from other forms."""
        return self.method, self.action, tuple(self.kinds)


def list_forms(page: str) -> list[FoundForm]:
    """All forms of a page."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self._select = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append(FoundForm(given.get("action", ""), given.get("method", "get").upper()))
        elif tag in ("input", "textarea", "select") and (name := given.get("name")):
            form = self.forms[-1]
            form.kinds[name] = given.get("type", "text") if tag == "input" else tag
            if form.kinds[name] != "checkbox" or "checked" in given:
                form.fields.setdefault(name, given.get("value", ""))
            self._select = name if tag == "select" else ""
        elif tag == "option" and self._select and not self.forms[-1].fields[self._select]:
            self.forms[-1].fields[self._select] = given.get("value", "")
