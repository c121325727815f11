"""Which reference systems there are. A system is imported when it is asked for: most of them bring TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from baseline.system import System

SYSTEMS: Mapping[str, str] = MappingProxyType(
    {
        "decision_fusion": "baseline.systems.decision_fusion",
        "winners_recipe": "baseline.systems.winners_recipe",
        "early_fusion": "baseline.systems.early_fusion",
        "random_intensities": "baseline.systems.random_intensities",
        "speech_face_audiovisual": "baseline.systems.speech_face_audiovisual",
        "end_to_end": "baseline.systems.end_to_end",
        "context_regression": "baseline.systems.context_regression",
    }
)
"""By the name of a system, its module."""

DEFAULT = "decision_fusion"


class UnknownSystemError(ValueError):
    """A name that no system has; the message lists those there are."""


def find_system(name: str) -> System:
    """The system of that name.

    Raises:
        UnknownSystemError: there is none.

    >>> find_system("late_confusion")
    Traceback (most recent call last):
        ...
    baseline.registry.UnknownSystemError: expected one of decision_fusion, winners_recipe, early_fusion, \
random_intensities, speech_face_audiovisual, end_to_end, context_regression. Received: 'late_confusion'
    """
    if name not in SYSTEMS:
        raise UnknownSystemError(f"expected one of {', '.join(SYSTEMS)}. Received: {name!r}")
    system = import_module(SYSTEMS[name]).SYSTEM
    assert isinstance(system, System), f"{SYSTEMS[name]}.SYSTEM is no System"
    assert system.name == name, f"{SYSTEMS[name]}: its system is named {system.name!r}"
    return system
