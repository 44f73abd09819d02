"""Hostile texts come back inert, limits hold, and nothing inside leaks out."""

import csv
import io
import re
import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from fastapi.testclient import TestClient
from tests.api.conftest import made_up_firms, wait_until_ready

from clusteratlas.api import create_app
from clusteratlas.settings import Settings
from clusteratlas.store import open_store
from clusteratlas.store.build import build_store
from clusteratlas.store.schema import ENTERPRISE_COLUMNS

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "formula": '=HYPERLINK("http://x","y")',
    "plus": "+1+1",
    "quotes": "'; DROP TABLE enterprises; --\\",
    "dde": "-2+3+cmd|' /C calc'!A0",
    "at": "@SUM(1+1)",
    "tab": "\t=1+1",
    "wide": "＝1+1",
    "closing": "</title></textarea></script><svg onload=alert(1)>",
    "template": "{{7*7}}${7*7}<%= 7*7 %>",
    "bidi": "\u202e\u2066abc\u2069",
    "nul": "a\0b",
    "odd": "\ufffe\uffff\x1b[31m\u2028",
    "long": "长" * 350_000,  # 1 MB in UTF-8
    "newline": "a\r\nSet-Cookie: x=1\tb\x7f",
}
# Ids, codes and dates, which no reader lets in unchecked.
CODED = {
    "enterprise_id",
    "origin",
    "sectors",
    "sector_scores",
    "adcode",
    "precision",
    "membership",
    "park_ids",
    "registered",
    "source_date",
    "valid_from",
}
TEXTS = [c for c, kind in ENTERPRISE_COLUMNS.items() if kind == "str" and c not in CODED]
LONG = ("name", "note")  # the other columns get a shorter one, so that the test stays small
FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    path = tmp_path_factory.mktemp("hostile") / "atlas.gpkg"
    firms = made_up_firms(len(HOSTILE))
    firms[["lon", "lat", "radius_m"]] = firms[["lon", "lat", "radius_m"]].ffill()  # all are placed
    for column in TEXTS:
        longest = 1_000_000 if column in LONG else 2_000
        firms[column] = [text[:longest] for text in HOSTILE.values()]
    with open_store(str(path), writable=True) as store:
        build_store(store)
        with store.writer() as writer:
            writer.upsert_enterprises(firms)
    app = create_app(Settings(store=str(path), log_level="error", body_max_bytes=1_000_000))
    with TestClient(app, raise_server_exceptions=False) as client:
        wait_until_ready(client)
        yield client


@pytest.mark.parametrize("number", range(len(HOSTILE)), ids=list(HOSTILE))
def test_text_comes_back_as_it_is_in_json(hostile: TestClient, number: int) -> None:
    text = list(HOSTILE.values())[number]
    identifier = f"91210100{number:010d}"
    item = hostile.get(f"/ogc/collections/enterprises/items/{identifier}")
    assert item.json()["properties"]["name"] == text
    assert hostile.get(f"/v1/enterprises/{identifier}").json()["name"] == text
    near = hostile.get(f"/v1/nearby?enterprise_id={identifier}&k=100")
    assert near.status_code == 200
    assert near.json()["subject"]["name"] == text
    found = hostile.get("/v1/search", params={"q": text[:80].replace("\0", "")})
    assert found.status_code == 200
    assert found.headers["x-content-type-options"] == "nosniff"


def test_pages_escape_every_text(hostile: TestClient) -> None:
    page = hostile.get("/ogc/collections/enterprises/items?limit=1000&f=html").text
    assert "&lt;script&gt;" in page
    numbers = range(len(HOSTILE))
    ones = [f"/ogc/collections/enterprises/items/91210100{i:010d}?f=html" for i in numbers]
    report = hostile.get("/v1/districts/210106/report.html").text
    for text in [page, report, *(hostile.get(one).text for one in ones)]:
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<svg onload" not in text


def test_tables_defuse_formulas(hostile: TestClient, tmp_path: Path) -> None:
    csv.field_size_limit(10_000_000)
    for table in ("enterprises", "parks"):
        text = hostile.get(f"/v1/export/{table}.csv").content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert not [cell[:30] for row in rows for cell in row if FORMULA.match(cell)]
    path = tmp_path / "out.xlsx"
    path.write_bytes(hostile.get("/v1/export/enterprises.xlsx").content)
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [cell for cell in cells if isinstance(cell.value, str) and FORMULA.match(cell.value)]
    assert max(len(str(cell.value)) for cell in cells) <= 32_767  # what Excel can open


