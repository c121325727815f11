"""The naive baseline's four ways in turn, and the goals: what training and prediction have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.network_process import NetworkProcess, running
from benchmarks.peers import has_peer
from benchmarks.random_windows import Plan
from benchmarks.report import Report
from benchmarks.side_by_side import alternate, ratios

TURNS, WARM_UP = 9, 2
KERAS, PYTORCH, KIT, LIMIT = "stock Keras", "PyTorch", "the kit", "the matrix products alone"
MILLISECONDS = 1000


@dataclass(frozen=True)
class Goals:
    """How fast the kit is to be, at least.

    Attributes:
        of_keras: times as fast as stock Keras.
        of_pytorch: times as fast as PyTorch.
        of_limit: share of the speed of the matrix products alone.
    """

    of_keras: float
    of_pytorch: float
    of_limit: float


def beside_peers(report: Report, what: str, measure: str, plan: Plan, quick: bool, goals: Goals) -> None:
    """Measure all ways, and add them and the goals to a report.

    Args:
        report: of the benchmark.
        what: `train` or `predict`.
        measure: what all of them do.
        plan: how large the network is.
        quick: one turn, without PyTorch where it is not installed.
        goals: of the benchmark.
    """
    names = [KERAS, *([PYTORCH] if has_peer("torch", quick) else []), KIT, LIMIT]
    with running(names, plan) as networks:
        ways = {name: milliseconds(network, what) for name, network in networks.items()}
        found = alternate(ways, turns=1 if quick else TURNS, warm_up=0 if quick else WARM_UP)
    report.add(measure, found, "ms")
    report.want(f"{measure}, times as fast as stock Keras", ratios(found[KERAS], found[KIT]), at_least=goals.of_keras)
    if PYTORCH in found:
        report.want(
            f"{measure}, times as fast as PyTorch", ratios(found[PYTORCH], found[KIT]), at_least=goals.of_pytorch
        )
    report.want(
        f"{measure}, share of the matrix products' speed", ratios(found[LIMIT], found[KIT]), at_least=goals.of_limit
    )


def milliseconds(network: NetworkProcess, what: str) -> Callable[[], float]:
    """A way that asks a network for a batch."""
    return lambda: MILLISECONDS * network.ask(what)
