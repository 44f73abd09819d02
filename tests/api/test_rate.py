"""One rate for a client, however many processes answer and however many clients there are."""

import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.api.conftest import start_server

from clusteratlas.api.rate import RateLimit, make_table


def test_bucket_holds_two_seconds_and_fills_again() -> None:
    limit = RateLimit(5)
    assert [limit.allows("10.0.0.1", 100.0) for _ in range(12)] == [True] * 10 + [False] * 2
    assert not limit.allows("10.0.0.1", 100.1)  # half a token
    assert limit.allows("10.0.0.1", 100.3)
    assert limit.allows("10.0.0.2", 100.0)  # another client


def test_processes_count_together(tmp_path: Path) -> None:
    table = make_table(str(tmp_path))
    workers = [RateLimit(5, table) for _ in range(4)]
    assert sum(workers[i % 4].allows("10.0.0.1", 7.0) for i in range(40)) == 10


def test_network_of_an_ipv6_client_counts_as_one() -> None:
    limit = RateLimit(1)
    allowed = [limit.allows(f"2001:db8:0:7::{i:x}", 1.0) for i in range(50)]
    assert sum(allowed) == 2


def test_many_clients_need_no_more_memory_and_do_not_free_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Under one salt in some 250, eight of the others meet in this client's bucket.
    monkeypatch.setattr("clusteratlas.api.rate.os.urandom", bytes)
    limit = RateLimit(5)
    for _ in range(12):
        limit.allows("10.9.9.9", 1.0)
    for i in range(20_000):
        limit.allows(f"10.1.{i >> 8}.{i & 255}", 1.0)
    assert not limit.allows("10.9.9.9", 1.0)


@given(
    st.floats(0.5, 50),
    st.lists(st.floats(0, 3), min_size=1, max_size=60),
)
def test_no_more_than_burst_and_rate_pass(rate: float, gaps: list[float]) -> None:
    limit, now, passed = RateLimit(rate), 50.0, 0
    for gap in gaps:
        now += gap
        passed += limit.allows("a", now)
    assert passed <= max(1.0, 2 * rate) + (now - 50.0) * rate + 1e-6
    assert passed >= 1


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_workers_share_the_rate(store_path: Path) -> None:
    process, url = start_server(store_path, "--workers", "2", CLUSTERATLAS_RATE_LIMIT_PER_S="5")
    try:
        time.sleep(2.5)  # the bucket is full
        began = time.monotonic()
        # Each over a connection of its own, so that both workers get some.
        codes = [status(f"{url}/healthz") for _ in range(80)]
        most = 10 + 5 * (time.monotonic() - began)
    finally:
        process.terminate()
        process.wait(20)
    assert set(codes) == {200, 429}
    assert 10 <= codes.count(200) <= most + 2


def test_no_limit_is_no_table() -> None:
    limit = RateLimit(0)
    assert all(limit.allows("a", 0.0) for _ in range(1000))
    with pytest.raises(FileNotFoundError):
        RateLimit(1, "/nowhere/rate")
