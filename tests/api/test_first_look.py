"""Every route answers in its contract form."""

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/readyz", "/metrics", "/docs", "/docs/docs.js", "/openapi.json"]
)
def test_operations_answer(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")


def test_files_of_the_page_answer_to_head(client: TestClient) -> None:
    got, head = client.get("/static/js/main.js"), client.head("/static/js/main.js")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == got.headers["etag"]
    assert client.head("/static/none.js").status_code == 404


@pytest.mark.parametrize(
    ("path", "members"),
    [
        ("/v1/geocode?q=沈阳市东陵区文溯街16号", {"lon", "lat", "adcode", "precision", "evidence"}),
        ("/v1/reverse?lon=123.45&lat=41.72", {"adcode", "district", "zone", "parks"}),
        ("/v1/search?q=沈鼓", {"items", "count"}),
        ("/v1/enterprises/shengu-group", {"name", "sectors", "mentions", "parks", "history"}),
        ("/v1/nearby?lon=123.4&lat=41.8", {"items", "count"}),
        ("/v1/districts/210112/positioning", {"cells", "overlaps", "opportunities", "evidence"}),
        ("/v1/compare?a=210112&b=210113", {"overlap", "sectors", "total_a", "total_b", "verdict"}),
        ("/v1/stagger?region=沈阳", {"index", "pairs", "districts"}),
        ("/v1/clusters?sector=robotics", {"clusters", "points"}),
    ],
)
def test_v1_answers_with_its_members(client: TestClient, path: str, members: set[str]) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert members <= set(answer.json())


def test_geocode_and_reverse_agree_with_the_shipped_example(client: TestClient) -> None:
    assert client.get("/v1/geocode?q=沈阳市东陵区文溯街16号").json()["adcode"] == "210112"
    assert client.get("/v1/reverse?lon=123.45&lat=41.72").json()["district"] == "浑南区"


def test_batches_keep_order_and_form(client: TestClient) -> None:
    rows = [{"address": "沈阳市铁西区"}, {"address": "大连市金州区"}]
    found = client.post("/v1/geocode", json={"items": rows}).json()["items"]
    assert [row["district"] for row in found] == ["铁西区", "金州区"]
    lines = '{"lon":123.45,"lat":41.72}\n{"lon":2.3,"lat":48.8}\n'
    answer = client.post(
        "/v1/reverse", content=lines, headers={"content-type": "application/x-ndjson"}
    )
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.text.count("\n") == 2
    assert '"adcode":null' in answer.text.splitlines()[1]


def test_scenario_shows_before_and_after(client: TestClient) -> None:
    change = {"action": "add", "kind": "firms", "adcode": "210112", "sector": "nev", "n": 500}
    answer = client.post("/v1/scenarios", json={"region": "沈阳", "changes": [change]})
    assert answer.status_code == 200, answer.text
    firms = next(row for row in answer.json()["summary"] if row["measure"] == "firms")
    assert firms["before"] != firms["after"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("沈鼓", "沈鼓集团"),
        ("沈阳机床（集团）", "沈阳机床集团"),
        ("沈阳机床(集团)有限责任公司", "沈阳机床集团"),
        ("shengu", "沈鼓集团"),
        ("sgjt", "沈鼓集团"),
        ("Hunnan", None),
        ("浑南", "浑南区"),
    ],
)
def test_search_finds_by_short_name_brackets_pinyin_and_initials(
    client: TestClient, query: str, name: str | None
) -> None:
    found = [item["name"] for item in client.get("/v1/search", params={"q": query}).json()["items"]]
    assert name is None or name in found[:3]
    assert found


def test_nearby_gives_distance_role_and_reasons_nearest_first(client: TestClient) -> None:
    body = client.get("/v1/nearby?enterprise_id=shengu-group&role=supplier&k=10").json()
    distances = [item["distance_m"] for item in body["items"]]
    assert body["count"] == len(distances) > 0
    assert distances == sorted(distances)
    for item in body["items"]:
        assert item["role"] == "supplier"
        assert item["why"][0]["code"] == "supplies"
        assert item["why"][0]["customer"] in {"major_equipment", "env_equipment"}
        assert item["enterprise_id"] != "shengu-group"


