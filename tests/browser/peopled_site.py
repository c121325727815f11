"""A server of this process, with people, teams, submissions in every state, and an organiser."""

from __future__ import annotations

import io
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from scorer.server.accounts import invitations, merge_requests, teams
from scorer.server.accounts import service as accounts
from scorer.server.accounts.models import Account, Role, Team
from scorer.server.accounts.passwords import Passwords
from scorer.server.accounts.signed_links import SignedLinks
from scorer.server.announcements import service as announcements
from scorer.server.app import create_app
from scorer.server.config import load_settings
from scorer.server.current import server_of
from scorer.server.data_folder import DataFolder
from scorer.server.installation import install
from scorer.server.leaderboard.choices import choose
from scorer.server.organiser.disqualification import disqualify
from scorer.server.stages.admission import admit_team
from scorer.server.stages.changes import open_stage
from scorer.server.stages.service import find_stage
from scorer.server.submissions import service as submissions
from scorer.server.submissions.models import State, Submission
from tests.browser.peopled_bundles import write_bundles
from tests.scorer.server import tiny_corpus
from tests.scorer.server.tiny_kinds import TinyKind

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Site:
    """A running server, and the secrets that stand in addresses of it."""

    url: str
    app: Flask
    secrets: dict[str, str]


@contextmanager
def peopled_site(folder: Path) -> Iterator[Site]:
    """A site of the challenge of 2017, with everybody on it."""
    tiny_corpus.write_published(folder / "published", tiny_corpus.tiny_challenge())
    with serving(folder, lambda app: _People(app).arrive()) as site:
        yield site


@contextmanager
def site_of_kind(folder: Path, kind: TinyKind) -> Iterator[Site]:
    """A site of another kind of challenge, with three teams and their submissions, of which Ada's is the last."""
    kind.write_published(folder / "published")
    with serving(folder, lambda app: _People(app).compete(kind)) as site:
        yield site


