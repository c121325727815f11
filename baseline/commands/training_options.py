"""What commands that train have in common: which system, how large, with which settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from baseline.registry import DEFAULT, SYSTEMS, find_system
from baseline.settings_from_text import change_settings
from baseline.system import Size, System
from baseline.training import Training
from data_spec.challenge import Challenge

Command = TypeVar("Command", bound=Callable[..., Any])


def size_and_settings(command: Command) -> Command:
    """The options `--size` and `--set`."""
    for option in (
        click.option(
            "--set",
            "changes",
            multiple=True,
            metavar="NAME=VALUE",
            help="Another value for a setting of the system, such as epochs=6; may be given several times.",
        ),
        click.option(
            "--size",
            type=click.Choice([size.value for size in Size]),
            default=Size.SMALL.value,
            callback=lambda context, parameter, value: Size(value),
            show_default=True,
            help="full: as published; small: minutes on two cores; tiny: seconds, to see that it runs.",
        ),
    ):
        command = option(command)
    return command


def training_options(command: Command) -> Command:
    """The options `--system`, `--size` and `--set`."""
    of_system = click.option(
        "--system", type=click.Choice(list(SYSTEMS)), default=DEFAULT, show_default=True, help="Which one."
    )
    return of_system(size_and_settings(command))


def chosen_training(
    challenge: Challenge,
    system_name: str,
    variant: str | None,
    size: Size,
    changes: Sequence[str],
    seed: int,
    hold_out: bool | None = None,
) -> Training:
    """What a user asked for. Raises click.BadParameter."""
    system = system_for(challenge, system_name)
    if variant is None:
        variant = system.variants(challenge)[0]
    settings = changed_settings(system, size, variant, changes)
    return Training(system, variant, size, settings, seed, system.needs_validation if hold_out is None else hold_out)


def changed_settings(system: System, size: Size, variant: str, changes: Sequence[str]) -> Any:
    """The settings of a size with a user's changes. Raises click.BadParameter."""
    try:
        settings = system.settings(size, variant)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--variant") from error
    try:
        return change_settings(settings, changes)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--set") from error


def system_for(challenge: Challenge, name: str) -> System:
    """The system of that name. Raises click.BadParameter where it does not solve the challenge's task."""
    system = find_system(name)
    if challenge.task.kind not in system.kinds:
        raise click.BadParameter(
            f"{name} is for tasks of the kind {', '.join(sorted(system.kinds))}; "
            f"{challenge.name!r} is of the kind {challenge.task.kind}",
            param_hint="--system",
        )
    return system
