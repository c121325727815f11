"""Colours of labels, told apart also by the colour-blind, on paper and on a dark page.

They were searched for the largest least distance (CIE76) between any two of them, as seen with normal vision and
with a full lack of one kind of cones (the matrices of Machado, Oliveira, Fernandes 2009, severity 1). Colour is never
alone: a label's name stands beside it, or its place in a row of its own.
"""

from __future__ import annotations

LIGHT = ("#982000", "#2c91fc", "#115948", "#ca7600", "#5d2786", "#878c9a")
"""For a light page."""

DARK = ("#f3644b", "#5585e3", "#abf1c1", "#eebe1d", "#ddc5fe", "#70737b")
"""For a dark page."""

WHITE, BLACK = "#ffffff", "#14171d"
"""What is written on a colour: whichever of them is read better."""


def label_class(number: int) -> str:
    """The class of a label in the style sheet. After the last colour the first one comes again.

    >>> label_class(0), label_class(7)
    ('label-0', 'label-1')
    """
    return f"label-{number % len(LIGHT)}"


def style_rules(colours: tuple[str, ...]) -> str:
    """Rules of a style sheet that give each label its colour, and what is written on it."""
    return "\n".join(
        f".label-{number} {{ --label: {colour}; --on-label: {ink_on(colour)}; }}"
        for number, colour in enumerate(colours)
    )


def ink_on(colour: str) -> str:
    """White or black, whichever is read better on a colour.

    >>> ink_on("#982000"), ink_on("#eebe1d")
    ('#ffffff', '#14171d')
    """
    return max((WHITE, BLACK), key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """How well two colours stand out from each other: 1 to 21 (WCAG 2.1, contrast ratio).

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def linear(colour: str) -> tuple[float, float, float]:
    """Red, green and blue as amounts of light, 0 to 1 (sRGB, IEC 61966-2-1)."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
