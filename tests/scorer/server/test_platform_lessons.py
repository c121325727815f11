"""What users of other competition platforms suffered from, and that ours does not: a test for each lesson.

Each docstring begins with what went wrong elsewhere.
"""

from __future__ import annotations

import csv
import io
import re
import threading
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from data_spec.challenge import Challenge
from data_spec.csv_files import write_labels
from data_spec.stream import Labels
from scorer import SCORER_VERSION
from scorer.__main__ import main
from scorer.server import current
from scorer.server.accounts import service as accounts
from scorer.server.accounts import teams
from scorer.server.accounts.models import Account, Team
from scorer.server.audit.models import AuditEntry
from scorer.server.config import Settings
from scorer.server.current import Server
from scorer.server.data_folder import DataFolder
from scorer.server.jobs.celery_app import QUEUES, Jobs, create_celery
from scorer.server.jobs.work import Work
from scorer.server.mails.postmen import create_postman
from scorer.server.stages.admission import admit_team
from scorer.server.stages.service import find_stage
from scorer.server.storage import incoming
from scorer.server.submissions import judging
from scorer.server.submissions.judging import LEASE, MOST_TRIES
from scorer.server.submissions.models import Score, State, Submission
from scorer.server.verification import service as verifications
from scorer.verification.verdict import Verdict
from tests.scorer.server import tiny_bundle
from tests.scorer.server.known_attacks import ATTACKS, Scene

pytestmark = pytest.mark.one_kind

Headers = dict[str, str]
GIVE_UP_SECONDS = 20


@pytest.fixture
def new_team(session: Session, new_account: Callable[[str], Account]) -> Callable[[str], Headers]:
    """Makes a team of one; returns the header of its program."""

    def make(name: str) -> Headers:
        account = new_account(name)
        teams.create_team(session, account, name=name)
        return {"Authorization": f"Bearer {accounts.create_token(session, account, name='laptop')}"}

    return make


@pytest.fixture
def work(server: Server) -> Work:
    """What workers do."""
    return Work(server.sessions, server.judge, create_postman(server.settings), server.verifier)


@pytest.fixture
def nobody_wakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker hears of what is uploaded."""
    monkeypatch.setattr(Jobs, "judge", lambda *_: None)


def upload(client: FlaskClient, headers: Headers, content: bytes, stage: str = "public") -> TestResponse:
    path = f"/api/v1/stages/{stage}/submissions"
    return client.post(path, data=content, headers=headers, content_type="application/zip")


def told_of(client: FlaskClient, headers: Headers, number: int) -> dict[str, Any]:
    return client.get(f"/api/v1/submissions/{number}", headers=headers).json


def ranked(client: FlaskClient) -> list[tuple[str, float]]:
    """The teams of the leaderboard, best first."""
    rows = client.get("/api/v1/leaderboard").json["rows"]
    return [(row["team"], row["score"]) for row in rows if not row["baseline"]]


def at_once(actions: Iterable[Callable[[], object]]) -> None:
    """Do them at the same moment."""
    waiting = list(actions)
    together = threading.Barrier(len(waiting))
    faults: list[BaseException] = []

    def run(action: Callable[[], object]) -> None:
        try:
            together.wait(GIVE_UP_SECONDS)
            action()
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=run, args=(action,)) for action in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(GIVE_UP_SECONDS)
    assert faults == []


@pytest.mark.parametrize(("deaths", "state"), [(1, "scored"), (MOST_TRIES, "failed")])
def test_a_submission_never_stays_in_running_when_its_worker_dies(
    client: FlaskClient,
    browser: Any,
    session: Session,
    ada: Account,
    ada_token: Headers,
    challenge: Challenge,
    tiny: ModuleType,
    work: Work,
    set_clock: Any,
    nobody_wakes: None,
    monkeypatch: pytest.MonkeyPatch,
    deaths: int,
    state: str,
) -> None:
    """Submissions were stuck in "running" for days; a worker died and no status followed."""

    def die(*_: object) -> None:
        raise SystemExit

    assert upload(client, ada_token, tiny.prediction_zip(challenge)).json["state"] == "received"
    for _ in range(deaths):
        with monkeypatch.context() as mortal:
            mortal.setattr(judging.submission, "read", die)
            with pytest.raises(SystemExit):
                work.judge(1)
        assert work.sweep() == 0, "while the lease lasts, it is somebody's"
        assert told_of(client, ada_token, 1)["state"] == "received"
        set_clock.forward(seconds=LEASE.total_seconds())
    work.sweep()
    assert told_of(client, ada_token, 1)["state"] == state
    if state == "failed":
        browser.log_in("Ada")
        assert "Judging it failed on our side. It costs you nothing" in client.get("/submissions/1").text
        assert "came back before the lease ended" in (session.get_one(Submission, 1).log or "")


def test_a_repeated_delivery_does_not_double_a_score(
    client: FlaskClient,
    session: Session,
    ada_token: Headers,
    challenge: Challenge,
    tiny: ModuleType,
    work: Work,
    set_clock: Any,
    nobody_wakes: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A job was deleted before its score was stored; a repeated delivery doubled a score."""

    def die(*_: object, **__: object) -> None:
        raise SystemExit

    upload(client, ada_token, tiny.prediction_zip(challenge, right=0.7))
    with monkeypatch.context() as mortal:
        mortal.setattr(judging, "write_standing", die)
        with pytest.raises(SystemExit):
            work.judge(1)
    assert session.scalars(select(Score)).all() == [], "state, score and standing come together or not at all"
    session.rollback()
    set_clock.forward(seconds=LEASE.total_seconds())
    at_once([lambda: work.judge(1)] * 4)
    work.judge(1)
    work.sweep()
    assert [score.score for score in session.scalars(select(Score))] == [pytest.approx(0.7)]
    [row] = [row for row in client.get("/api/v1/leaderboard").json["rows"] if not row["baseline"]]
    assert (row["score"], row["entries"]) == (0.7, 1)


