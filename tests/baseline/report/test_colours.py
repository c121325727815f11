"""Colours of labels are told apart, and what is written on them is read, by everybody."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from baseline.report.colours import DARK, LIGHT, contrast, ink_on, linear

# Machado, Oliveira, Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# severity 1, on linear light.
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
PAGES = {"light": (LIGHT, "#fbfaf7"), "dark": (DARK, "#14171d")}


def lab(light: np.ndarray) -> np.ndarray:
    """CIELAB of linear sRGB light, D65."""
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    xyz = to_xyz @ np.clip(light, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("page", PAGES)
def test_any_two_differ_by_ten_times_what_is_just_noticed(vision: str, page: str) -> None:
    seen = [lab(VISIONS[vision] @ np.array(linear(colour))) for colour in PAGES[page][0]]
    # 2.3 is just noticed (Mahy, Van Eycken, Oosterlinck 1994).
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 23


@pytest.mark.parametrize("page", PAGES)
def test_they_stand_out_from_the_page_and_letters_from_them(page: str) -> None:
    colours, paper = PAGES[page]
    assert min(contrast(colour, paper) for colour in colours) >= 3  # WCAG 2.1, 1.4.11
    assert min(contrast(ink_on(colour), colour) for colour in colours) >= 4.5  # 1.4.3
