"""`python -m data_spec import`: bring a public corpus on the user's disk into the kit's layout."""

from __future__ import annotations

import click

from data_spec.commands.import_crema_d import crema_d
from data_spec.commands.import_ravdess import ravdess
from data_spec.commands.import_ravdess_speech import ravdess_speech


@click.group(
    "import",
    epilog="""\b
Example:
  python -m data_spec import ravdess downloads/ravdess ravdess-corpus
  python -m data_spec import ravdess-speech downloads/ravdess ravdess-speech-corpus
  python -m data_spec import crema-d downloads/CREMA-D crema-d-corpus
  python -m data_spec import ravdess --help""",
)
def command() -> None:
    """Make a corpus of real recordings.

    An import that was interrupted goes on when it is called again; one that takes a minute begins anew.
    """


command.add_command(ravdess)
command.add_command(ravdess_speech)
command.add_command(crema_d)