def test_one_slow_competition_blocks_no_other(
    client: FlaskClient,
    settings: Settings,
    new_team: Callable[[str], Headers],
    challenge: Challenge,
    tiny: ModuleType,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One slow competition blocked all: here a slow submission blocks no other, and a kind of work no other kind."""
    slow, quick = new_team("Slow"), new_team("Quick")
    with monkeypatch.context() as without_worker:
        without_worker.setattr(Jobs, "judge", lambda *_: None)
        upload(client, slow, tiny.prediction_zip(challenge, right=0.5))
    read, begun, may_go_on = judging.submission.read, threading.Event(), threading.Event()

    def read_slowly(*given: Any) -> Any:
        if not begun.is_set():
            begun.set()
            assert may_go_on.wait(GIVE_UP_SECONDS)
        return read(*given)

    monkeypatch.setattr(judging.submission, "read", read_slowly)
    worker = threading.Thread(target=work.judge, args=(1,))
    worker.start()
    assert begun.wait(GIVE_UP_SECONDS)
    assert upload(client, quick, tiny.prediction_zip(challenge, right=0.4)).json["state"] == "scored"
    assert ranked(client) == [("Quick", 0.4)]
    may_go_on.set()
    worker.join(GIVE_UP_SECONDS)
    assert ranked(client) == [("Slow", 0.5), ("Quick", 0.4)]

    route = create_celery(replace(settings, jobs_at_once=False), work).amqp.router.route
    assert [route({}, f"{queue}.anything")["queue"].name for queue in QUEUES] == list(QUEUES)
    assert len({*QUEUES, "scoring", "verification"}) == len(QUEUES) >= 2


def test_na_is_never_ranked_first_and_zero_is_zero(
    client: FlaskClient,
    browser: Any,
    session: Session,
    new_team: Callable[[str], Headers],
    challenge: Challenge,
    tiny: ModuleType,
    nobody_wakes: None,
    work: Work,
) -> None:
    """ "n/a" was ranked first; a score of 0 was shown as "n/a"."""
    refused, waiting, failed, zero = (new_team(name) for name in ("Refused", "Waiting", "Failed", "Zero"))
    upload(client, refused, b"no zip")
    for team in (failed, zero):
        upload(client, team, tiny.prediction_zip(challenge, right=0.0))
    session.get_one(Submission, 2).state = State.FAILED
    session.commit()
    work.sweep()
    upload(client, waiting, tiny.prediction_zip(challenge))
    assert ranked(client) == [("Zero", 0.0)]
    assert told_of(client, zero, 3)["score"] == 0.0
    assert [told_of(client, team, number)["score"] for team, number in ((refused, 1), (failed, 2))] == [None, None]
    lines = list(csv.reader(io.StringIO(client.get("/leaderboard.csv").text)))
    assert [line[:3] for line in lines if line[1] == "Zero"] == [["1", "Zero", "0.0000"]]
    browser.log_in("Zero")
    for page in ("/submissions/3", "/submissions", "/leaderboard"):
        assert "0.0000" in client.get(page).text
    browser.send("/team", "/logout")
    browser.log_in("Refused")
    assert "0.0000" not in client.get("/submissions").text, "missing is missing"


def test_a_zip_with_a_folder_in_it_is_told_why_and_harmless_extras_are_ignored_by_name(
    client: FlaskClient, ada_token: Headers, challenge: Challenge, tiny: ModuleType, published: Path, tmp_path: Path
) -> None:
    """A zip with a folder in it, `__MACOSX` or `.DS_Store` was rejected with no word why."""
    good = tiny.prediction_zip(challenge, extra={"__MACOSX/prediction/._x": "", "prediction/.DS_Store": ""})
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".csv")}
    nested = tiny.zip_of({f"mine/{name}": text for name, text in files.items()})
    spoilt = tiny.zip_of({name: text.replace("3.02,0,1,", "3.02,0,2,") for name, text in files.items()})

    accepted = upload(client, ada_token, good).json
    assert (accepted["state"], accepted["score"]) == ("scored", 1.0)
    assert accepted["notes"] == ["ignored: __MACOSX/prediction/._x, prediction/.DS_Store"]
    for content, place, expected, found in (
        (nested, ("mine/prediction/id00000001.csv", None, None), "no folder around it", "in mine/prediction/"),
        (spoilt, ("prediction/id00000001.csv", 4, "Sad"), "0 or 1", "'2'"),
    ):
        fault = upload(client, ada_token, content).json["faults"][0]
        assert (fault["file"], fault["row"], fault["column"]) == place
        assert expected in fault["expected"]
        assert found in fault["found"]
        path = tmp_path / "predictions.zip"
        path.write_bytes(content)
        checked = CliRunner().invoke(main, ["check", str(path), "--templates", str(published / "participants/test")])
        assert (checked.exit_code, fault["text"] in checked.output) == (1, True)


def test_what_was_refused_or_failed_says_its_owner_why(
    client: FlaskClient,
    organiser: Any,
    app: Flask,
    ada_token: Headers,
    challenge: Challenge,
    tiny: ModuleType,
    set_clock: Any,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Submissions failed with no log."""
    refused = upload(client, ada_token, tiny.zip_of({"prediction/id00000001.csv": "Time\n"}))
    monkeypatch.setattr(judging.submission, "read", lambda *_: 1 / 0)
    failed = upload(client, ada_token, tiny.prediction_zip(challenge))
    for _ in range(MOST_TRIES):
        set_clock.forward(minutes=1)
        work.sweep()
    of_ada = type(organiser)(app.test_client())
    of_ada.log_in("Ada")
    page = of_ada.client.get(f"/submissions/{refused.json['id']}").text
    assert "prediction/id00000002.csv: expected this file in the zip, found none" in page
    assert "Judging it failed on our side." in of_ada.client.get(f"/submissions/{failed.json['id']}").text
    assert "ZeroDivisionError" in client.get(f"/organiser/submissions/{failed.json['id']}").text


def test_a_large_upload_goes_to_disk_in_pieces_and_its_limit_is_named_beforehand(
    client: FlaskClient, browser: Any, challenge: Challenge, ada_token: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large uploads failed."""
    most = challenge.submission.max_zip_bytes
    browser.log_in("Ada")
    page = client.get("/submit").text
    assert "at most 200 kB" in page
    assert f'data-most-bytes="{most}"' in page
    assert client.get("/api/v1/challenge").json["limits"]["max_zip_bytes"] == most

    class Source(io.BytesIO):
        """An upload that notes how much of it is taken at once."""

        largest = 0

        def readinto(self, buffer: Any) -> int:
            self.largest = max(self.largest, len(buffer))
            return super().readinto(buffer)

    monkeypatch.setattr(incoming, "CHUNK_BYTES", 10_000)
    for size, status in ((most, 201), (most + 1, 413)):
        source = Source(bytes(size))
        answer = client.post(
            "/api/v1/stages/public/submissions",
            input_stream=source,
            headers=ada_token,
            content_type="application/zip",
            environ_overrides={"CONTENT_LENGTH": str(size)},
        )
        assert answer.status_code == status
        assert source.largest == (10_000 if status == 201 else 0), "what is announced as too large is not read"
    assert told_of(client, ada_token, 1)["size"] == most
    assert answer.get_json(force=True)["detail"] == "Expected a zip of at most 200 kB, found a larger one."


def test_a_quota_is_not_raced_past_nor_eaten_by_refused_zips_and_nothing_is_taken_after_the_end(
    app: Flask,
    client: FlaskClient,
    session: Session,
    ada_token: Headers,
    challenge: Challenge,
    tiny: ModuleType,
    set_clock: Any,
) -> None:
    """Platform failures ate the daily quota; races went past it; the API accepted after the end."""
    assert upload(client, ada_token, b"no zip").json["state"] == "refused"
    statuses: list[int] = []
    contents = [tiny.prediction_zip(challenge, right=number / 10) for number in range(6)]
    at_once(
        [
            lambda content=content: statuses.append(upload(app.test_client(), ada_token, content).status_code)
            for content in contents
        ]
    )
    assert sorted(statuses) == [201, 201, 201, 429, 429, 429]
    set_clock.forward(days=1)
    find_stage(session, "public").closes_at = set_clock.now + timedelta(seconds=1)
    session.commit()

    class Late(io.BytesIO):
        """An upload that lasts until the stage has closed."""

        def readinto(self, buffer: Any) -> int:
            set_clock.forward(seconds=1)
            return super().readinto(buffer)

    late = client.post(
        "/api/v1/stages/public/submissions",
        input_stream=Late(contents[0]),
        headers=ada_token,
        content_type="application/zip",
        environ_overrides={"CONTENT_LENGTH": str(len(contents[0]))},
    )
    assert late.status_code == 403
    assert "closed at" in late.get_json(force=True)["detail"]
    assert len(client.get("/api/v1/submissions", headers=ada_token).json["submissions"]) == 4


def test_a_deadline_keeps_its_hour_and_its_zone(
    app: Flask,
    client: FlaskClient,
    server: Server,
    organiser: Any,
    session: Session,
    ada_token: Headers,
    challenge: Challenge,
    tiny: ModuleType,
    set_clock: Any,
) -> None:
    """Dates fell to midnight, and zones were lost."""
    roman = challenge.model_copy(update={"team": challenge.team.model_copy(update={"time_zone": "Europe/Rome"})})
    current.attach(app, replace(server, challenge=roman))
    entered = {
        "opens_at": f"{find_stage(session, 'public').opens_at:%Y-%m-%dT%H:%M:%S}",
        "closes_at": "2100-06-30T23:30",
        "submissions_per_day": 3,
        "submissions_in_total": 5,
    }
    assert organiser.send("/organiser/stages/public", **entered).status_code == 303
    assert client.get("/api/v1/stages").json["stages"][0]["closes_at"] == "2100-06-30T23:30:00Z"
    for page in ("/", "/rules", "/organiser/stages/public"):
        assert "2100-06-30T23:30" in client.get(page).text
    assert '<time datetime="2100-06-30T23:30:00Z">2100-06-30 23:30 UTC</time>' in client.get("/rules").text

    set_clock.now = datetime(2100, 6, 30, 21, 59, tzinfo=UTC)
    received_at = upload(client, ada_token, tiny.prediction_zip(challenge)).json["received_at"]
    assert received_at == "2100-06-30T21:59:00Z"
    assert "2100-06-30T21:59:00+00:00" in client.get("/leaderboard.csv").text
    of_ada = type(organiser)(app.test_client())
    of_ada.log_in("Ada")
    page = of_ada.client.get("/submit").text
    assert "The next day (Europe/Rome) begins at" in page
    assert '<time datetime="2100-06-30T22:00:00Z">' in page
    assert "<strong>2</strong> of 3 left today" in page

    set_clock.now = datetime(2100, 6, 30, 23, 30, tzinfo=UTC) - timedelta(microseconds=1)
    assert upload(client, ada_token, tiny.prediction_zip(challenge, right=0.2)).status_code == 201
    set_clock.forward(microseconds=1)
    assert upload(client, ada_token, tiny.prediction_zip(challenge, right=0.1)).status_code == 403


def test_private_scores_are_told_to_nobody_before_release(
    client: FlaskClient,
    organiser: Any,
    grace: Account,
    session: Session,
    new_team: Callable[[str], Headers],
    challenge: Challenge,
    tiny: ModuleType,
    set_clock: Any,
) -> None:
    """Private scores, other people's files, and e-mails leaked. `test_nothing_leaks.py` looks everywhere."""
    private = find_stage(session, "private")
    private.opens_at = set_clock.now
    session.commit()
    told = []
    for name, right in (("Best", 1.0), ("Worst", 0.0)):
        headers = new_team(name)
        admit_team(session, private, session.scalars(select(Team).where(Team.name == name)).one(), account=grace)
        answer = upload(client, headers, tiny.prediction_zip(challenge, "private", right=right), "private").json
        told.append({key: value for key, value in answer.items() if key not in ("id", "sha256", "size")})
        assert (answer["state"], answer["score"], answer["rank"]) == ("scored", None, None)
    assert told[0] == told[1]
    for board in ("/leaderboard", "/leaderboard.csv", "/api/v1/leaderboard"):
        assert client.get(f"{board}?stage=private").status_code == 404
    for step in ("close", "release"):
        organiser.send("/organiser/stages/private", f"/organiser/stages/private/{step}")
    rows = client.get("/api/v1/leaderboard?stage=private").json["rows"]
    assert [(row["team"], row["score"]) for row in rows] == [("Best", 1.0), ("Worst", 0.0)]


def test_a_rescore_is_computed_aside_and_made_live_at_once(
    client: FlaskClient,
    session: Session,
    data: DataFolder,
    environment: dict[str, str],
    new_team: Callable[[str], Headers],
    challenge: Challenge,
    tiny: ModuleType,
    tmp_path: Path,
) -> None:
    """Rescoring mixed old and new scores."""
    for name, right in (("A", 0.8), ("B", 0.6)):
        upload(client, new_team(name), tiny.prediction_zip(challenge, right=right))
    for recording in tiny.RECORDINGS["public"]:
        truth = tiny.truth(recording, challenge)
        turned = Labels(truth.times, ((truth.index + 1) % 6).astype(np.int8), truth.agreement)
        write_labels(tmp_path / "labels" / f"{recording}.csv", turned, challenge.task)

    def rescore(way: str) -> str:
        arguments = ["rescore", str(data.root), "--stage", "public", "--labels", str(tmp_path), way]
        result = CliRunner().invoke(main, arguments, env=environment)
        assert result.exit_code == 0, result.output
        return result.output

    assert "2 -> 1       0.6000 -> 0.4000  B" in rescore("--preview")
    assert ranked(client) == [("A", 0.8), ("B", 0.6)], "nothing is live yet"
    rescore("--apply")
    assert ranked(client) == [("B", 0.4), ("A", 0.2)]
    assert len(session.scalars(select(Score)).all()) == 4, "the old ones are kept, with their version"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "stage.rescore")).one()
    assert entry.details["ranks_changed"] == 2


