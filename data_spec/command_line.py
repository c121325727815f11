"""The shape of the kit's three command lines: commands loaded when they are called, and errors without tracebacks."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from data_spec.challenge import ChallengeError
from data_spec.corpus import CorpusError
from data_spec.csv_files import CsvError
from data_spec.features.packages import MissingPackageError


class WrongUsage(click.ClickException):
    """An input that cannot be used: the command was not called on what it is for."""

    exit_code = 2


class CommandsByName(click.Group):
    """A group that loads a command when it is called: the one that checks need not wait for TensorFlow or Flask.

    Args:
        modules: by the name of a command, its module; the module's attribute `command` is the click command.
    """

    def __init__(self, *args: Any, modules: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._modules = dict(modules or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the mapping."""
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        if cmd_name not in self._modules:
            return None
        command = import_module(self._modules[cmd_name]).command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what is wrong with its input is said in one line."""
        try:
            return super().invoke(ctx)
        except (CorpusError, ChallengeError, CsvError, MissingPackageError, OSError) as error:
            raise WrongUsage(str(error)) from error
