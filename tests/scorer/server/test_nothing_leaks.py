"""Private scores, other teams' files, e-mail addresses: in no page, answer, export, log line, header or timing."""

from __future__ import annotations

import io
import json
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from scorer.server.api.description import SPEC_PATH
from scorer.server.current import Server
from scorer.server.logs import OURS, JsonLines
from tests.scorer.server.crawling import Answer, Asker, crawl
from tests.scorer.server.every_route import WRITING, Address, list_addresses
from tests.scorer.server.planted import (
    HIGH,
    LOW,
    MIDDLE,
    PEOPLE,
    VISITOR,
    Plant,
    PlantedServer,
    plants_of,
)

pytestmark = pytest.mark.one_kind

QUERIES = ("stage=private", "stage=private&state=scored&name=a&team=&mine=1&before=99999&next=/team")

TELLS_MORE = {"organiser.stages.release", "accounts.accept_merge", "accounts.join"}
"""Routes after which more people may see what is planted: they are sent nothing."""

TELLS_LESS = ("accounts.leave_team", "accounts.logout_everywhere", "accounts.logout")
"""Routes after which one sees less: they come last, in this order."""


@dataclass(frozen=True)
class Everybody:
    """All who may ask a server, in which everything that is not everybody's is planted."""

    app: Flask
    planted: PlantedServer
    askers: Sequence[Asker]

    def browser_of(self, person: str) -> FlaskClient:
        return next(asker.client for asker in self.askers if (asker.person, asker.how) == (person, "browser"))

    def pages(self) -> list[Address]:
        """All that can be read."""
        return list_addresses(self.app, self.planted.examples, methods=("GET",), queries=QUERIES)

    def read_all(self, people: Collection[str] = (VISITOR, *PEOPLE)) -> dict[Asker, dict[Address, Answer]]:
        """Everything, as it is told to each: to visitors also what programs ask, to programs only that."""
        pages, answers = self.pages(), {}
        for asker in self.askers:
            if asker.person in people:
                asker.client.get("/")  # shows what an earlier page left to be said
                addresses = [
                    page for page in pages if asker.person == VISITOR or asker.is_program == page.is_for_programs
                ]
                answers[asker] = dict(crawl(self.app, self.planted.server.engine, asker, addresses))
        return answers


@pytest.fixture
def everybody(app: Flask, server: Server, set_clock: Any, planted: PlantedServer, monkeypatch: Any) -> Everybody:
    """A visitor, everybody at a browser, their programs with tokens of each scope, and who reads the metrics."""
    monkeypatch.setattr("scorer.server.health.readiness.KEPT_SECONDS", 0)  # what is kept would take less work
    metrics_token = server.settings.data.metrics_token.read_text().strip()
    askers = [
        planted.visitor(app),
        planted.visitor(app, "metrics", metrics_token),
        *(planted.log_in(app, name) for name in PEOPLE),
        *(planted.program_of(app, name, scope) for name, scope in planted.tokens),
    ]
    for asker in askers:
        asker.csrf_token()  # so that no later cookie is the first one
    return Everybody(app, planted, askers)


