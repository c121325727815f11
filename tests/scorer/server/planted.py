"""A server in which everything that is not everybody's has a value of its own, so that it can be looked for."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from data_spec.challenge import dump_challenge
from scorer import scoring
from scorer.score_report import RecordingScore, ScoreReport
from scorer.server import clock
from scorer.server.accounts import invitations, merge_requests, teams
from scorer.server.accounts import service as accounts
from scorer.server.accounts.models import Account, Role, Scope
from scorer.server.accounts.signed_links import SignedLinks
from scorer.server.announcements import service as announcements
from scorer.server.current import Server
from scorer.server.leaderboard.models import Standing
from scorer.server.models import Base
from scorer.server.stages.admission import admit_team
from scorer.server.stages.changes import open_stage
from scorer.server.stages.service import find_stage
from scorer.server.submissions import judging
from scorer.server.submissions import service as submissions
from scorer.server.submissions.models import Score, State, Submission
from scorer.server.verification.models import Bundle, Verification
from tests.scorer.server.crawling import Asker
from tests.scorer.server.planted_bundles import BundlePlanter, put_sealed_scores

PASSWORD = "correct horse battery"
ADDRESS_OF_ALL = "203.0.113.77"
"""From which everybody asks."""

NOBODY: frozenset[str] = frozenset()
ANALYSTS, RIVALS, ORGANISER = frozenset({"ada", "ann"}), frozenset({"bob"}), frozenset({"grace"})
VISITOR = "visitor"
PEOPLE = ("ada", "ann", "bob", "eve", "lone", "grace")


@dataclass(frozen=True)
class Plant:
    """A text that may be in answers to some people, and in no others."""

    what: str
    text: str
    seen_by: frozenset[str] = NOBODY


def report_with(share: float, least_count: int) -> ScoreReport:
    """A report in which no figure is that of another report: they follow from the two that are given."""
    figures = [round(share + step * 0.0137911, 7) for step in range(-5, 6)]
    labels = ("Anger", "Sad", "Disgust", "Happy", "Scared", "Neutral")
    counts = [[least_count + 1_357_711 * (6 * row + column) for column in range(6)] for row in range(6)]
    return ScoreReport(
        metric="weighted_accuracy",
        score=share,
        interval=(figures[0], figures[1]),
        figures={"weighted_accuracy": share, "unweighted_accuracy": figures[2], "macro_f1": figures[3]},
        parts={
            label: {"recall": recall}
            for label, recall in zip(labels, [*figures[4:5], *figures[6:10], None], strict=True)
        },
        labels=labels,
        confusion=tuple(map(tuple, counts)),
        counted=sum(map(sum, counts)),
        rows=sum(map(sum, counts)) + least_count,
        recordings=(
            RecordingScore("id0000000a", figures[10], least_count + 7, (least_count + 13, least_count + 17)),
            RecordingScore("id0000000b", None, 0, (0, 0)),
        ),
    )


HIGH = report_with(0.7315926, 731_592_653)
MIDDLE = report_with(0.5471828, 547_182_818)
LOW = report_with(0.2141421, 214_142_135)


def plants_of(report: ScoreReport) -> list[Plant]:
    """Each figure of a report in every spelling in which it could be told, the main ones also in fewer digits."""
    numbers = list(_numbers(report.to_dict()))
    spelled = {f"{100 * report.score:.1f}"}
    for share in numbers:
        if isinstance(share, float):
            spelled |= {f"{share:.4f}"[1:], str(share)[1:6], f"{100 * share:.2f}"}
    for share in (report.score, *report.interval):
        spelled |= {f"{share:.3f}"[1:], str(share)[1:5]}
    for count in numbers:
        if isinstance(count, int) and count > 100_000_000:  # so long that no hash has it by chance
            spelled |= {f"{count:,}".replace(",", mark) for mark in ("", ",", " ", "\u202f")}
    return [Plant("a sealed figure", text) for text in sorted(spelled)]


def _numbers(value: object) -> Iterable[float | int]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [number for part in value for number in _numbers(part)]
    return [value] if isinstance(value, int | float) else []


def all_rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """What a database holds, apart from who is logged in and who has tried how often."""
    kept = [table for table in Base.metadata.sorted_tables if table.name not in ("login_sessions", "try_counts")]
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in kept
        }


@dataclass
class PlantedServer:
    """Six people, three teams, two of which take part in the sealed stage.

    Analysts: Ada, their captain, and Ann. Rivals: Bob. Eavesdroppers: Eve, who are not admitted. Lone has no team.
    Grace is an organiser.
    """

    server: Server
    session: Session
    tiny: ModuleType
    accounts: dict[str, Account] = field(default_factory=dict)
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    """By their owner and their scope."""
    plants: list[Plant] = field(default_factory=list)
    examples: dict[str, Sequence[object]] = field(default_factory=dict)
    """Values for the arguments of routes."""
    sealed: list[int] = field(default_factory=list)
    """The numbers of the sealed submissions: Ada's first, Bob's, Ada's second."""
    next_report: ScoreReport | None = None

    def fill(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let everything happen."""
        score = scoring.score
        monkeypatch.setattr(
            judging.scoring, "score", lambda *given, **named: self.next_report or score(*given, **named)
        )
        self._people()
        self._teams()
        self._submissions()
        self._sealed_submissions()
        self._bundles()
        self._secrets()

    def judge_sealed(self, *reports: ScoreReport) -> None:
        """Judge the sealed submissions, as if for the first time, with these reports."""
        self.session.rollback()
        stage_id = find_stage(self.session, "private").id
        self.session.execute(delete(Score).where(Score.submission_id.in_(self.sealed)))
        self.session.execute(delete(Standing).where(Standing.stage_id == stage_id))
        for number in self.sealed:
            received = self.session.get_one(Submission, number)
            received.state, received.tries = State.RECEIVED, 0
        self.session.commit()
        for number, report in zip(self.sealed, reports, strict=True):
            self.next_report = report
            self.server.judge.judge(self.session, number)
        self.next_report = None
        self.session.rollback()
        put_sealed_scores(self.session, reports[0])
        self.session.expire_all()

    def visitor(self, app: Flask, how: str = "browser", token: str | None = None) -> Asker:
        """Somebody whom nobody knows."""
        return _asker(app, VISITOR, how, token)

    def log_in(self, app: Flask, name: str) -> Asker:
        """Somebody at a browser, logged in."""
        asker = _asker(app, name)
        given = {"email": f"{name}-mailbox@example.org", "password": PASSWORD, "csrf_token": asker.csrf_token()}
        assert asker.client.post("/login", data=given).status_code == 303
        return asker

    def program_of(self, app: Flask, name: str, scope: str) -> Asker:
        """Somebody's program, with a token of that scope."""
        return _asker(app, name, f"{scope} token", self.tokens[name, scope])

    def submit(self, name: str, content: bytes, stage: str = "public") -> Submission:
        """Upload somebody's zip, and judge it."""
        received = submissions.receive(
            self.session,
            self.server.storage,
            self.server.challenge,
            account=self.accounts[name],
            stage=find_stage(self.session, stage),
            source=io.BytesIO(content),
        )
        self.server.judge.judge(self.session, received.id)
        team = ANALYSTS if name == "ada" else {name}
        self._plant(f"the hash of submission {received.id} of {name}", received.sha256, team | ORGANISER)
        self.examples["submission_id"] = [*self.examples.get("submission_id", []), received.id]
        return received

    def _people(self) -> None:
        for name in PEOPLE:
            account = accounts.register(
                self.session,
                self.server.passwords,
                email=f"{name}-mailbox@example.org",
                display_name=f"{name.title()} Displayed",
                password=PASSWORD,
                role=Role.ORGANISER if name == "grace" else Role.PARTICIPANT,
            )
            self.accounts[name] = account
            self._plant(f"the e-mail address of {name}", f"{name}-mailbox", {name})
            self._plant(f"the password hash of {name}", account.password_hash)
            for scope in Scope if name not in ("ann", "lone") else ():
                token = accounts.create_token(self.session, account, name=f"{scope} only", scopes=[scope])
                self.tokens[name, scope] = token
                self._plant(f"a token of {name}", token.split("_", 2)[2])

    def _teams(self) -> None:
        session, people, challenge = self.session, self.accounts, self.server.challenge
        most = challenge.team.max_members
        self.examples["account_id"] = [people[name].id for name in ("ann", "bob")]
        for captain, name in (("ada", "Analysts"), ("bob", "Rivals"), ("eve", "Eavesdroppers")):
            teams.create_team(session, people[captain], name=name)
        invitations.join(
            session, people["ann"], invitations.invite(session, people["ada"], most_members=most), most_members=most
        )
        self.examples["team_id"] = [people[name].team.id for name in ("ada", "eve")]
        for name in ("ada", "ann"):
            self._plant(f"the name of {name}", f"{name.title()} Displayed", ANALYSTS | ORGANISER)
        for name in ("bob", "eve"):
            self._plant(f"the name of {name}", f"{name.title()} Displayed", {name} | ORGANISER)
        asked = [merge_requests.ask(session, people[name], name="Rivals") for name in ("ada", "eve")]
        self.examples["request_id"] = [request.id for request in asked]
        announced = announcements.publish(session, account=people["grace"], title="Welcome", text="Hello.", letter=None)
        self.examples["announcement_id"] = [announced.id]
        for stage in ("public", "private"):
            self._plant(f"the version of the labels of {stage}", find_stage(session, stage).data_version, ORGANISER)

    def _submissions(self) -> None:
        """Of every state in the stage whose scores are everybody's."""
        challenge = self.server.challenge
        scored = self.submit("ada", self.tiny.prediction_zip(challenge, right=0.5, extra={"__MACOSX/planted-note": ""}))
        self.submit("eve", self.tiny.prediction_zip(challenge, right=0.4))
        self.submit("bob", self.tiny.prediction_zip(challenge, right=0.6))
        refused = self.submit("ada", self.tiny.zip_of({"prediction/planted-fault.csv": "Time\n"}))
        failed = self.submit("ada", self.tiny.prediction_zip(challenge, right=0.3))
        waiting = self.submit("ada", self.tiny.prediction_zip(challenge, right=0.2))
        assert (scored.state, refused.state) == (State.SCORED, State.REFUSED)
        self.session.execute(delete(Score).where(Score.submission_id.in_([failed.id, waiting.id])))
        failed.state, failed.log = State.FAILED, "Traceback\n  planted-log-line"
        waiting.state = State.RECEIVED
        waiting.leased_until = clock.utc_now() + judging.LEASE
        self.session.commit()
        self._plant("a note on a submission", "planted-note", ANALYSTS | ORGANISER)
        self._plant("a fault of a submission", "planted-fault", ANALYSTS | ORGANISER)
        self._plant("the log of a failure", "planted-log-line", ORGANISER)

    def _sealed_submissions(self) -> None:
        """In the stage whose scores are sealed."""
        session, grace, challenge = self.session, self.accounts["grace"], self.server.challenge
        open_stage(session, find_stage(session, "private"), account=grace)
        for name in ("ada", "bob"):
            admit_team(session, find_stage(session, "private"), self.accounts[name].team, account=grace)
        for name, right in (("ada", 0.9), ("bob", 0.5), ("ada", 0.1)):
            content = self.tiny.prediction_zip(challenge, "private", right=right)
            self.sealed.append(self.submit(name, content, "private").id)
        self.judge_sealed(HIGH, MIDDLE, LOW)
        published = dump_challenge(challenge)  # has many figures, such as the ranges of synthetic streams
        figures = [plant for report in (HIGH, MIDDLE, LOW) for plant in plants_of(report)]
        self.plants += [plant for plant in figures if plant.text not in published]
        for recording in self.tiny.RECORDINGS["private"]:
            self._plant("a recording of the private test", recording, ANALYSTS | RIVALS | ORGANISER)

    def _bundles(self) -> None:
        """Code of the two teams that take part in the sealed stage, and what came of it."""
        planter = BundlePlanter(self.server, self.session, self.accounts["grace"], self.tiny.RECORDINGS, self._plant)
        for name, team in (("ada", ANALYSTS), ("bob", RIVALS)):
            planter.plant_bundle(self.accounts[name], team, ORGANISER, HIGH)
        self.examples["bundle_id"] = list(self.session.scalars(select(Bundle.id)))
        self.examples["verification_id"] = list(self.session.scalars(select(Verification.id)))

    def _secrets(self) -> None:
        session, ada, data = self.session, self.accounts["ada"], self.server.settings.data
        links = SignedLinks(self.server.settings.secret_key, "")
        invitation = invitations.invite(session, ada, most_members=self.server.challenge.team.max_members)
        self.examples["secret"] = [invitation]
        self.examples["token"] = [
            link(self.accounts["eve"]).rpartition("/")[2] for link in (links.reset, links.confirmation)
        ]
        self.examples["invitation_id"] = [one.id for one in invitations.list_open(session, ada.team)]
        self.examples["token_id"] = [
            accounts.list_tokens(session, self.accounts[name])[0].id for name in ("ada", "bob")
        ]
        self.examples["name"] = ["participants", "stage2", "public", "private"]
        self.examples["stage_name"] = ["public", "private"]
        self._plant("an invitation", invitation)
        for token in self.examples["token"]:
            self._plant("a link that was mailed", str(token))
        self._plant("the key of the cookies", self.server.settings.secret_key)
        self._plant("the token of the metrics", data.metrics_token.read_text().strip())
        self._plant("a network address", ADDRESS_OF_ALL)

    def _plant(self, what: str, text: str, seen_by: Iterable[str] = NOBODY) -> None:
        self.plants.append(Plant(what, text, frozenset(seen_by)))


def _asker(app: Flask, person: str, how: str = "browser", token: str | None = None) -> Asker:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = ADDRESS_OF_ALL
    return Asker(person, client, how, token)
