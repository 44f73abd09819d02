"""One provider under faults: retries, pauses, quotas, the cache; and no key anywhere."""

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.geo.providers import replies
from tests.geo.providers.conftest import KEY, FakeTime, MapService, Reply
from tests.geo.providers.replies import ADDRESS

from clusteratlas.errors import FileFormatError, GeocodingError, QuotaError
from clusteratlas.geo.geocoding.providers import (
    AMap,
    AnswerCache,
    Asker,
    Baidu,
    Limits,
    Nominatim,
    Tencent,
    Tianditu,
)
from clusteratlas.geo.geocoding.providers.base import ProviderAnswer
from clusteratlas.geo.geocoding.providers.failures import AccessRefusedError

MakeAsker = Callable[..., Asker]
BUSY = Reply(b"slow down", 429, {"Retry-After": "7"})


def test_an_answer_is_asked_once_and_kept(service: MapService, make_asker: MakeAsker) -> None:
    service.say(replies.amap())
    first = make_asker(AMap).ask(ADDRESS, "沈阳市")
    again = make_asker(AMap)
    kept = again.ask(ADDRESS, "沈阳市")
    assert first is not None
    assert kept is not None
    assert (kept.lon, kept.lat, kept.level) == (first.lon, first.lat, "门牌号")
    assert len(service.asked) == 1
    assert (again.tally.cached, again.tally.requests) == (1, 0)
    again.ask(ADDRESS, "大连市")  # another question
    assert len(service.asked) == 2


def test_no_result_is_kept_for_a_while(
    service: MapService, make_asker: MakeAsker, fake_time: FakeTime
) -> None:
    service.say(replies.AMAP_EMPTY)
    asker = make_asker(AMap)
    assert asker.ask(ADDRESS) is None
    assert asker.ask(ADDRESS) is None
    assert len(service.asked) == 1
    fake_time.time_s += 15 * 86_400
    service.say(replies.AMAP_EMPTY, replies.amap())
    assert asker.ask(ADDRESS) is not None


def test_an_answer_expires(
    service: MapService, make_asker: MakeAsker, fake_time: FakeTime, cache: AnswerCache
) -> None:
    service.say(replies.amap())
    asker = make_asker(AMap, Limits(1000.0, days=30))
    asker.ask(ADDRESS)
    fake_time.time_s += 31 * 86_400
    asker.ask(ADDRESS)
    assert len(service.asked) == 2
    fake_time.time_s += 31 * 86_400
    cache.forget_expired(now=fake_time.now())
    assert cache.find("amap", ADDRESS, "", now=0.0) == (False, None)


@pytest.mark.parametrize(
    "fault",
    [
        Reply({}, 500),
        Reply({}, 502),
        Reply({}, 503, {"Retry-After": "3"}),
        Reply(b"{broken", 200),
        Reply(b"\xff\xfe", 200),
        Reply(b"[" * 100_000, 200),
        Reply(b"x" * 1_100_000, 200),
        BUSY,
        Reply(replies.amap_error("10021", "CUQPS_HAS_EXCEEDED_THE_LIMIT")),
        Reply(replies.amap_error("10016", "SERVER_IS_BUSY")),
    ],
    ids=["500", "502", "503", "json", "bytes", "nested", "long", "429", "qps", "busy"],
)
def test_a_passing_fault_is_waited_out(
    service: MapService, make_asker: MakeAsker, fake_time: FakeTime, fault: Reply
) -> None:
    service.say(fault, replies.amap())
    asker = make_asker(AMap)
    assert asker.ask(ADDRESS) is not None
    assert asker.tally.requests == 2
    # first back-off: 0.5 s x (1 + chance 0.5), or what Retry-After says
    asked_for = float(fault.headers.get("Retry-After", 0))
    assert max(fake_time.slept) == pytest.approx(max(0.75, asked_for))


def test_a_fault_that_stays_is_an_error_after_four_requests(
    service: MapService, make_asker: MakeAsker, fake_time: FakeTime
) -> None:
    service.say(Reply({}, 500))
    asker = make_asker(AMap)
    with pytest.raises(GeocodingError, match="amap: service failed: HTTP status 500"):
        asker.ask(ADDRESS)
    assert len(service.asked) == 4
    waits = [seconds for seconds in fake_time.slept if seconds > 0.1]
    assert waits == pytest.approx([0.75, 1.5, 3.0])
    service.say(replies.amap())
    assert asker.ask(ADDRESS) is not None  # a failure is not kept