def test_no_participant_is_given_hidden_labels_and_no_code_among_predictions_is_run_or_unpacked(
    client: FlaskClient,
    session: Session,
    grace: Account,
    ada: Account,
    ada_token: Headers,
    data: DataFolder,
    challenge: Challenge,
    tiny: ModuleType,
    set_clock: Any,
    tmp_path: Path,
) -> None:
    """Hidden labels were readable by submitted code. What is given away holds none, and only bundles are run."""
    private = find_stage(session, "private")
    private.opens_at = set_clock.now
    session.commit()
    admit_team(session, private, ada.team, account=grace)
    hidden = {path.read_bytes() for path in data.corpus.rglob("labels/*.csv")}
    assert len(hidden) == 4
    for one in client.get("/api/v1/downloads", headers=ada_token).json["downloads"]:
        assert one["why_not"] is None
        with client.get(f"/api/v1/downloads/{one['name']}", headers=ada_token) as downloaded:
            content = io.BytesIO(downloaded.data)
        with zipfile.ZipFile(content) as archive:
            assert hidden.isdisjoint(archive.read(name) for name in archive.namelist())
            assert not any("labels" in name for name in archive.namelist())

    marker, before = tmp_path / "it was run", set(data.root.rglob("*"))
    program = f"open({str(marker)!r}, 'w')\n"
    names = ("predict.py", "prediction/__init__.py", "prediction/sitecustomize.py", "conftest.py", "run.sh")
    answer = upload(client, ada_token, tiny.prediction_zip(challenge, extra=dict.fromkeys(names, program))).json
    assert answer["state"] == "refused"
    assert {fault["file"] for fault in answer["faults"]} == set(names)
    assert not marker.exists()
    written = {path for path in set(data.root.rglob("*")) - before if path.is_file() and "kit.db" not in path.name}
    assert written == {data.storage.path(answer["sha256"])}, "the zip, as it came, and nothing else"


