"""`python -m scorer verify`: run teams' code on the server's machine, and compare with the leaderboard."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from data_spec.command_line import WrongUsage
from scorer.commands.log_follower import following_log
from scorer.commands.open_data import data_argument, open_data
from scorer.commands.terminal_text import visible
from scorer.commands.verification_text import Verified, verifications_text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from data_spec.challenge import Challenge
    from scorer.server.accounts.models import Team
    from scorer.server.config import Settings
    from scorer.server.verification.models import Verification
    from scorer.server.verification.verifier import Verifier

LOOK_SECONDS = 1.0
"""How often one looks whether a verification, which somebody else runs or which waits for its next try, has ended."""


@click.command(
    epilog="""\b
Example:
  python -m scorer verify server-data Analysts
  python -m scorer verify server-data --all --rerun

Exit codes: 0 all matched, 1 one did not, or nothing can be run here, 2 wrong usage.""",
)
@data_argument
@click.argument("team", required=False)
@click.option("--all", "everybody", is_flag=True, help="Every team that has sent code.")
@click.option("--rerun", is_flag=True, help="Run it once more where there is a verdict on this bundle.")
def command(data: Path, team: str | None, everybody: bool, rerun: bool) -> None:
    """Run a TEAM's code in the sandbox and compare with its scores on the leaderboard.

    The server may run meanwhile: what it has begun already is waited for. The log is shown as it comes; then a line
    for each stage. Scores of a stage that is sealed are not shown. Ctrl-C stops the verification.
    """
    from sqlalchemy.orm import sessionmaker

    from scorer.server.config import load_settings
    from scorer.server.data_folder import DataFolder
    from scorer.server.storage.creation import create_storage
    from scorer.server.verification import shown
    from scorer.server.verification.verifier import Verifier

    if everybody == (team is not None):
        raise WrongUsage("expected the name of a TEAM, or --all")
    with open_data(data) as session:
        folder = DataFolder(data)
        challenge, settings = folder.load_challenge(), load_settings(folder)
        teams = list(_with_code(session, challenge)) if team is None else [_find(session, challenge, team)]
        _check_sandbox(settings)
        verifier = Verifier(settings, challenge, create_storage(settings))
        sessions = sessionmaker(session.get_bind(), expire_on_commit=False)
        verified = []
        for one in teams:
            verification = _verify(session, sessions, verifier, one, rerun=rerun)
            if verification is None:
                continue
            verdict = shown.for_organiser(session, challenge, verification)
            verified.append(Verified(visible(one.name), verification.progress.value, verdict, verification.fault))
    if verified:
        click.echo(verifications_text(verified))
    if len(verified) < len(teams) or any(one.progress != "matched" for one in verified):
        raise click.exceptions.Exit(1)


def _find(session: Session, challenge: Challenge, name: str) -> Team:
    """The team of that name. Raises WrongUsage that names those there are."""
    from sqlalchemy import select

    from scorer.server.accounts.models import Team
    from scorer.server.accounts.names import comparison_key

    team = session.scalar(select(Team).where(Team.name_key == comparison_key(name)))
    if team is None:
        names = [visible(one.name) for one in _with_code(session, challenge, quietly=True)]
        raise WrongUsage(f"expected a team that has sent code, one of {names}, found {visible(name)!r}")
    return team


def _with_code(session: Session, challenge: Challenge, *, quietly: bool = False) -> Iterator[Team]:
    """The teams in the competition that have an accepted bundle; of the others one hears."""
    from scorer.server.stages.admission import is_in_competition
    from scorer.server.verification.service import list_candidates

    for candidate in list_candidates(session, challenge):
        if not is_in_competition(candidate.team):
            continue
        if candidate.bundle is not None:
            yield candidate.team
        elif not quietly:
            click.echo(f"{visible(candidate.team.name)}: has sent no code that was accepted", err=True)


def _check_sandbox(settings: Settings) -> None:
    """Raise ClickException where nothing can be run, before anything is queued."""
    from scorer.sandbox.choice import open_runner
    from scorer.sandbox.job import NoSandbox

    try:
        open_runner(settings.sandbox)
    except NoSandbox as reason:
        raise click.ClickException(f"Verification is off: {reason}") from reason


def _verify(
    session: Session, sessions: sessionmaker[Session], verifier: Verifier, team: Team, *, rerun: bool
) -> Verification | None:
    """The team's verification, at its end; None where there can be none, which is said."""
    from scorer.server.refusals import Refusal
    from scorer.server.verification import service

    try:
        verification = _begin(session, team, rerun=rerun)
    except Refusal as refusal:
        click.echo(f"{visible(team.name)}: {refusal.message}", err=True)
        return None
    if verification.progress.ended:
        return verification
    click.echo(f"=== {visible(team.name)}: verification {verification.id}", err=True)
    session.rollback()
    try:
        with following_log(sessions, verification.id):
            while not verification.progress.ended:
                verifier.run(sessions, verification.id)
                session.rollback()
                session.refresh(verification)
                if not verification.progress.ended:
                    time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        session.rollback()
        session.refresh(verification)
        if verification.lease_holder is None and not verification.progress.ended:
            service.stop(session, verification, account=None)
        raise
    return verification


def _begin(session: Session, team: Team, *, rerun: bool) -> Verification:
    """The verification that is under way, or that has ended and is enough, or a new one."""
    from scorer.server.verification import service
    from scorer.server.verification.models import Kind

    newest = service.newest_verification(session, team, Kind.FULL)
    if newest is not None and (not newest.progress.ended or (not rerun and service.is_verified(session, team))):
        return newest
    return service.ask(session, team, account=None)