def test_nearby_by_score_gives_the_best_supporters_first(client: TestClient) -> None:
    body = client.get("/v1/nearby?enterprise_id=shengu-group&order=score&k=10").json()
    scores = [item["score"] for item in body["items"]]
    assert body["count"] == len(scores) > 0
    assert scores == sorted(scores, reverse=True)
    assert {item["role"] for item in body["items"]} <= {"supplier", "customer", "peer"}
    assert [reason["code"] for reason in body["items"][0]["why"]][:2] == ["link", "distance"]
    nobody = client.get("/v1/nearby?lon=123.4&lat=41.8&order=score")
    assert nobody.status_code == 400


def test_nearby_filters_by_sector_confidence_and_radius(client: TestClient) -> None:
    body = client.get("/v1/nearby?lon=123.4&lat=41.75&sectors=nev&radius_m=2000&k=100").json()
    assert body["count"] > 0
    assert all("nev" in item["sectors"] and item["distance_m"] <= 2000 for item in body["items"])
    none = client.get("/v1/nearby?lon=123.4&lat=41.75&min_confidence=0.81&sectors=nev&k=5").json()
    assert all(item["origin"] == "anchor" for item in none["items"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/nearby?lon=200&lat=41", 400),
        ("/v1/nearby?lon=123.4", 400),
        ("/v1/nearby?lon=1&lat=1&park_id=x", 400),
        ("/v1/nearby?enterprise_id=nobody", 404),
        ("/v1/nearby?lon=1&lat=1&k=0", 400),
        ("/v1/nearby?lon=nan&lat=1", 400),
        ("/v1/nearby?lon=1&lat=1&role=friend", 400),
        ("/v1/nearby?lon=1&lat=1&sectors=magic", 400),
        ("/v1/search", 400),
        ("/v1/search?q=", 400),
        ("/v1/search?q=a&q=b", 400),
        ("/v1/search?q=%FF%FE", 400),
        ("/v1/enterprises/nobody", 404),
        ("/v1/districts/000000/positioning", 404),
        ("/v1/compare?a=210112&b=210112", 400),
        ("/v1/compare?a=210112&b=999999", 404),
        ("/v1/stagger?region=火星", 404),
        ("/v1/export/enterprises.exe", 404),
        ("/v1/export/secrets.csv", 404),
        ("/v1/export/enterprises.gpkg?datum=gcj02", 400),
        ("/ogc/collections/nothing/items", 404),
        ("/ogc/collections/enterprises/items?nobody=1", 400),
        ("/ogc/collections/enterprises/items?limit=0", 400),
        ("/ogc/collections/enterprises/items?limit=x", 400),
        ("/ogc/collections/enterprises/items?bbox=1,2,3", 400),
        ("/ogc/collections/enterprises/items?bbox=1,5,3,4", 400),
        ("/ogc/collections/enterprises/items?bbox=1,nan,3,4", 400),
        ("/ogc/collections/enterprises/items?crs=EPSG:9999", 400),
        ("/ogc/collections/enterprises/items?cursor=abc", 400),
        ("/ogc/collections/enterprises/items?filter=magic", 400),
        ("/ogc/collections/enterprises/items?sortby=magic", 400),
        ("/ogc/collections/enterprises/items?datetime=yesterday", 400),
        ("/ogc/collections/enterprises/items/none", 404),
        ("/ogc/collections/enterprises/tiles/WebMercatorQuad/3/9/0", 404),
        ("/ogc/collections/enterprises/tiles/WebMercatorQuad/99/0/0", 404),
        ("/nowhere", 404),
        ("/static/../../pyproject.toml", 404),
        ("/static/..%2f..%2fpyproject.toml", 404),
        ("/docs/..%2f..%2fapp.py", 404),
    ],
)
def test_wrong_input_is_a_problem_document(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert "Traceback" not in answer.text


def test_problem_of_a_wrong_value_names_it_and_what_is_allowed(client: TestClient) -> None:
    answer = client.get("/v1/nearby?lon=200&lat=41")
    assert answer.json()["detail"] == "lon: 200 is outside -180..180"
    answer = client.get("/v1/search?q=a&limit=0")
    assert answer.json()["detail"] == "limit: 0 is below 1"


def test_comparison_of_few_firms_says_so_in_every_answer(client: TestClient) -> None:
    pair = client.get("/v1/compare?a=210112&b=210124").json()
    assert pair["total_b"] < 10 <= pair["total_a"]
    assert pair["verdict"] == "too few to say"


def test_wrong_method_says_which_are_allowed(client: TestClient) -> None:
    answer = client.delete("/v1/geocode")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"
