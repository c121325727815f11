"""What takes long to compute for a leaderboard, kept until the leaderboard changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

Value = TypeVar("Value")


class BoardCache(Generic[Value]):
    """The values of the keys that were asked for last; a key says all that its value depends on."""

    def __init__(self, most: int = 8) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, Future[Value]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """The value of the key, computed where it is not kept.

        Threads that ask at once compute it once, and nobody waits for another key. An error is kept for nobody but
        those who wait for the same value.
        """
        with self._lock:
            kept = self._values.get(key)
            if kept is None:
                own = self._values[key] = Future[Value]()
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        if kept is not None:
            return kept.result()
        try:
            own.set_result(compute())
        except BaseException as error:
            with self._lock:
                if self._values.get(key) is own:
                    del self._values[key]
            own.set_exception(error)
            raise
        return own.result()