def test_a_silent_service_is_a_time_out(service: MapService, make_asker: MakeAsker) -> None:
    service.say(Reply(replies.amap(), delay_s=0.5))
    with pytest.raises(GeocodingError, match="amap: no answer in time"):
        make_asker(AMap, timeout=0.05).ask(ADDRESS)
    assert len(service.asked) == 4


def test_a_service_that_drips_does_not_outlast_the_deadline(
    service: MapService, make_asker: MakeAsker
) -> None:
    service.say(Reply(replies.amap(), drip_s=0.04), replies.amap())
    asker = make_asker(AMap, timeout=0.1)  # each piece in time, the whole is not
    assert asker.ask(ADDRESS) is not None
    assert asker.tally.requests == 2


def test_a_service_without_its_certificate_is_not_available(make_asker: MakeAsker) -> None:
    asker = make_asker(AMap, scheme="https")
    with pytest.raises(GeocodingError, match="amap: not available") as caught:
        asker.ask(ADDRESS)
    assert "s3cret" not in str(caught.value)


def test_an_absent_service_is_not_available(make_asker: MakeAsker) -> None:
    with pytest.raises(GeocodingError, match=r"amap: not available: not reachable \("):
        make_asker(AMap, domain="127.0.0.1:9").ask(ADDRESS)


def test_a_page_of_a_gateway_is_no_refusal_of_the_key(
    service: MapService, make_asker: MakeAsker
) -> None:
    page = b'<html><meta name="keywords" content="tk"></html>'
    service.say(Reply(page, 502), Reply(page, 418), replies.tianditu())
    assert make_asker(Tianditu).ask(ADDRESS) is not None


def test_a_redirect_is_not_followed(service: MapService, make_asker: MakeAsker) -> None:
    service.say(Reply(b"", 302, {"Location": f"http://{service.domain}/elsewhere"}))
    with pytest.raises(GeocodingError, match="HTTP status 302"):
        make_asker(AMap).ask(ADDRESS)
    assert set(service.paths) == {"/v3/geocode/geo"}


QUOTAS = [
    (AMap, replies.amap_error("10003", "DAILY_QUERY_OVER_LIMIT")),
    (AMap, replies.amap_error("10044", "USER_DAILY_QUERY_OVER_LIMIT")),
    (Baidu, {"status": 302, "message": "天配额超限，限制访问"}),
    (Baidu, {"status": 4, "message": "配额校验失败"}),
    (Tencent, {"status": 121, "message": "此key每日调用量已达到上限"}),
    (Tianditu, {"code": 302002, "msg": "日访问次数超限"}),
]


@pytest.mark.parametrize(("kind", "reply"), QUOTAS)
def test_a_spent_quota_is_remembered_until_midnight_in_beijing(
    service: MapService, make_asker: MakeAsker, fake_time: FakeTime, kind: Any, reply: Any
) -> None:
    service.say(reply)
    with pytest.raises(QuotaError, match="again from 2026-09-22 00:00 Beijing") as caught:
        make_asker(kind).ask(ADDRESS)
    assert caught.value.retry_after == pytest.approx(106 * 60 + 40)  # from 22:13:20
    with pytest.raises(QuotaError, match="2026-09-22 00:00"):
        make_asker(kind).ask("another address")  # another run: not asked at all
    assert len(service.asked) == 1
    fake_time.time_s += 6_500
    service.say(getattr(replies, kind.name)())
    assert make_asker(kind).ask(ADDRESS) is not None


def test_another_key_has_a_quota_of_its_own(service: MapService, make_asker: MakeAsker) -> None:
    service.say(QUOTAS[0][1], replies.amap())
    with pytest.raises(QuotaError):
        make_asker(AMap).ask(ADDRESS)
    assert make_asker(AMap, api_key="other").ask(ADDRESS) is not None


def test_a_long_pause_asked_for_is_a_quota(
    service: MapService, make_asker: MakeAsker, fake_time: FakeTime
) -> None:
    service.say(Reply(b"", 429, {"Retry-After": "600"}))
    with pytest.raises(QuotaError) as caught:
        make_asker(Nominatim, user_agent="test/1").ask(ADDRESS)
    assert caught.value.retry_after == 600
    assert len(service.asked) == 1
    assert sum(fake_time.slept) < 1


