from __future__ import annotations

import re
from pathlib import Path

import scorer.server
from scorer.server.submissions.models import State
from scorer.server.verification.models import BundleState, Progress

SERVER = Path(scorer.server.__file__).parent
STYLE_SHEET = (SERVER / "static" / "style.css").read_text(encoding="utf-8")
PAGES = {path: path.read_text(encoding="utf-8") for path in SERVER.rglob("*.html")}
SCRIPTS = {path: path.read_text(encoding="utf-8") for path in (SERVER / "static").glob("*.js")}

COMPUTED = {*State, *BundleState, *Progress, *(f"shade-{number}" for number in range(11)), "bracket", "first", "last"}
"""Classes whose names templates put together: states, shades, the places in a bracket."""


def classes_of_pages() -> set[str]:
    """Every class that a template or a script writes out."""
    in_pages = [words for text in PAGES.values() for words in re.findall(r'class="([^"]*)"', text)]
    written = r'(?:className = |classList\.\w+\()"([^"]*)"'
    in_scripts = [words for text in SCRIPTS.values() for words in re.findall(written, text)]
    return {name for words in [*in_pages, *in_scripts] for name in re.findall(r"[\w-]+", words)}


def classes_of_style_sheet() -> set[str]:
    """Every class that a rule names."""
    selectors = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", STYLE_SHEET, flags=re.DOTALL)
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors))


def test_every_class_of_the_style_sheet_is_used() -> None:
    assert classes_of_style_sheet() - classes_of_pages() - COMPUTED == set()


def test_every_class_of_a_page_is_in_the_style_sheet() -> None:
    found = {
        (path.name, name)
        for path, text in PAGES.items()
        for words in re.findall(r'class="([^"{]*)"', text)
        for name in words.split()
        if name not in classes_of_style_sheet()
    }
    assert found == set()


def test_every_variable_of_the_style_sheet_is_set_and_used() -> None:
    names = set(re.findall(r"--[\w-]+(?=:)", STYLE_SHEET))
    assert names == set(re.findall(r"var\((--[\w-]+)\)", STYLE_SHEET))


def test_the_style_sheet_loads_nothing_from_elsewhere() -> None:
    assert all(target.startswith('"fonts/') for target in re.findall(r"url\(([^)]*)\)", STYLE_SHEET))
    assert "@import" not in STYLE_SHEET


def test_scripts_are_small() -> None:
    assert {path.name: len(text.splitlines()) for path, text in SCRIPTS.items() if len(text.splitlines()) > 120} == {}
