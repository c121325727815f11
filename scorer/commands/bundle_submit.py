"""`python -m scorer bundle submit`: upload code and tell what came of its trial."""

from __future__ import annotations

from pathlib import Path

import click

from scorer.bundle_answers import Bundle
from scorer.bundle_client import BundleClient
from scorer.commands.bundles_as_text import how_to_ask, tell_bundle
from scorer.commands.server_answers import problems_as_exit_codes, token_option, url_option
from scorer.commands.uploading import upload
from scorer.connection import ServerUnreachable

BROKE_OFF = "The upload broke off. Whether it was received, this tells: python -m scorer bundle status"


@click.command(
    epilog="""\b
Example:
  python -m scorer bundle submit bundle.zip --url http://127.0.0.1:8000 --token TOKEN

Exit codes: 0 its trial matched (with --no-wait: received), 1 refused, or its trial did not match, 2 wrong usage.""",
)
@click.argument("zip_path", metavar="ZIP", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@url_option
@token_option
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until it was tried.")
def command(zip_path: Path, url: str, token: str, wait: bool) -> None:
    """Upload a bundle as a member of a team, and print what came of it.

    The server checks it, runs it on a few recordings in its sandbox, and compares with the predictions that the team
    submitted. From the moment on when the server says "received" it keeps the bundle, whatever happens here.
    """
    with problems_as_exit_codes(), BundleClient(url, token) as client:
        bundle = upload(zip_path, lambda count: client.submit_bundle(zip_path, count), broke_off=BROKE_OFF)
        if wait and bundle.waits:
            bundle = _wait(client, bundle)
    tell_bundle(bundle)
    if is_refused(bundle) or (wait and bundle.waits):
        raise click.exceptions.Exit(1)


def is_refused(bundle: Bundle) -> bool:
    """Whether the team has to send another one: it was refused, or its trial or a verification did not match."""
    return bundle.state == "refused" or any(
        one.progress in ("mismatched", "failed") for one in bundle.verifications[-1:]
    )


def _wait(client: BundleClient, bundle: Bundle) -> Bundle:
    click.echo(f"bundle {bundle.id}: received, waiting for its trial", err=True)
    try:
        return client.wait_for_trial(bundle)
    except (ServerUnreachable, KeyboardInterrupt) as error:
        click.echo(f"\n{how_to_ask(bundle.id)}", err=True)
        if isinstance(error, KeyboardInterrupt):
            raise click.exceptions.Exit(1) from None
        raise