def test_the_daily_limit_counts_requests_across_runs(
    service: MapService, make_asker: MakeAsker, fake_time: FakeTime
) -> None:
    service.say(replies.amap())
    limits = Limits(1000.0, per_day=3)
    for number in range(3):
        make_asker(AMap, limits).ask(f"{ADDRESS}{number}")
    with pytest.raises(QuotaError, match="amap: 3 requests made today, the limit set"):
        make_asker(AMap, limits).ask(f"{ADDRESS}3")
    assert len(service.asked) == 3
    make_asker(AMap, limits).ask(f"{ADDRESS}0")  # what is kept needs no request
    fake_time.time_s += 86_400
    make_asker(AMap, limits).ask(f"{ADDRESS}3")


def test_requests_keep_their_distance(
    service: MapService, make_asker: MakeAsker, fake_time: FakeTime
) -> None:
    service.say(replies.amap())
    asker = make_asker(AMap, Limits(rate_per_s=4.0))
    started = fake_time.now()
    for number in range(9):
        asker.ask(f"{ADDRESS}{number}")
    assert fake_time.now() - started == pytest.approx(8 / 4.0)


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        (AMap, Reply(replies.amap_error("10001", f"INVALID_USER_KEY {KEY}"))),
        (Baidu, Reply({"status": 200, "message": f"APP不存在，AK {KEY}"})),
        (Tencent, Reply({"status": 311, "message": f"key格式错误 {KEY}"})),
        (Tianditu, Reply({"code": 301001, "msg": f"非法key {KEY}"}, 403)),
    ],
)
def test_the_key_is_in_no_message_log_or_file(
    service: MapService,
    make_asker: MakeAsker,
    caplog: pytest.LogCaptureFixture,
    cache: AnswerCache,
    kind: Any,
    reply: Reply,
) -> None:
    caplog.set_level(logging.DEBUG)
    service.say(reply)
    with pytest.raises(AccessRefusedError) as caught:
        make_asker(kind).ask(ADDRESS)
    assert len(service.asked) == 1  # no retry can help
    chained: BaseException | None = caught.value
    while chained is not None:
        assert KEY not in str(chained)
        chained = chained.__cause__ or chained.__context__
    assert "\n" not in str(caught.value)
    service.say(Reply(f"<p>{KEY}</p>".encode(), 500))
    with pytest.raises(GeocodingError):
        make_asker(kind).ask(ADDRESS)
    assert KEY not in caplog.text
    assert "s3cret" not in caplog.text
    cache.close()
    for path in cache.path.parent.iterdir():
        assert KEY.encode() not in path.read_bytes()
        assert b"s3cret" not in path.read_bytes()


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    text, other = tmp_path / "text", tmp_path / "other.sqlite"
    text.write_text("no database, but longer than a header " * 10, "utf-8")
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    for path in (text, other):
        before = path.read_bytes()
        with pytest.raises(FileFormatError, match="CLUSTERATLAS_GEOCODE_CACHE"):
            AnswerCache(path).find("amap", "x", "", now=0.0)
        assert path.read_bytes() == before


def test_a_damaged_entry_is_asked_again(
    service: MapService, make_asker: MakeAsker, cache: AnswerCache
) -> None:
    service.say(replies.amap())
    asker = make_asker(AMap)
    asker.ask(ADDRESS)
    with sqlite3.connect(cache.path) as connection:
        connection.execute("UPDATE answers SET answer = '{\"lon\": 1}'")
    connection.close()
    assert asker.ask(ADDRESS) is not None
    assert len(service.asked) == 2


def test_threads_share_a_new_cache(tmp_path: Path) -> None:
    answer = ProviderAnswer(123.4, 41.8, "门牌号")
    problems: list[Exception] = []

    def work(number: int) -> None:
        own = AnswerCache(tmp_path / "cache.sqlite")  # as another process would
        try:
            for step in range(10):
                own.keep("amap", f"{number}-{step}", "", answer, expires=2.0)
                own.count_request("amap", "2026-09-21", limit=1_000)
        except Exception as error:  # shown below, whatever it is
            problems.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with sqlite3.connect(tmp_path / "cache.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM answers").fetchone() == (60,)
        assert connection.execute("SELECT number FROM requests").fetchone() == (60,)
    connection.close()
