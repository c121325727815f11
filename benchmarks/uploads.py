"""Uploads: how long it takes from an upload to its rank, and a burst of them beside what the scorer alone does.

    python -m benchmarks uploads

A server as `scorer serve` starts it (two processes that answer, workers that judge) is asked from this process over
the loopback device. Its test set is as large as the public test of 2017; its challenge allows thousands of submissions
a day, and otherwise what merc2017 allows. It runs on SQLite with the folder as broker, then on PostgreSQL and Redis
where they are installed.

- idle: one client uploads, and asks until it is told its rank.
- burst: 50 clients upload 200 zips, no two the same; it ends when the leaderboard has counted all. No limit but the
  one a day is raised, and none is met: an account may upload 60 times an hour.
- the scorer alone: reads and scores the same zips in as many processes as there are cores, in the same turn.

Afterwards every upload must have been scored once, by one try, with the score that the scorer alone gives it; the ranks
must be those of the scores; and the server's log must tell of no error.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from benchmarks.labelled_corpus import FULL, TINY, Size, write_published
from benchmarks.prediction_zips import write_zips
from benchmarks.private_postgres import find_programs, private_postgres
from benchmarks.private_redis import find_redis, private_redis
from benchmarks.report import Report
from benchmarks.running_server import bad_lines, running_server
from benchmarks.scorer_alone import ScorerAlone
from benchmarks.side_by_side import alternate, ratios, timed
from benchmarks.upload_burst import Sent, register_clients, upload_burst, upload_one
from benchmarks.upload_check import share_ranked_rightly, share_scored_once
from data_spec.challenge import Challenge, load_challenge
from scorer.server.config import load_settings
from scorer.server.data_folder import DataFolder
from scorer.server.installation import install

NO_LIMIT = 10_000
"""Submissions of a team, a day and in all."""

ALONE, SERVER = "scorer alone", "server"


@dataclass(frozen=True)
class Scale:
    """How much is uploaded.

    Attributes:
        size: of the test set.
        clients: how many upload at once.
        uploads: of all clients together, in a burst.
        idle_uploads: how many are sent while nothing else is.
        turns: how many bursts.
        warm_up: how many bursts before them.
    """

    size: Size
    clients: int
    uploads: int
    idle_uploads: int
    turns: int
    warm_up: int


QUICK = Scale(TINY, clients=3, uploads=6, idle_uploads=1, turns=1, warm_up=0)
WHOLE = Scale(FULL, clients=50, uploads=200, idle_uploads=9, turns=3, warm_up=1)


def measure(quick: bool) -> Report:
    """Measure, on each kind of services.

    Args:
        quick: a few small uploads, on what needs no services.
    """
    scale = QUICK if quick else WHOLE
    report = Report("uploads", "From upload to rank, one at a time and in a burst")
    challenge = _challenge()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        write_published(scratch / "published", challenge, scale.size)
        zips = write_zips(scratch / "zips", scratch / "published", challenge, scale.uploads)
        for number, (name, services) in enumerate(_kinds_of_services(quick)):
            with services as environment:
                data = scratch / f"data{number}"
                install(data, scratch / "published", environment=environment)
                _measure_on(report, name, scale, data, environment, zips, challenge.stages[0].name)
    return report


def _challenge() -> Challenge:
    challenge = load_challenge("merc2017")
    more = {"submissions_per_day": NO_LIMIT, "submissions_in_total": NO_LIMIT}
    return challenge.model_copy(update={"stages": tuple(stage.model_copy(update=more) for stage in challenge.stages)})


def _kinds_of_services(quick: bool) -> Iterator[tuple[str, AbstractContextManager[Mapping[str, str]]]]:
    """What a server can run on here, and what starts it: the variables that name it."""
    yield "SQLite, folder", nullcontext({})
    postgres, redis = find_programs(), find_redis()
    if not quick and postgres is not None and redis is not None:
        yield "PostgreSQL, Redis", _start_services(postgres, redis)


@contextmanager
def _start_services(postgres_programs: Path, redis_program: str) -> Iterator[Mapping[str, str]]:
    with private_postgres(postgres_programs) as postgres, private_redis(redis_program) as redis_url:
        yield {"KIT_DATABASE_URL": postgres.new_database("uploads"), "KIT_BROKER_URL": redis_url}


def _measure_on(
    report: Report,
    services: str,
    scale: Scale,
    data: Path,
    environment: Mapping[str, str],
    zips: Sequence[Path],
    stage: str,
) -> None:
    log = data.with_suffix(".log")
    database_url = load_settings(DataFolder(data), environment).database_url
    sent: Sent = {}
    with ScorerAlone(data) as alone:
        scores = dict(zip(zips, alone.score(zips), strict=True))
        with running_server(data, log, environment) as url:
            tokens = register_clients(database_url, scale.clients)

            def idle() -> float:
                seconds, one = upload_one(url, tokens[0], stage, zips[len(sent) % len(zips)])
                sent.update(one)
                return seconds

            def burst() -> float:
                seconds, many = upload_burst(url, tokens, stage, zips)
                sent.update(many)
                return len(many) / seconds

            score_alone = timed(lambda: alone.score(zips), per=len(zips))
            waits = alternate({SERVER: idle}, turns=scale.idle_uploads)
            ways = {ALONE: lambda: 1 / score_alone(), SERVER: burst}
            rates = alternate(ways, turns=scale.turns, warm_up=scale.warm_up)
            ranked = share_ranked_rightly(url, database_url, stage, sent, scores)
        scored = share_scored_once(database_url, sent, scores)
    idle_measure, burst_measure = f"upload to rank, idle, {services}", f"{scale.uploads} uploads at once, {services}"
    report.add(idle_measure, waits, "s")
    report.want(f"{idle_measure}: share of one second", waits[SERVER], at_most=1)
    report.add(burst_measure, rates, "uploads/s")
    report.want(f"{burst_measure}: beside the scorer alone", ratios(rates[SERVER], rates[ALONE]), at_least=0.5)
    report.want(f"{burst_measure}: share scored once, and rightly", [scored], at_least=1)
    report.want(f"{burst_measure}: share of teams ranked rightly", [ranked], at_least=1)
    report.want(f"{burst_measure}: lines of errors in the log", [float(len(bad_lines(log)))], at_most=0)