LOOK_AROUND = """
import os, socket
for folder, folders, names in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys", "/usr")]
    for name in names:
        if name.endswith((".csv", ".db", ".token", ".key", ".zip", ".json", ".yaml")):
            with open(os.path.join(folder, name), "rb") as file:
                head = file.read(100)
            if b"{agreement}" in head or head.startswith(b"SQLite"):
                print("FOUND", os.path.join(folder, name))
print("labels" in os.listdir(inputs), sorted(os.environ))
try:
    socket.create_connection(("127.0.0.1", 80), 1)
except OSError as error:
    print("no way out:", type(error).__name__)
"""


def test_code_that_is_run_finds_no_labels_no_secrets_and_no_way_out(
    client: FlaskClient,
    session: Session,
    grace: Account,
    ada: Account,
    ada_token: Headers,
    challenge: Challenge,
    set_clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Hidden labels were readable by submitted code. Here it is run without them, and sees nothing else either."""
    monkeypatch.setenv("KIT_SECRET_KEY", "a secret of the server")
    take_part_with_code(client, session, grace, ada, ada_token, challenge, set_clock)
    looking = LOOK_AROUND.replace("{agreement}", challenge.task.agreement_column)
    trial = send_code(client, ada_token, tiny_bundle.bundle_zip(before=looking))["verifications"][0]
    assert trial["progress"] == "matched", trial["log"]
    assert "FOUND" not in trial["log"]
    assert "False ['HOME'" in trial["log"], "no labels, and of the environment's variables only our own"
    assert "KIT_" not in trial["log"]
    assert "no way out" in trial["log"]


def take_part_with_code(
    client: FlaskClient,
    session: Session,
    grace: Account,
    account: Account,
    headers: Headers,
    challenge: Challenge,
    set_clock: Any,
) -> None:
    """Predictions that the code of a bundle gives again, and an admission to the stage in which code is sent."""
    private = find_stage(session, "private")
    private.opens_at = set_clock.now
    session.commit()
    admit_team(session, private, account.team, account=grace)
    for stage in ("public", "private"):
        sent = upload(client, headers, tiny_bundle.submission_zip(challenge, stage), stage)
        assert sent.json["state"] == "scored"


def send_code(client: FlaskClient, headers: Headers, content: bytes) -> dict[str, Any]:
    """What is told of a bundle at once."""
    return client.post("/api/v1/bundles", data=content, headers=headers, content_type="application/zip").json


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_a_known_attack_finds_no_way_in(
    client: FlaskClient,
    browser: Any,
    session: Session,
    ada_token: Headers,
    challenge: Challenge,
    tiny: ModuleType,
    attack: Callable[[Scene], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Symlinks and special files, zip slip, zip bombs, padded user names that took over accounts, open redirects,
    SSRF by file URL, pickle columns."""
    monkeypatch.chdir(tmp_path)
    attack(Scene(client, browser, ada_token, challenge, tiny, session))


def test_probing_the_leaderboard_tells_little_and_ties_are_said_to_be_ties(
    client: FlaskClient,
    session: Session,
    new_team: Callable[[str], Headers],
    ada_token: Headers,
    challenge: Challenge,
    tiny: ModuleType,
) -> None:
    """Leaderboards were overfitted by probing."""
    upload(client, ada_token, tiny.prediction_zip(challenge, right=0.7, spread=0.1))
    upload(client, new_team("Close"), tiny.prediction_zip(challenge, right=0.69, spread=-0.1))
    first, second = (row for row in client.get("/api/v1/leaderboard").json["rows"] if not row["baseline"])
    assert first["interval"] == [0.6, 0.8]
    assert (first["rank"], second["rank"], first["tie_group"], second["tie_group"]) == (1, 2, 1, 1)
    for row in (first, second):
        assert all(figure == round(figure, 4) for figure in (row["score"], *row["interval"]))

    find_stage(session, "public").ladder_step = 0.1
    session.commit()
    prober = new_team("Prober")
    scores = [upload(client, prober, tiny.prediction_zip(challenge, right=right)).json for right in (0.41, 0.42, 0.57)]
    assert [one["score"] for one in scores] == [0.4, None, 0.6], "in steps, and nothing of what did not climb"
    assert [one["report"] for one in scores] == [None] * 3
    assert upload(client, prober, tiny.prediction_zip(challenge)).status_code == 429, "and there are limits"


def test_in_the_deadline_rush_every_team_at_once_is_answered_and_none_is_lost(
    app: Flask,
    client: FlaskClient,
    new_team: Callable[[str], Headers],
    challenge: Challenge,
    tiny: ModuleType,
) -> None:
    """The deadline rush. `tests/load/test_deadline_rush.py` measures it on the real server."""
    teams_of_all = {f"Team{letter}": new_team(f"Team{letter}") for letter in "ABCDEFGH"}
    content, statuses = tiny.prediction_zip(challenge, right=0.5), []
    at_once(
        [
            lambda headers=headers: statuses.append(upload(app.test_client(), headers, content).status_code)
            for headers in teams_of_all.values()
        ]
    )
    assert statuses == [201] * len(teams_of_all)
    assert dict(ranked(client)) == dict.fromkeys(teams_of_all, 0.5)
    assert {row["rank"] for row in client.get("/api/v1/leaderboard").json["rows"]} == {None, 1}


def test_a_score_can_be_reproduced_from_what_is_kept_of_it(
    client: FlaskClient,
    session: Session,
    ada_token: Headers,
    data: DataFolder,
    challenge: Challenge,
    tiny: ModuleType,
) -> None:
    """A reproduction took five attempts. Everything that a score depends on is checked when it is uploaded, and kept
    with it: the bytes by their hash, the versions of scorer and labels."""
    told = upload(client, ada_token, tiny.prediction_zip(challenge, right=0.7, spread=0.1)).json
    score = session.scalars(select(Score)).one()
    assert score.data_version == find_stage(session, "public").data_version
    labels = data.recordings(challenge, "public", score.data_version).path / "labels"
    kept = data.storage.path(told["sha256"])
    result = CliRunner().invoke(main, ["score", str(kept), "--labels", str(labels), "--json"])
    assert result.exit_code == 0, result.output
    assert f'"score": {score.score}' in result.output
    assert told["score"] == round(score.score, 4)


def test_code_is_checked_and_tried_when_it_arrives_so_that_it_is_reproduced_at_the_first_attempt(
    client: FlaskClient,
    session: Session,
    server: Server,
    grace: Account,
    ada: Account,
    ada_token: Headers,
    challenge: Challenge,
    set_clock: Any,
) -> None:
    """A reproduction took five attempts: entry point, requirements and report were looked at by people, weeks later."""
    take_part_with_code(client, session, grace, ada, ada_token, challenge, set_clock)
    for files, fault in (
        ({"bundle.yaml": 'command: [python, no_such.py]\npython: "3.11"\n'}, "no_such.py"),
        ({"requirements.txt": "numpy == = 1\n"}, "requirements.txt"),
        ({"REPORT.md": "# Report\n## Model\nA model.\n"}, "REPORT.md"),
    ):
        told = send_code(client, ada_token, tiny_bundle.bundle_zip(files=files))
        assert told["state"] == "refused"
        assert fault in told["faults"][0]["text"]
    for code, outcome in (({"before": "import no_such_package"}, "failed"), ({"right": 0.4}, "mismatched")):
        [trial] = send_code(client, ada_token, tiny_bundle.bundle_zip(**code))["verifications"]
        assert (trial["progress"], trial["verdict"]["decision"]) == (outcome, outcome)
        assert trial["log"]
    assert send_code(client, ada_token, tiny_bundle.bundle_zip())["verifications"][0]["progress"] == "matched"

    session.rollback()
    verification = verifications.ask(session, ada.team, account=grace)
    server.jobs.verify(verification.id)
    session.expire_all()
    session.rollback()
    verdict = Verdict.from_dict(verification.verdict)
    assert (verdict.decision, [one.residual for one in verdict.comparisons]) == ("matched", ["0", "0"])
    assert verdict.hashes.bundle == verification.bundle.sha256
    assert verdict.hashes.data.keys() == {"public", "private"}
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in (*verdict.hashes.data.values(), verdict.hashes.environment))
    assert (verdict.hashes.scorer, verdict.sandbox[:10]) == (SCORER_VERSION, "bubblewrap")
