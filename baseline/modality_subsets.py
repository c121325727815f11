"""Variants of a system that are subsets of its modalities: `all`, `audio`, `audio+face`."""

from __future__ import annotations

from data_spec.challenge import Challenge

ALL = "all"


def all_and_each_alone(challenge: Challenge) -> tuple[str, ...]:
    """The variants that are listed: all modalities that are tables together, then each alone. Any other subset is one.

    >>> from data_spec.challenge import load_challenge
    >>> all_and_each_alone(load_challenge("merc2017"))
    ('all', 'audio', 'face', 'eyes', 'kinect')
    """
    return (ALL, *_tables(challenge))


def modalities_of(variant: str, challenge: Challenge) -> list[str]:
    """The modalities that a variant names, in the challenge's order, each once; sound and pictures are in none.

    Raises:
        ValueError: a name that is no modality, or none whose streams are tables.

    >>> from data_spec.challenge import load_challenge
    >>> modalities_of("kinect+audio", load_challenge("merc2017"))
    ['audio', 'kinect']
    """
    known = _tables(challenge)
    asked = known if variant == ALL else variant.split("+")
    if unknown := [name for name in asked if name not in known]:
        raise ValueError(
            f"variant: expected {ALL!r} or some of {'+'.join(known)}. Received: {variant!r}, "
            f"of which {', '.join(map(repr, unknown))} is no modality of {challenge.name!r}"
        )
    return [name for name in known if name in asked]


def _tables(challenge: Challenge) -> list[str]:
    return [modality.name for modality in challenge.modalities if modality.is_table]
