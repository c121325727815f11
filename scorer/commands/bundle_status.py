"""`python -m scorer bundle status`: the team's bundles, or what came of one."""

from __future__ import annotations

import click

from scorer.bundle_client import BundleClient
from scorer.commands.bundle_submit import is_refused
from scorer.commands.bundles_as_text import bundles_text, tell_bundle
from scorer.commands.server_answers import echo_json, json_option, problems_as_exit_codes, token_option, url_option
from scorer.commands.status import ROW_ID


@click.command(
    epilog="""\b
Example:
  python -m scorer bundle status --url http://127.0.0.1:8000 --token TOKEN
  python -m scorer bundle status 7 --url http://127.0.0.1:8000 --token TOKEN

Exit codes: 0 done, 1 the bundle was refused, or its last run did not match, 2 wrong usage.""",
)
@click.argument("bundle_id", metavar="[ID]", required=False, type=ROW_ID)
@url_option
@token_option
@json_option
def command(bundle_id: int | None, url: str, token: str, as_json: bool) -> None:
    """List the team's bundles, newest first, or print one with its trial and its verifications."""
    with problems_as_exit_codes(), BundleClient(url, token) as client:
        if bundle_id is None:
            found = client.bundles()
            if as_json:
                echo_json(found)
            else:
                click.echo(bundles_text(found.bundles))
            return
        bundle = client.bundle(bundle_id)
    if as_json:
        echo_json(bundle)
    else:
        tell_bundle(bundle)
    if is_refused(bundle):
        raise click.exceptions.Exit(1)
