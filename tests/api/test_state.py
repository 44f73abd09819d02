"""What the server keeps: a store is not closed while a thread still reads it."""

import asyncio
import threading
from typing import Any, cast

from clusteratlas.api.state import Atlas
from clusteratlas.settings import Settings


class _SlowStore:
    """A store whose version is known only when the test says so."""

    def __init__(self) -> None:
        self.asked, self.known = threading.Event(), threading.Event()
        self.closed_while_read: bool | None = None
        self.reading = False

    def version(self) -> int:
        self.reading = True
        self.asked.set()
        self.known.wait(10)
        self.reading = False
        raise OSError("no version")

    def close(self) -> None:
        self.closed_while_read = self.reading


def test_stopping_waits_for_the_load_that_is_under_way() -> None:
    store = _SlowStore()

    async def serve_and_stop() -> None:
        atlas = Atlas(Settings(store="none.gpkg"), lambda _: cast(Any, store))
        await atlas.start()
        assert await asyncio.to_thread(store.asked.wait, 10)
        stopping = asyncio.create_task(atlas.stop())
        await asyncio.sleep(0.1)
        assert store.closed_while_read is None
        store.known.set()
        await stopping

    asyncio.run(serve_and_stop())
    assert store.closed_while_read is False
