from __future__ import annotations

import threading

import pytest

from scorer.server.leaderboard.board_cache import BoardCache


def test_a_value_is_computed_once() -> None:
    cache: BoardCache[list[int]] = BoardCache()
    assert cache.get("a", lambda: [1]) is cache.get("a", lambda: [2])


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    cache: BoardCache[int] = BoardCache(most=2)
    cache.get("a", lambda: 1)
    cache.get("b", lambda: 1)
    cache.get("a", lambda: 2)
    cache.get("c", lambda: 1)
    assert (cache.get("a", lambda: 2), cache.get("b", lambda: 2)) == (1, 2)


def test_threads_that_ask_at_once_compute_it_once() -> None:
    cache: BoardCache[int] = BoardCache()
    computed: list[int] = []
    barrier = threading.Barrier(4)

    def ask() -> None:
        barrier.wait(5)
        cache.get("a", lambda: computed.append(1) or 1)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert computed == [1]


def test_nobody_waits_for_another_key() -> None:
    cache: BoardCache[int] = BoardCache()
    assert cache.get("a", lambda: cache.get("b", lambda: 1)) == 1


def test_an_error_is_not_kept() -> None:
    cache: BoardCache[float] = BoardCache()
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 / 0)
    assert cache.get("a", lambda: 2) == 2
