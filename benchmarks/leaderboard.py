"""How many views of the leaderboard a server answers a second, beside the least that such a server can do.

The floor is a constant answer by Flask, in the same gunicorn with the same workers and threads: one of the page's
bytes, and one of 8. The goals hold the page against the first, since to copy its bytes through a socket is no choice
of the server's; beside the second stands a view that finds nothing new and is answered without them (304).
The requests come from a process of its own, on eight connections that stay open. Neither side writes a log.

Each database has 500 teams, with 1,000, 10,000 and 100,000 submissions: what a view costs must not grow with them.
Warm ones are held against constants of as many bytes as their own pages have, since there is more to draw of a longer
history. The first view after a new score is one request; whose score it is goes round through the leaderboard.

    python -m benchmarks leaderboard
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from statistics import median

from benchmarks.constant_server import constant_server
from benchmarks.leaderboard_servers import Board, Sizes, running_boards, view
from benchmarks.report import Report
from benchmarks.request_rate import Load, load
from benchmarks.side_by_side import Figures, alternate, ratios

FULL = Sizes(teams=500, submissions=(1_000, 10_000, 100_000), recordings=143)
QUICK = Sizes(teams=5, submissions=(20,), recordings=3)
"""The one database stands for all three."""

TURNS, SECONDS, FIRST_VIEWS = 5, 1.5, 10
"""A server is asked for so long each time; and so many new scores come in each time."""

SMALL_BYTES = 8


def measure(quick: bool) -> Report:
    """Measure."""
    sizes = QUICK if quick else FULL
    report = Report("leaderboard", f"Views of a leaderboard of {sizes.teams} teams, beside a constant answer")
    with ExitStack() as running:
        boards = running.enter_context(running_boards(sizes, with_postgres=not quick))
        lengths = sorted({one.page_bytes for one in boards})
        floor = running.enter_context(constant_server([SMALL_BYTES, *lengths]))
        _measure_warm(report, boards, floor, quick)
        _measure_first(report, boards, quick)
    report.notes.append(f"the pages have {lengths[0]:,} to {lengths[-1]:,} bytes")
    return report


def _measure_warm(report: Report, boards: Sequence[Board], floor: str, quick: bool) -> None:
    turns = 1 if quick else TURNS
    loads: dict[str, list[Load]] = {}

    def asking(name: str, url: str, status: str, *headers: str) -> Callable[[], float]:
        def ask() -> float:
            found = load(url, seconds=0.1 if quick else SECONDS, headers=headers)
            if set(found.statuses) != {status}:
                sys.exit(f"{name}: expected answers {status}, found {found.statuses}")
            loads.setdefault(name, []).append(found)
            return found.rate

        return ask

    small = f"constant, {SMALL_BYTES} bytes"
    ways = {small: asking(small, f"{floor}/{SMALL_BYTES}", "200")}
    for one in boards:
        same, nothing_new = _constant_of(one), f"{one.name}, nothing new"
        ways[same] = asking(same, f"{floor}/{one.page_bytes}", "200")
        ways[one.name] = asking(one.name, one.url, "200")
        ways[nothing_new] = asking(nothing_new, one.url, "304", f"If-None-Match: {one.tag}")
    rates = alternate(ways, turns=turns)
    report.add("views", rates, "views/s")
    waits = {name: [1000 * one.p99 for one in found[-turns:]] for name, found in loads.items()}
    report.add("99 of 100 views wait at most", waits, "ms")
    processor = max(one.processor for found in loads.values() for one in found)
    report.notes.append(f"the process that asked took {processor:.2f} of a core at most")
    for fewest, middle, most in _of_each_kind(boards):
        _want_warm(report, middle, rates, waits)
        unchanged = median(ratios(rates[f"{middle.name}, nothing new"], rates[small]))
        report.notes.append(f"{middle.kind}: views that find nothing new, of the small constant: {unchanged:.2f} ×")
        shares = [ratios(rates[one.name], rates[_constant_of(one)]) for one in (most, fewest)]
        what = f"{most.kind}: views with {most.submissions:,} submissions, of those with {fewest.submissions:,}"
        report.want(f"{what}, both as shares of their constants", ratios(*shares), at_least=0.8)


def _want_warm(report: Report, board: Board, rates: Figures, waits: Figures) -> None:
    same = _constant_of(board)
    report.want(f"{board.kind}: views, of its constant", ratios(rates[board.name], rates[same]), at_least=0.5)
    longest = ratios(waits[board.name], waits[same])
    report.want(f"{board.kind}: the wait of 99 of 100 views, of its constant's", longest, at_most=10)


def _measure_first(report: Report, boards: Sequence[Board], quick: bool) -> None:
    def viewing(one: Board) -> Callable[[], float]:
        def view_new() -> float:
            waits = []
            for _ in range(1 if quick else FIRST_VIEWS):
                one.new_scores.write_one()
                start = time.perf_counter()
                view(one.url)
                waits.append(1000 * (time.perf_counter() - start))
            return median(waits)

        return view_new

    waits = alternate({one.name: viewing(one) for one in boards}, turns=1 if quick else TURNS)
    report.add("the first view after a new score", waits, "ms")
    for fewest, _, most in _of_each_kind(boards):
        what = f"{most.kind}: first views with {most.submissions:,} submissions, of those with {fewest.submissions:,}"
        report.want(what, ratios(waits[fewest.name], waits[most.name]), at_least=0.8)


def _constant_of(board: Board) -> str:
    return f"constant, {board.page_bytes:,} bytes"


def _of_each_kind(boards: Sequence[Board]) -> Iterator[tuple[Board, Board, Board]]:
    """The leaderboards with the fewest, with some, and with the most submissions."""
    for kind in dict.fromkeys(one.kind for one in boards):
        of_kind = sorted((one for one in boards if one.kind == kind), key=lambda one: one.submissions)
        yield of_kind[0], of_kind[len(of_kind) // 2], of_kind[-1]
