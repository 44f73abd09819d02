"""A map service on loopback that answers what a test tells it, and a clock that does not wait."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from clusteratlas.geo.geocoding import OfflineGeocoder
from clusteratlas.geo.geocoding.providers import AnswerCache, Asker, Limits, ProviderChain
from clusteratlas.geo.geocoding.providers.asking import Clock

KEY = "s3cret key/值"


@dataclass(frozen=True)
class Reply:
    """One answer: a JSON value or raw bytes, with status, headers and delay."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    drip_s: float = 0.0

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class MapService:
    """A fake service: replies in order, the last one for ever; or one made from the query."""

    domain: str
    replies: list[Reply | Callable[[dict[str, str]], Any]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)

    def say(self, *replies: Any) -> None:
        self.replies = [r if isinstance(r, Reply) or callable(r) else Reply(r) for r in replies]

    def reply(self, query: dict[str, str]) -> Reply:
        number = min(len(self.asked), len(self.replies)) - 1
        reply = self.replies[number]
        if isinstance(reply, Reply):
            return reply
        made = reply(query)
        return made if isinstance(made, Reply) else Reply(made)


class _Handler(BaseHTTPRequestHandler):
    service: MapService

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.service.asked.append(query)
        self.service.paths.append(url.path)
        self.service.agents.append(self.headers.get("User-Agent", ""))
        reply = self.service.reply(query)
        time.sleep(reply.delay_s)
        try:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.raw)))
            self.end_headers()
            step = 20 if reply.drip_s else len(reply.raw)
            for start in range(0, len(reply.raw), max(step, 1)):
                self.wfile.write(reply.raw[start : start + step])
                time.sleep(reply.drip_s)
        except OSError:
            pass  # the client has given up, as some tests want it to

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[MapService]:
    handler: Any = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    fake = MapService(f"127.0.0.1:{server.server_address[1]}")
    handler.service = fake
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield fake
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class FakeTime:
    """Time that passes only by sleeping."""

    time_s: float = 1_790_000_000.0  # 2026-09-21 22:13:20 in Beijing
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time_s

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time_s += seconds

    @property
    def clock(self) -> Clock:
        return Clock(now=self.now, monotonic=self.now, sleep=self.sleep, chance=lambda: 0.5)


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[AnswerCache]:
    kept = AnswerCache(tmp_path / "deep" / "cache.sqlite")
    yield kept
    kept.close()


@pytest.fixture
def make_asker(
    service: MapService, cache: AnswerCache, fake_time: FakeTime
) -> Callable[..., Asker]:
    """Make an asker of a provider class at the fake service."""

    def make(kind: Any, limits: Limits | None = None, **options: Any) -> Asker:
        options = {
            "domain": service.domain,
            "scheme": "http",
            "proxies": {},
            "timeout": 5,
        } | options
        if kind.__name__ != "Nominatim":
            options.setdefault("api_key", KEY)
        return Asker(kind(**options), cache, limits or Limits(1000.0), fake_time.clock)

    return make


@pytest.fixture
def make_chain(geocoder: OfflineGeocoder) -> Callable[..., ProviderChain]:
    """Make a chain of askers, followed by the offline geocoder if asked for."""

    def make(*askers: Asker, offline: bool = False) -> ProviderChain:
        return ProviderChain([*askers, *([geocoder] if offline else [])], geocoder)

    return make
