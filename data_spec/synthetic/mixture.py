"""What a network, or a set of functionals, makes of somebody: many columns, each a mixture of few things."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

OWN = 8
"""Dimensions in which people differ, and as many in which recordings do that have nothing to do with either."""


def mix(name: str, factors: Array, features: int) -> Array:
    """Columns that each are a mixture of all factors, of variance 1 where the factors are, shape (rows, features).

    The mixture is the same for all corpora: it depends on nothing but its name and on how much is mixed.

    Args:
        name: of the mixture.
        factors: shape (rows, factors).
        features: how many columns.
    """
    rng = np.random.default_rng([zlib.crc32(name.encode()), factors.shape[1]])
    weights = rng.normal(size=(factors.shape[1], features)) / np.sqrt(factors.shape[1])
    return np.asarray(factors @ weights)


def in_units(name: str, columns: Array, decimals: int) -> NDArray[np.float32]:
    """Columns in units of their own, from hundredths to thousands, as functionals of different things have.

    Args:
        name: of the mixture, whose units are always the same.
        columns: standard deviations, shape (rows, features).
        decimals: digits of them that are printed.
    """
    rng = np.random.default_rng([zlib.crc32(name.encode()), 0])
    features = columns.shape[1]
    middle, unit = rng.integers(-3, 4, size=features), 10.0 ** rng.integers(-2, 4, size=features)
    return np.asarray((np.round(columns, decimals) + middle) * unit, dtype=np.float32)