@contextmanager
def serving(folder: Path, arrive: Callable[[Flask], dict[str, str]]) -> Iterator[Site]:
    """Install what is published in the folder, let people arrive, and serve it until the end of the block."""
    install(folder / "data", folder / "published", environment={})
    settings = load_settings(DataFolder(folder / "data"), environment={})
    quick = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    app = create_app(replace(settings, passwords=quick, jobs_at_once=True))
    with app.app_context():
        secrets = arrive(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", app, secrets)
    finally:
        server.shutdown()
        thread.join()
        server_of(app).sessions.remove()
        server_of(app).engine.dispose()


class _People:
    """Everybody, and what they did."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.server = server_of(app)
        self.session: Session = self.server.sessions()

    def arrive(self) -> dict[str, str]:
        """Let all of it happen. Returns the secrets that stand in addresses."""
        session, challenge = self.session, self.server.challenge
        ada, grace = self.account("Ada"), self.account("Grace", Role.ORGANISER)
        self.account("Newcomer")
        analysts = teams.create_team(session, ada, name="Difference Engine")
        invitation = invitations.invite(session, ada, most_members=challenge.team.max_members)
        invitations.join(session, self.account("Charles"), invitation, most_members=challenge.team.max_members)
        invitation = invitations.invite(session, ada, most_members=challenge.team.max_members)
        accounts.create_token(session, ada, name="laptop")
        self.others(grace)
        self.submissions_of(ada, analysts, grace)
        write_bundles(session, ada, grace)
        text = "The streams of the private test can be downloaded now.\n\nGood luck to all of you."
        announcements.publish(session, account=grace, title="Stage 2 is open", text=text, letter=None)
        announcements.publish(session, account=grace, title="Welcome", text="The data is there.", letter=None)
        links = SignedLinks(str(self.app.secret_key), "")
        return {
            "invitation": invitation,
            "confirmation": urlsplit(links.confirmation(ada)).path.rpartition("/")[2],
            "reset": urlsplit(links.reset(ada)).path.rpartition("/")[2],
        }

    def compete(self, kind: TinyKind) -> dict[str, str]:
        """Let teams send predictions. Returns no secrets."""
        for name, goods in {"Bletchley": [0.93], "Ἀκουσταί": [0.4], "Difference Engine": [0.6, 0.91]}.items():
            account = self.account("Ada" if name == "Difference Engine" else f"Captain{len(name)}")
            teams.create_team(self.session, account, name=name)
            for good in goods:
                self.submit(account, kind.zip(good), kind.challenge.stages[0].name)
        return {}

    def account(self, name: str, role: Role = Role.PARTICIPANT) -> Account:
        """An account that can be used."""
        made = accounts.register(
            self.session,
            self.server.passwords,
            email=f"{name.lower()}@example.org",
            display_name=name,
            password=PASSWORD,
        )
        made.role, made.email_confirmed_at = role, made.created_at
        self.session.commit()
        return made

    def others(self, grace: Account) -> None:
        """Other teams: ranked ones, one that wants to merge, one that is disqualified."""
        rights = {
            "Bletchley": 0.64,
            "Hut 6 & Friends of the Considerably Longer Team Name": 0.55,
            "Ἀκουσταί": 0.5,
            "Last": 0.0,
        }
        for number, (name, right) in enumerate(rights.items()):
            captain = self.account(f"Alan{number}")
            team = teams.create_team(self.session, captain, name=name)
            self.submit(
                captain, tiny_corpus.prediction_zip(self.server.challenge, right=right, spread=min(right, 0.04))
            )
            if name == "Bletchley":
                merge_requests.ask(self.session, captain, name="Difference Engine")
            if name == "Last":
                because = "Two teams of one person.\n\nSee the rules."
                disqualify(self.session, team, account=grace, because=because)

    def submissions_of(self, ada: Account, team: Team, grace: Account) -> None:
        """Ada's submissions: 5 scored, 6 scored, 7 refused, 8 failed, 9 received, 10 sealed."""
        zips = [
            tiny_corpus.prediction_zip(self.server.challenge, right=0.45, spread=0.05),
            tiny_corpus.prediction_zip(self.server.challenge, right=0.6, spread=0.05, extra={"__MACOSX/._id": "x"}),
            tiny_corpus.zip_of({"prediction/id00000001.csv": "Time,Anger\n3.00,1\n", "read me.txt": "x"}),
            tiny_corpus.prediction_zip(self.server.challenge, right=0.2),
            tiny_corpus.prediction_zip(self.server.challenge, right=0.3),
        ]
        sent = [self.submit(ada, content) for content in zips]
        choose(self.session, ada, sent[0].id)
        self.spread_recordings(sent[1])
        sent[3].state, sent[3].log = (
            State.FAILED,
            "Traceback (most recent call last):\n  a line\nOSError: the disk is full",
        )
        sent[4].state, sent[4].tries = State.RECEIVED, 0
        for unjudged in sent[3:]:
            for score in unjudged.scores:
                self.session.delete(score)
        self.session.commit()
        private = find_stage(self.session, "private")
        open_stage(self.session, private, account=grace)
        admit_team(self.session, private, team, account=grace)
        self.submit(ada, tiny_corpus.prediction_zip(self.server.challenge, "private", right=0.5), "private")

    def submit(self, account: Account, content: bytes, stage: str = "public") -> Submission:
        """Upload and judge."""
        received = submissions.receive(
            self.session,
            self.server.storage,
            self.server.challenge,
            account=account,
            stage=find_stage(self.session, stage),
            source=io.BytesIO(content),
        )
        submission_id = received.id
        self.server.judge.judge(self.session, submission_id)
        received = self.session.get_one(Submission, submission_id, populate_existing=True)
        assert received.state is not State.FAILED, received.log
        return received

    def spread_recordings(self, submission: Submission) -> None:
        """As many recordings in the report as in a real test: the tiny one has two."""
        chance = random.Random(2017)
        recordings = [
            {"recording": f"id{number:08x}", "score": share, "counted": 3000, "statistics": [3000 * share, 3000]}
            for number in range(143)
            if (share := chance.betavariate(6, 4))
        ]
        score = submission.scores[0]
        score.report = {**score.report, "recordings": recordings}
        self.session.commit()