@pytest.mark.parametrize("form", ["geojson", "gpkg", "parquet", "shp.zip"])
def test_exports_hold_every_row(hostile: TestClient, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"out.{form}"
    answer = hostile.get(f"/v1/export/enterprises.{form}")
    assert answer.status_code == 200
    path.write_bytes(answer.content)
    read = gpd.read_parquet if form == "parquet" else gpd.read_file
    count = hostile.get("/ogc/collections/enterprises/items?limit=1").json()["numberMatched"]
    frame = read(path)
    assert len(frame) == count
    if form != "shp.zip":
        names = dict(zip(frame["enterprise_id"], frame["name"], strict=True))
        assert names["912101000000000000"] == HOSTILE["script"]


def test_hostile_host_and_headers_stay_out(hostile: TestClient) -> None:
    answer = hostile.get("/ogc/?f=html", headers={"host": '"><script>alert(1)</script>'})
    assert "<script" not in answer.text
    sent = hostile.get("/healthz", headers={"x-request-id": "a" * 200})
    assert sent.headers["x-request-id"] != "a" * 200
    kept = hostile.get("/healthz", headers={"x-request-id": "trace-1"})
    assert kept.headers["x-request-id"] == "trace-1"


@pytest.mark.parametrize("path", ["/", "/docs", "/ogc/?f=html"])
def test_pages_allow_no_inline_script(hostile: TestClient, path: str) -> None:
    policy = hostile.get(path).headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_api_answers_allow_nothing(hostile: TestClient) -> None:
    policy = hostile.get("/ogc/collections").headers["content-security-policy"]
    assert policy == "default-src 'none'; frame-ancestors 'none'"
    preflight = hostile.options("/ogc/", headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in preflight.headers


def test_large_bodies_and_batches_are_refused(hostile: TestClient) -> None:
    big = hostile.post("/v1/geocode", content=b"x" * 1_000_001)
    assert big.status_code == 413
    lines = b'{"address":"x"}\n' * 10_001
    many = hostile.post(
        "/v1/geocode", content=lines, headers={"content-type": "application/x-ndjson"}
    )
    assert many.status_code == 413
    text = hostile.post("/v1/geocode", content=b"{}", headers={"content-type": "text/plain"})
    assert text.status_code == 415
    broken = hostile.post("/v1/geocode", content=b"{", headers={"content-type": "application/json"})
    assert broken.status_code == 400


def chunks() -> Iterator[bytes]:
    for _ in range(30):
        yield b"x" * 100_000


def test_undeclared_large_body_is_refused_while_it_comes(hostile: TestClient) -> None:
    answer = hostile.post(
        "/v1/geocode", content=chunks(), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 413


def test_long_queries_are_refused(hostile: TestClient) -> None:
    assert hostile.get("/v1/search?q=" + "a" * 20_000).status_code == 400
    assert hostile.get("/v1/search?" + "&".join(f"a{i}=1" for i in range(100))).status_code == 400


def app_with(store_path: Path, **changed: object) -> TestClient:
    settings = Settings(store=str(store_path), log_level="error", **changed)  # type: ignore[arg-type]
    return TestClient(create_app(settings), raise_server_exceptions=False)


def test_client_that_asks_too_fast_is_told_to_wait(store_path: Path) -> None:
    with app_with(store_path, rate_limit_per_s=5) as client:
        answers = [client.get("/healthz").status_code for _ in range(30)]
        assert answers[:10] == [200] * 10
        refused = client.get("/healthz")
        assert 429 in answers
        assert refused.status_code in {200, 429}
        time.sleep(0.5)
        assert client.get("/healthz").status_code == 200


def test_slow_request_is_ended(store_path: Path) -> None:
    with app_with(store_path, request_timeout_s=0.01) as client:
        wait_until_ready(client)
        answer = client.get("/v1/export/enterprises.xlsx")
        assert answer.status_code == 503
        assert "longer than 0.01 s" in answer.json()["detail"]


def test_unforeseen_error_shows_nothing_of_the_inside(
    store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app_with(store_path) as client:
        wait_until_ready(client)
        served = client.app.state.atlas.served  # type: ignore[attr-defined]

        def fail(*_: object, **__: object) -> None:
            raise RuntimeError("secret /etc/passwd")

        monkeypatch.setattr(type(served.snapshot.neighbours), "nearest", fail)
        answer = client.get("/v1/nearby?lon=123&lat=41")
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert answer.json()["instance"].startswith("urn:request:")


def test_missing_store_is_not_ready_and_says_why(tmp_path: Path) -> None:
    with app_with(tmp_path / "none.gpkg", refresh_s=0.05) as client:
        time.sleep(0.2)
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert "clusteratlas build" in answer.json()["detail"]
        assert client.get("/healthz").status_code == 200
        assert client.get("/ogc/collections/enterprises/items").status_code == 503


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections",
        "/ogc/collections/enterprises/items?limit=1",
        "/ogc/collections/districts/tiles/WebMercatorQuad/6/23/53",
        "/v1/search?q=沈阳",
        "/v1/nearby?lon=123.4&lat=41.8&k=1",
        "/ogc/collections/enterprises/items?limit=x",
    ],
)
def test_named_origin_may_read_every_route_and_no_other_may(store_path: Path, path: str) -> None:
    """Routes of the fast lane too: a map on another origin reads tiles and items."""
    with app_with(store_path, cors_origins=["https://map.example"]) as client:
        wait_until_ready(client)
        allowed = client.get(path, headers={"origin": "https://map.example"})
        assert allowed.headers["access-control-allow-origin"] == "https://map.example"
        assert "access-control-allow-credentials" not in allowed.headers
        other = client.get(path, headers={"origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
