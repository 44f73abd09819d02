"""What the server holds: the snapshot it answers from, what is encoded of it, and the refresh."""

import asyncio
import ctypes
import logging
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from clusteratlas.api.errors import NotReadyError
from clusteratlas.api.feature_bytes import LateBytes, card_bytes, feature_bytes
from clusteratlas.api.relations import SectorRelations
from clusteratlas.errors import AtlasError
from clusteratlas.settings import Settings
from clusteratlas.store.base import Store
from clusteratlas.store.index import Reading, Snapshot, load_snapshot
from clusteratlas.store.schema import Collection
from clusteratlas.store.tiling import LayerTiles

log = logging.getLogger("clusteratlas.api")

MOST_PAUSE_S = 30.0
UNREADABLE = "the store could not be read; the server's log has the details"

StoreOpener = Callable[[str], Store]
Ahead = Future[tuple[Store, Reading]]
"""A store that is being read while the application is still imported."""


def give_back_memory() -> None:
    """Return to the system what an old version of the atlas has left behind."""
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        # glibc keeps what is freed in small pieces; other C libraries have no such call.
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def file_identity(url: str) -> tuple[int, int] | None:
    """Return what tells one file from another under the same name; None for a server's store."""
    try:
        status = Path(url).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


class Cache:
    """The most recently used answers, bounded in number and in bytes.

    Used from the event loop alone, therefore without a lock.
    """

    def __init__(self, *, most: int, most_bytes: int = 64_000_000) -> None:
        self._kept: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._most, self._most_bytes, self._bytes = most, most_bytes, 0

    def get(self, key: Any) -> Any:
        """Return what is kept under a key, None if nothing is."""
        entry = self._kept.get(key)
        if entry is None:
            return None
        self._kept.move_to_end(key)
        return entry[0]

    def put(self, key: Any, value: Any, *, size: int = 0) -> None:
        """Keep a value; the least recently used ones make room."""
        if size > self._most_bytes:
            return
        old = self._kept.pop(key, None)
        self._bytes += size - (old[1] if old else 0)
        self._kept[key] = (value, size)
        while len(self._kept) > self._most or self._bytes > self._most_bytes:
            _, (_, freed) = self._kept.popitem(last=False)
            self._bytes -= freed


@dataclass(frozen=True)
class Served:
    """One version of the atlas, ready to be served; replaced as a whole."""

    snapshot: Snapshot
    features: Mapping[Collection, LateBytes]
    cards: LateBytes  # enterprises as the /v1 routes write them, without the closing brace
    relations: SectorRelations
    tilers: Mapping[Collection, LayerTiles]
    filters: Cache = field(default_factory=lambda: Cache(most=64, most_bytes=128_000_000))
    orders: Cache = field(default_factory=lambda: Cache(most=16, most_bytes=128_000_000))
    tiles: Cache = field(default_factory=lambda: Cache(most=20_000))
    answers: Cache = field(default_factory=lambda: Cache(most=500, most_bytes=64_000_000))

    @property
    def version(self) -> int:
        """The version of the store that this was loaded from."""
        return self.snapshot.version

    def encode(self) -> None:
        """Encode every row and count for tiles: not needed to answer, but to answer fast."""
        # Arrow works outside of the interpreter's lock.
        with ThreadPoolExecutor(max_workers=2) as pool:
            list(pool.map(LateBytes.prepare, [self.cards, *self.features.values()]))
            list(pool.map(LayerTiles.count_cells, self.tilers.values()))
        give_back_memory()

    def let_go(self) -> None:
        """Keep no longer in memory what can be read again from files."""
        for one in (self.cards, *self.features.values()):
            one.let_go()


def prepare(
    store: Store,
    *,
    tile_cache_bytes: int = 64_000_000,
    previous: Served | None = None,
    reading: Reading | None = None,
) -> Served:
    """Load a store; takes seconds for a million firms.

    What can wait is left to :meth:`Served.encode`; what has not changed since the previous version of
    the same store is taken from there. ``reading`` are its enterprises, if they were read already.
    """
    former = previous.snapshot if previous else None
    snapshot = load_snapshot(store, former, reading=reading)
    features = {name: LateBytes(layer, feature_bytes) for name, layer in snapshot.layers.items()}
    cards = LateBytes(snapshot.enterprises, card_bytes)
    if previous is not None and snapshot.changed is not None:
        features["enterprises"].take_over(previous.features["enterprises"], snapshot.changed)
        cards.take_over(previous.cards, snapshot.changed)
    relations = SectorRelations(snapshot.tables["linkages"], snapshot.tables["sectors"])
    tilers = {name: LayerTiles(layer, snapshot.version) for name, layer in snapshot.layers.items()}
    for tiler in tilers.values():
        tiler.prepare()
    pa.default_memory_pool().release_unused()
    tiles = Cache(most=20_000, most_bytes=tile_cache_bytes)
    return Served(snapshot, features, cards, relations, tilers, tiles=tiles)