class KeptLines(logging.Handler):
    """Keeps the lines that the log would have, without what differs each time."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = json.loads(self.format(record))
        said = line.keys() - {"time", "pid", "request_id", "duration_ms"}
        self.lines.append(str({name: line[name] for name in said}))


@contextmanager
def kept_log() -> Iterator[list[str]]:
    """The lines that are logged meanwhile: ours in every detail."""
    kept, ours, everybodys = KeptLines(), logging.getLogger(OURS), logging.getLogger()
    level, handlers = ours.level, everybodys.handlers
    ours.setLevel(logging.DEBUG)
    everybodys.handlers = [kept]  # else thousands of lines would stand above a failure
    yield kept.lines
    everybodys.handlers = handlers
    ours.setLevel(level)


def told_plants(address: Address, answer: Answer, plants: Sequence[Plant]) -> set[Plant]:
    """What is told. Whoever has a secret in the address that they ask knows it."""
    told = "\n".join([*answer.headers, answer.text])
    return {plant for plant in plants if plant.text in told and plant.text not in address.path}


def leaks_among(found: Iterable[Plant], asker: Asker, address: Address) -> list[str]:
    """What should not have been told."""
    return [f"{address} told {asker} {one.what}: {one.text}" for one in found if asker.person not in one.seen_by]


def test_every_route_tells_everybody_what_is_theirs_and_nothing_else(everybody: Everybody) -> None:
    plants = everybody.planted.plants
    seen_by, leaks, unanswered = defaultdict(set), [], {page.endpoint for page in everybody.pages()}
    with kept_log() as lines:
        told = everybody.read_all()
    for asker, answers in told.items():
        for address, answer in answers.items():
            assert answer.status < 500, f"{asker}: {address}"
            if answer.status < 300:
                unanswered.discard(address.endpoint)
            found = told_plants(address, answer, plants)
            leaks += leaks_among(found, asker, address)
            for plant in found:
                seen_by[plant].add(asker.person)
    assert leaks == []
    assert [plant for plant in plants if not plant.seen_by <= seen_by[plant]] == [], "what is theirs, they see"
    assert unanswered == set(), "every route has answered somebody"
    assert len(lines) > 500
    assert [plant for plant in plants if any(plant.text in line for line in lines)] == []


def test_no_form_and_no_program_is_told_more(everybody: Everybody) -> None:
    plants, leaks, statuses = everybody.planted.plants, [], defaultdict(set)
    addresses = list_addresses(everybody.app, everybody.planted.examples, methods=WRITING)
    addresses = [address for address in addresses if address.endpoint not in TELLS_MORE]
    addresses.sort(key=lambda address: TELLS_LESS.index(address.endpoint) if address.endpoint in TELLS_LESS else -1)
    with kept_log() as lines:
        for asker in everybody.askers:
            csrf_token = asker.csrf_token()
            for address in addresses:
                if asker.is_program != address.is_for_programs:
                    continue
                sent = api_body(address) if asker.is_program else page_body(csrf_token)
                for _, answer in crawl(everybody.app, everybody.planted.server.engine, asker, [address], **sent):
                    statuses[address.endpoint].add(answer.status)
                    leaks += leaks_among(told_plants(address, answer, plants), asker, address)
    assert leaks == []
    assert [endpoint for endpoint, found in statuses.items() if max(found) >= 500] == []
    assert [endpoint for endpoint, found in statuses.items() if found <= {302, 400, 401, 404}] == [], "it is reached"
    assert [plant for plant in plants if any(plant.text in line for line in lines)] == []


def page_body(csrf_token: str) -> dict[str, Any]:
    """A form with a valid token, with an upload, and with nothing else that is asked for."""
    return {"data": {"csrf_token": csrf_token, "stage": "private", "file": (io.BytesIO(b"no zip"), "a.zip")}}


def api_body(address: Address) -> dict[str, Any]:
    """A zip where one is asked for, else an object that lacks everything."""
    if address.endpoint in ("api.submit", "api.submit_bundle"):
        return {"data": b"no zip", "content_type": "application/zip"}
    return {"json": {}}


def test_whether_a_sealed_score_is_high_or_low_makes_no_answer_and_no_work_differ(everybody: Everybody) -> None:
    for page in ("/leaderboard", "/leaderboard.csv", "/api/v1/leaderboard", SPEC_PATH):
        everybody.browser_of(VISITOR).get(page)  # so that what is kept of it is kept
    with_high = everybody.read_all()
    everybody.planted.judge_sealed(LOW, MIDDLE, HIGH)
    with_low = everybody.read_all()
    for asker, answers in with_high.items():
        differing = [str(address) for address, answer in answers.items() if answer != with_low[asker][address]]
        assert differing == [], asker


def test_once_the_organiser_releases_them_everybody_sees_the_scores(everybody: Everybody) -> None:
    grace = next(asker for asker in everybody.askers if asker.person == "grace")
    for step in ("close", "release"):
        assert everybody.browser_of(VISITOR).get("/leaderboard?stage=private").status_code == 404
        sent = {"csrf_token": grace.csrf_token()}
        assert grace.client.post(f"/organiser/stages/private/{step}", data=sent).status_code == 303
    plants = [plant for report in (HIGH, MIDDLE) for plant in plants_of(report)]
    seen_by = defaultdict(set)
    for asker, answers in everybody.read_all((VISITOR, "ada")).items():
        for address, answer in answers.items():
            seen_by[asker.person] |= {plant.text for plant in told_plants(address, answer, plants)}
    for report in (HIGH, MIDDLE):
        for figure in (report.score, *report.interval):
            assert f"{figure:.4f}"[1:] in seen_by[VISITOR]
    assert f"{HIGH.confusion[0][0]}" in seen_by["ada"] - seen_by[VISITOR]
