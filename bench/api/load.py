"""Ask servers over loopback and measure requests a second, latency, and CPU time per request.

The client is a plain socket loop: it costs little and treats every server alike. CPU is what the
server's processes (and those of its database) used while the requests ran, from /proc.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Result:
    """What a run measured; times in milliseconds."""

    requests: int
    per_second: float
    p50: float
    p95: float
    cpu_ms: float
    bytes_mean: float
    failures: int

    def line(self) -> str:
        return (
            f"{self.per_second:8.0f} req/s  p50 {self.p50:7.2f}  p95 {self.p95:7.2f}  "
            f"cpu {self.cpu_ms:7.3f} ms  {self.bytes_mean / 1000:8.1f} kB  failures {self.failures}"
        )


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return user and system time of processes and all their children."""
    total = 0.0
    for pid in pids:
        try:
            root = psutil.Process(pid)
            family = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for process in family:
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
    return total


async def _connection(
    port: int, paths: list[str], took: list[float], sizes: list[int], failures: list[int]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    try:
        while paths:
            path = paths.pop()
            began = time.perf_counter()
            writer.write(
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: */*\r\n\r\n".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
            size = await _body(reader, head)
            took.append((time.perf_counter() - began) * 1000)
            sizes.append(size)
            if not head.startswith((b"HTTP/1.1 20", b"HTTP/1.1 304")):
                failures.append(1)
            if b"connection: close" in head.lower():
                writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    finally:
        writer.close()


async def _body(reader: asyncio.StreamReader, head: bytes) -> int:
    lower = head.lower()
    if lower.startswith((b"http/1.1 204", b"http/1.1 304")):
        return 0
    if b"transfer-encoding: chunked" in lower:
        total = 0
        while True:
            length = int((await reader.readline()).split(b";")[0], 16)
            await reader.readexactly(length + 2)
            total += length
            if length == 0:
                return total
    length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    return length


def measure(
    port: int,
    make_path: Callable[[random.Random], str],
    *,
    pids: Sequence[int],
    requests: int,
    connections: int = 8,
    seed: int = 1,
) -> Result:
    """Send requests made by ``make_path`` and return what they took."""
    rng = random.Random(seed)
    paths = [make_path(rng) for _ in range(requests)]
    took: list[float] = []
    sizes: list[int] = []
    failures: list[int] = []

    async def run() -> None:
        await asyncio.gather(
            *(_connection(port, paths, took, sizes, failures) for _ in range(connections))
        )

    before, began = cpu_seconds(pids), time.perf_counter()
    asyncio.run(run())
    wall, used = time.perf_counter() - began, cpu_seconds(pids) - before
    ordered = sorted(took)
    return Result(
        len(took),
        len(took) / wall,
        statistics.median(ordered),
        ordered[int(len(ordered) * 0.95)],
        used / len(took) * 1000,
        statistics.fmean(sizes),
        len(failures),
    )