class Atlas:
    """The server's state: settings, store, and the version that is served now.

    Parameters
    ----------
    open_store
        How a store URL becomes a store; tests pass their own.
    ahead
        The store at the URL of the settings and its enterprises, if these are read already.
    """

    def __init__(
        self, settings: Settings, open_store: StoreOpener, *, ahead: Ahead | None = None
    ) -> None:
        self.settings = settings
        self._open_store = open_store
        self._ahead = ahead
        self._store: Store | None = None
        self._identity: tuple[int, int] | None = None
        self._retired: list[Store] = []
        self._served: Served | None = None
        self._failure = ""
        self._last_error = ""
        self._tasks: list[asyncio.Task[None]] = []
        self._loading = threading.Lock()  # a store is not closed while a thread loads it
        self.first_attempt = asyncio.Event()

    @property
    def ready(self) -> bool:
        """Whether there is something to serve."""
        return self._served is not None

    @property
    def failure(self) -> str:
        """Why the last attempt to load failed; "" if it did not."""
        return self._failure

    @property
    def served(self) -> Served:
        """The version that is served now.

        Raises
        ------
        NotReadyError
            While the first one is still loading.
        """
        if self._served is None:
            raise NotReadyError(self._failure or "the atlas is still loading; try again shortly")
        return self._served

    @property
    def store(self) -> Store:
        """The open store, for the rare question that memory does not answer."""
        if self._store is None:
            raise NotReadyError("the store is not open yet")
        return self._store

    async def start(self) -> None:
        """Begin to load in the background."""
        self._tasks = [asyncio.create_task(self._keep_fresh(), name="atlas-refresh")]

    async def stop(self) -> None:
        """End the refresh and give up the store."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self._give_up)

    async def _keep_fresh(self) -> None:
        while True:
            began, fresh = time.monotonic(), None
            try:
                fresh = await asyncio.to_thread(self._load_if_newer)
            except Exception as error:
                # Whatever is wrong with the store now, the version in memory goes on being served.
                if str(error) != self._last_error:
                    log.exception("the store could not be read")
                self._last_error = str(error)
                self._failure = str(error) if isinstance(error, AtlasError) else UNREADABLE
            else:
                self._failure = self._last_error = ""
                if fresh is not None:
                    self._served = fresh
                    log.info("serving version %d of the store", fresh.version)
            self.first_attempt.set()
            # While an ingest writes on and on, at most half of the time goes into loading.
            took = time.monotonic() - began
            if fresh is not None:
                del fresh  # it must not be kept beside the next one
                await self._encode(self.served)
                await self._index_anew()
            await asyncio.sleep(max(self.settings.refresh_s, min(took, MOST_PAUSE_S)))

    async def _encode(self, served: Served) -> None:
        try:
            await asyncio.to_thread(served.encode)
        except Exception:  # no room for the file, say: what is asked for is encoded then
            log.exception("the features could not be encoded beforehand")

    async def _index_anew(self) -> None:
        """Serve the same version with one index instead of one and what changed since."""
        served = self.served
        try:
            # One after the other, so that never both are there twice.
            while snapshot := await asyncio.to_thread(served.snapshot.indexed_anew):
                self._served = served = replace(served, snapshot=snapshot)
                snapshot = None
                await asyncio.to_thread(give_back_memory)
        except Exception:  # no memory, say: it goes on as it is
            log.exception("the index could not be renewed")

    def _load_if_newer(self) -> Served | None:
        """Load the store if it was written since; a store that was replaced is opened anew."""
        with self._loading:
            return self._loaded_if_newer()

    def _loaded_if_newer(self) -> Served | None:
        self._close_retired()
        identity = file_identity(self.settings.store)
        replaced = self._store is not None and identity != self._identity
        reading = None
        if self._store is None or replaced:
            fresh, reading = self._opened()
            self._retire()
            self._store, self._identity = fresh, identity
        try:
            version = self._store.version()
        except Exception:
            self._retire()
            raise
        if self._served is not None and version == self._served.version and not replaced:
            return None
        if self._served is not None:
            self._served.let_go()
        return prepare(
            self._store,
            tile_cache_bytes=self.settings.tile_cache_bytes,
            previous=None if replaced else self._served,
            reading=reading,
        )

    def _opened(self) -> tuple[Store, Reading | None]:
        """Return the store, with its enterprises if they were read ahead and this is the first time."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead.exception() is None:
            return ahead.result()
        return self._open_store(self.settings.store), None

    def _retire(self) -> None:
        """Put the store aside; requests that use it now may finish before it is closed."""
        if self._store is not None:
            self._retired.append(self._store)
            self._store = None

    def _give_up(self) -> None:
        """Close the store. Ending the task of a load does not end its thread: it is waited for."""
        with self._loading:
            self._retire()
            self._close_retired()

    def _close_retired(self) -> None:
        while self._retired:
            self._retired.pop().close()
