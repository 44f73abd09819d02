"""Locate and classify firms, in worker processes where there is enough to do."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Final, TypeVar

import pandas as pd

from clusteratlas.errors import AtlasError
from clusteratlas.store.placing import Ground, place
from clusteratlas.store.schema import ENTERPRISE_COLUMNS

Payload = TypeVar("Payload")
SECTOR_COLUMNS: Final = ("sectors", "sector_scores", "sector_evidence", "products", "roles")


class Enricher:
    """Adds position, district, parks, sectors, products and roles to facts.

    Loads its tables at the first call, once per process.
    """

    def __init__(self) -> None:
        self._ground: Ground | None = None
        self._geocode: Any = None

    def __call__(self, facts: pd.DataFrame) -> pd.DataFrame:
        """Return rows with the columns of the enterprises collection, in the same order."""
        from clusteratlas.sectors import classify
        from clusteratlas.store.geocoders import offline_geocode

        if self._ground is None:
            from clusteratlas.data import load_districts, load_parks

            self._ground = Ground(load_districts(), load_parks())
            self._geocode = offline_geocode(self._ground)
        firms = _blank_columns(facts)
        firms = place(firms, self._ground, self._geocode)
        sectors = classify(firms["name"], firms["scope"], firms["industry_code"])
        for column in SECTOR_COLUMNS:
            firms[column] = sectors[column].to_numpy()
        firms["status"] = _status(firms)
        return firms


def _blank_columns(facts: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for name, kind in ENTERPRISE_COLUMNS.items():
        if name in facts.columns:
            columns[name] = facts[name].to_numpy()
        elif name != "fid":
            columns[name] = float("nan") if kind == "float64" else ""
    firms = pd.DataFrame(columns, index=range(len(facts)))
    for name, kind in ENTERPRISE_COLUMNS.items():
        if name != "fid":
            firms[name] = firms[name].astype("float64" if kind == "float64" else "str")
    return firms.assign(
        row=facts["row"].to_numpy(),
        origin="registry",
        kind="enterprise",
        precision="none",
        address_source=["registry" if text else "" for text in firms["address"]],
    )


def _status(firms: pd.DataFrame) -> list[str]:
    return [
        "unresolved" if not adcode else ("confirmed" if code else "probable")
        for adcode, code in zip(firms["adcode"], firms["uscc"], strict=True)
    ]


_enricher: Enricher | None = None


def _start_worker() -> None:
    """Make this worker end with its parent, even one that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel

        def watch() -> None:
            multiprocessing.connection.wait([sentinel])
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


def enrich(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of :class:`Enricher`, whose tables are loaded once per process."""
    global _enricher
    if _enricher is None:
        _enricher = Enricher()
    return _enricher(facts)


class Enrichment:
    """Runs an :class:`Enricher` over batches, in order, here or in worker processes.

    Parameters
    ----------
    workers
        Processes beside this one; 0 works here.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Enrichment":
        return self

    def __exit__(self, *exc: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def run(
        self, batches: Iterable[tuple[Payload, pd.DataFrame]], *, small: bool = False
    ) -> Iterator[tuple[Payload, pd.DataFrame]]:
        """Yield every batch with its enriched rows, in the order given.

        At most ``workers + 1`` batches wait, so memory stays bounded.
        """
        if self._workers == 0 or small:
            for payload, facts in batches:
                yield payload, enrich(facts)
            return
        pool = self._open()
        waiting: deque[tuple[Payload, Future[pd.DataFrame]]] = deque()
        try:
            for payload, facts in batches:
                waiting.append((payload, pool.submit(enrich, facts)))
                if len(waiting) > self._workers + 1:
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                first, future = waiting.popleft()
                yield first, future.result()
        except BrokenProcessPool as error:
            raise AtlasError(
                "a worker process was ended from outside (too little memory?):"
                " run the same command again, or with --workers 0"
            ) from error

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # spawn, not fork: a child must not inherit the lock on the store.
            self._pool = ProcessPoolExecutor(
                self._workers,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_start_worker,
            )
        return self._pool
