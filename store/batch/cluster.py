"""A Dask cluster to work on: one that runs already, or worker processes of this machine."""

import logging
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, TypeVar
from uuid import uuid4

from clusteratlas.errors import AtlasError, DependencyError, InputError

Item = TypeVar("Item")
Result = TypeVar("Result")

MAX_LOCAL: Final = 64
WORKER_MEMORY: Final = "1.5GB"
_LOCAL: Final = re.compile(r"local:(\d{1,3})")
_REMOTE: Final = re.compile(r"(tcp|tls)://[^\s/:]+:\d{1,5}|(tcp|tls)://\[[0-9a-fA-F:]+\]:\d{1,5}")
_CONNECT_S: Final = 10
_NO_WORKER_S: Final = 30
_GO_ON: Final = "what is done stays; run the same command again"
_CONFIG: Final = {
    # A worker that dies takes the blame for what it held: only what kills many is at fault.
    "distributed.scheduler.allowed-failures": 5,
    "distributed.admin.large-graph-warning-threshold": "1GB",
    "distributed.worker.profile.enabled": False,
}


class Cluster:
    """Runs functions on workers; made by :func:`open_cluster`."""

    def __init__(self, client: Any, address: str) -> None:
        self._client = client
        self._address = address

    def workers(self) -> int:
        """Return how many threads of workers there are now."""
        return sum(self._client.nthreads().values())

    def everywhere(self, function: Callable[..., Result], *arguments: object) -> list[Result]:
        """Return what a function gives on each worker.

        Raises
        ------
        AtlasError
            If a worker cannot run it.
        """
        try:
            return list(self._client.run(function, *arguments).values())
        except AtlasError:
            raise
        except Exception as error:  # whatever a worker's installation lacks comes through here
            raise AtlasError(
                f"a worker of {self._address} cannot run clusteratlas"
                f" ({type(error).__name__}: {_first(error)}): install the same version there"
            ) from error

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield the results in the order in which they come.

        So few items are taken ahead that memory stays bounded. What a lost worker held is done by
        another one.

        Raises
        ------
        AtlasError
            If no worker is left, or the same item has ended several workers.
        """
        waiting: set[Any] = set()
        for item in items:
            waiting.add(self._client.submit(function, item, pure=False))
            if len(waiting) > 2 * self.workers() + 1:
                yield from self._finished(waiting)
        while waiting:
            yield from self._finished(waiting)

    def _finished(self, waiting: set[Any]) -> list[Any]:
        """Return the results of at least one item, which leaves ``waiting``."""
        dask = _dask()
        options = {"timeout": _NO_WORKER_S, "return_when": "FIRST_COMPLETED"}
        while True:
            try:
                done = dask.wait(list(waiting), **options).done
            except TimeoutError:
                if not self.workers():
                    raise AtlasError(
                        f"{self._address} has no worker any more: {_GO_ON}, with workers"
                    ) from None
                continue
            except (CancelledError, dask.CommClosedError, OSError) as error:
                raise AtlasError(f"{self._address} was lost: {_GO_ON}") from error
            waiting -= done
            return [self._result(future, dask) for future in done]

    def _result(self, future: Any, dask: Any) -> Any:
        try:
            return future.result()
        except dask.KilledWorker as error:
            raise AtlasError(
                f"workers of {self._address} were ended again and again by the same rows"
                f" (too little memory?): {_GO_ON}"
            ) from error
        except (CancelledError, dask.CommClosedError) as error:
            raise AtlasError(f"{self._address} was lost: {_GO_ON}") from error
        except OSError as error:
            raise AtlasError(
                f"a worker of {self._address} cannot read or write: {_first(error)}: {_GO_ON}"
            ) from error


def _dask() -> Any:
    """Return Dask's names; its functions carry no types."""
    try:
        import dask
        import distributed
        from distributed.comm.core import CommClosedError
    except ImportError as error:
        raise DependencyError(
            "--cluster needs Dask: pip install 'clusteratlas[cluster]'"
        ) from error
    names = ("Client", "KilledWorker", "LocalCluster", "wait")
    found = {name: getattr(distributed, name) for name in names}
    return SimpleNamespace(config=dask.config, CommClosedError=CommClosedError, **found)


@contextmanager
def open_cluster(address: str) -> Iterator[Cluster]:
    """Connect to ``tcp://HOST:PORT``, or start ``local:N`` workers of one core and 1.5 GB each.

    Raises
    ------
    InputError
        If the address is neither, or nobody answers there.
    DependencyError
        If Dask is not installed.
    """
    local = _LOCAL.fullmatch(address)
    if local is None and not _REMOTE.fullmatch(address):
        raise InputError(f"cluster {address!r}: expected tcp://HOST:PORT or local:N")
    if local is not None and not 1 <= int(local[1]) <= MAX_LOCAL:
        raise InputError(f"cluster {address!r}: expected 1 to {MAX_LOCAL} workers")
    dask = _dask()
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(_CONFIG))
        place = stack.enter_context(_local(int(local[1]))) if local else address
        try:
            client = dask.Client(place, timeout=_CONNECT_S)
        except (OSError, ValueError) as error:
            raise InputError(
                f"no Dask scheduler answers at {address} ({_first(error)}): is it running?"
            ) from error
        stack.enter_context(client)
        _await_worker(client, address)
        yield Cluster(client, address)


@contextmanager
def _local(count: int) -> Iterator[Any]:
    with (
        tempfile.TemporaryDirectory(prefix="clusteratlas-") as folder,
        _dask().LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            memory_limit=WORKER_MEMORY,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
            local_directory=folder,
        ) as cluster,
    ):
        yield cluster


def _await_worker(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_NO_WORKER_S)
    except TimeoutError as error:
        raise InputError(f"{address} has no workers: start some with `dask worker`") from error


def check_shared(cluster: Cluster, folder: Path) -> None:
    """Make sure that every worker sees this machine's folder under the same path.

    Raises
    ------
    InputError
        If one does not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".seen-{uuid4().hex}"
    probe.touch()
    try:
        seen = cluster.everywhere(_sees, str(probe))
    finally:
        probe.unlink()
    if not all(seen):
        raise InputError(
            f"{seen.count(False)} of {len(seen)} workers do not see {folder}: name a folder that"
            " all machines share with --datasets"
        )


def _sees(path: str) -> bool:
    return Path(path).is_file()


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
