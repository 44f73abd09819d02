"""Heavy questions: computed in a thread, a few at a time, each once per version of the store."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

from clusteratlas.api.errors import TooManyRequestsError

T = TypeVar("T")

AT_ONCE: Final = 2
MOST_WAITING: Final = 32


class Desk:
    """Where heavy work is queued; the same question asked twice at once is computed once."""

    def __init__(self) -> None:
        self._seats = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}
        self._waiting = 0

    async def run(self, function: Callable[[], T]) -> T:
        """Run a function in a thread once there is a seat.

        Raises
        ------
        TooManyRequestsError
            If too many wait already.
        """
        if self._waiting >= MOST_WAITING:
            raise TooManyRequestsError("too many heavy requests are waiting; try again shortly")
        self._waiting += 1
        try:
            await self._seats.acquire()
        finally:
            self._waiting -= 1
        task = asyncio.get_running_loop().run_in_executor(None, function)
        # A client that gives up does not free the seat: the thread still works.
        task.add_done_callback(lambda _: self._seats.release())
        return await asyncio.shield(task)

    async def once(self, cache: Any, key: Hashable, function: Callable[[], T]) -> T:
        """Return what is cached under a key, or compute it, once for all who ask meanwhile."""
        kept: T | None = cache.get(key)
        if kept is not None:
            return kept
        task = self._under_way.get((id(cache), key))
        if task is None:
            task = asyncio.create_task(self.run(function))
            self._under_way[(id(cache), key)] = task
            task.add_done_callback(lambda done: self._finish(cache, key, done))
        return await asyncio.shield(task)

    def _finish(self, cache: Any, key: Hashable, done: asyncio.Task[Any]) -> None:
        self._under_way.pop((id(cache), key), None)
        if not done.cancelled() and done.exception() is None:
            value = done.result()
            cache.put(key, value, size=len(value) if isinstance(value, bytes) else 1_000_000)
