"""Variants of a system that are an architecture and a subset of the modalities: `blstm:audio+text`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from baseline.modality_subsets import ALL, modalities_of
from data_spec.challenge import Challenge


def variant_name(architecture: str, modalities: Sequence[str]) -> str:
    """The name that tables and lists have of a variant.

    >>> variant_name("cnn", ["video", "audio"])
    'cnn:audio+video'
    """
    return f"{architecture}:{'+'.join(sorted(modalities))}"


def every_variant(architectures: Sequence[str], challenge: Challenge) -> tuple[str, ...]:
    """Every architecture with every subset of the modalities that are tables: all of them first, single ones last."""
    names = sorted(modalities_of(ALL, challenge))
    return tuple(
        variant_name(architecture, subset)
        for size in range(len(names), 0, -1)
        for subset in combinations(names, size)
        for architecture in architectures
    )


def parse_variant(variant: str, architectures: Sequence[str], challenge: Challenge) -> tuple[str, tuple[str, ...]]:
    """Architecture and modalities of a variant, the modalities in the order of its name, however they are told.

    Raises:
        ValueError: no such variant.

    >>> from data_spec.challenge import load_challenge
    >>> parse_variant("lstm:video+audio", ["lstm", "cnn"], load_challenge("mosei"))
    ('lstm', ('audio', 'video'))
    >>> parse_variant("lstm:all", ["lstm", "cnn"], load_challenge("mosei"))
    ('lstm', ('audio', 'text', 'video'))
    """
    architecture, _, subset = variant.partition(":")
    if architecture not in architectures or not subset:
        raise ValueError(
            f"variant: expected one of {', '.join(architectures)}, then a colon and modalities, "
            f"such as {every_variant(architectures, challenge)[-1]}. Received: {variant!r}"
        )
    return architecture, tuple(sorted(modalities_of(subset, challenge)))
