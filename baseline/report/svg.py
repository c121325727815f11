"""SVG, element by element: plain text that a style sheet colours, escaped where it comes from outside.

Drawings are stretched over the width of the page while their letters keep their size, so positions along the time
are percentages, and none of them has a view box.
"""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup, escape

Attributes = dict[str, str | float]


def element(name: str, attributes: Mapping[str, str | float], *children: str) -> Markup:
    """One element. Texts and attributes are escaped, but for children that are elements already.

    >>> element("text", {"x": percent(0.5), "y": 9.0}, "A & B")
    Markup('<text x="50%" y="9">A &amp; B</text>')
    """
    written = Markup("").join(Markup(' {}="{}"').format(key, _text(value)) for key, value in attributes.items())
    inside = Markup("").join(escape(child) for child in children)
    return Markup("<{0}{1}>{2}</{0}>").format(name, written, inside)


def drawing(title: str, height: float, kind: str, *children: str) -> Markup:
    """A drawing as wide as its place, which is read out as `title`.

    Args:
        title: what it shows, for who does not see it.
        height: in pixels.
        kind: its class in the style sheet.
        children: its elements.
    """
    attributes: Attributes = {"class": kind, "width": "100%", "height": height, "role": "img", "aria-label": title}
    return element("svg", attributes, element("title", {}, title), *children)


def percent(share: float) -> str:
    """A share of the whole as an attribute, to a thousandth of a percent.

    >>> percent(1 / 3)
    '33.333%'
    """
    return f"{round(100 * share, 3):g}%"


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{round(value, 3):g}"
