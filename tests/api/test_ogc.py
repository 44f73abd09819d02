"""OGC API - Features: paging, boxes, coordinate systems, filters, sorting, pages for browsers."""

import urllib.parse

import numpy as np
import pyarrow as pa
import pytest
from fastapi.testclient import TestClient
from tests.api.conftest import FIRMS

from clusteratlas.api.cql2 import evaluate
from clusteratlas.api.cql2_text import parse_text
from clusteratlas.api.crs import find_crs
from clusteratlas.api.feature_bytes import json_values
from clusteratlas.api.items import equal_mask
from clusteratlas.errors import InputError
from clusteratlas.store import open_store
from clusteratlas.store.index import Layer
from clusteratlas.store.sql.frames import table_frame

ITEMS = "/ogc/collections/enterprises/items"


def follow(client: TestClient, path: str) -> list[list[dict[str, object]]]:
    """Return the features of all pages."""
    pages = []
    while path:
        body = client.get(path).json()
        pages.append(body["features"])
        assert body["numberReturned"] == len(body["features"])
        path = next((link["href"] for link in body["links"] if link["rel"] == "next"), "")
    return pages


def test_pages_hold_every_feature_once(client: TestClient) -> None:
    pages = follow(client, f"{ITEMS}?limit=700")
    ids = [feature["id"] for page in pages for feature in page]
    assert len(ids) == len(set(ids)) == FIRMS + 163
    assert [len(page) for page in pages[:-1]] == [700] * (len(pages) - 1)
    assert client.get(f"{ITEMS}?limit=1").json()["numberMatched"] == FIRMS + 163


@pytest.mark.parametrize("query", ["sortby=-capital", "sortby=district,-name"])
def test_sorted_pages_hold_every_feature_once_in_order(client: TestClient, query: str) -> None:
    pages = follow(client, f"{ITEMS}?limit=900&{query}")
    ids = [feature["id"] for page in pages for feature in page]
    assert len(ids) == len(set(ids)) == FIRMS + 163
    if "capital" in query:
        known = [f["properties"].get("capital") for page in pages for f in page]  # type: ignore[attr-defined]
        filled = [value for value in known if value is not None]
        assert filled == sorted(filled, reverse=True)
        assert known[: len(filled)] == filled  # unknown come last


def test_large_pages_leave_out_the_unknown_but_for_the_first(client: TestClient) -> None:
    schema = client.get("/ogc/collections/enterprises/schema/feature").json()
    columns = list(schema["properties"]["properties"]["properties"])
    small = client.get(f"{ITEMS}?limit=100").json()["features"]
    assert all(list(feature["properties"]) == columns for feature in small)
    large = client.get(f"{ITEMS}?limit=101").json()["features"]
    assert list(large[0]["properties"]) == columns
    for short, whole in zip(large[1:], small[1:], strict=False):
        known = {name: value for name, value in whole["properties"].items() if value is not None}
        assert {**short, "properties": None} == {**whole, "properties": None}
        assert short["properties"] == known
    mercator = "crs=http://www.opengis.net/def/crs/EPSG/0/3857"
    in_metres = client.get(f"{ITEMS}?limit=101&{mercator}").json()["features"]
    assert [f["properties"] for f in in_metres] == [f["properties"] for f in large]
    one = client.get(f"{ITEMS}/{small[7]['id']}").json()
    assert one["properties"] == small[7]["properties"]


def test_box_matches_the_store(client: TestClient, store_path: str) -> None:
    west, south, east, north = 123.35, 41.7, 123.42, 41.76
    with open_store(str(store_path)) as store:
        firms = store.collection("enterprises")
    inside = firms["lon"].between(west, east) & firms["lat"].between(south, north)
    pages = follow(client, f"{ITEMS}?limit=100&bbox={west},{south},{east},{north}")
    found = {f["properties"]["enterprise_id"] for page in pages for f in page}  # type: ignore[index]
    assert found == set(firms.loc[inside, "enterprise_id"])
    body = client.get(f"{ITEMS}?bbox={west},{south},{east},{north}").json()
    assert body["numberMatched"] == int(inside.sum())


def test_box_in_other_axis_orders_finds_the_same(client: TestClient) -> None:
    uri = "http://www.opengis.net/def/crs/EPSG/0/"
    plain = client.get(f"{ITEMS}?bbox=123.3,41.7,123.5,41.8").json()["numberMatched"]
    swapped = client.get(f"{ITEMS}?bbox=41.7,123.3,41.8,123.5&bbox-crs={uri}4326")
    assert swapped.json()["numberMatched"] == plain
    # EPSG:3857 of the same corners, from the projection's formula.
    metres = "13725693.1817,5116110.4757,13747957.1034,5131025.9083"
    mercator = client.get(f"{ITEMS}?bbox={metres}&bbox-crs={uri}3857").json()["numberMatched"]
    assert abs(mercator - plain) <= 3


@pytest.mark.parametrize("code", ["4326", "4490"])
def test_latitude_comes_first_where_the_crs_says_so(client: TestClient, code: str) -> None:
    uri = f"http://www.opengis.net/def/crs/EPSG/0/{code}"
    plain = client.get(f"{ITEMS}/1").json()["geometry"]["coordinates"]
    answer = client.get(f"{ITEMS}/1?crs={uri}")
    assert answer.headers["content-crs"] == f"<{uri}>"
    assert answer.json()["geometry"]["coordinates"] == plain[::-1]
    district = client.get(f"/ogc/collections/districts/items?limit=1&crs={uri}").json()
    ring = np.array(_first_ring(district["features"][0]["geometry"]))
    assert (ring[:, 0] < 44).all()
    assert (ring[:, 1] > 118).all()


def _first_ring(geometry: dict[str, object]) -> object:
    part = geometry["coordinates"]
    return part[0] if geometry["type"] == "Polygon" else part[0][0]  # type: ignore[index]


def test_filter_and_box_and_property_narrow_together(client: TestClient) -> None:
    condition = urllib.parse.quote("sectors LIKE '%nev%' AND capital > 3000")
    url = f"{ITEMS}?filter={condition}&adcode=210106&bbox=123,41,124,42&limit=1000"
    body = client.get(url).json()
    assert body["numberMatched"] == len(body["features"]) > 0
    for feature in body["features"]:
        properties = feature["properties"]
        assert properties["adcode"] == "210106"
        assert "nev" in properties["sectors"]
        assert properties["capital"] > 3000


def test_datetime_keeps_firms_registered_by_then(client: TestClient) -> None:
    body = client.get(f"{ITEMS}?datetime=../2005-12-31&origin=registry&limit=1").json()
    assert body["numberMatched"] == FIRMS * 6 // 20  # years 2000..2005 of 20


def test_feature_is_found_by_number_and_public_id(client: TestClient) -> None:
    by_number = client.get(f"{ITEMS}/1").json()
    by_id = client.get(f"{ITEMS}/{by_number['properties']['enterprise_id']}").json()
    assert by_number == by_id
    assert client.get("/ogc/collections/districts/items/210112").json()["properties"]["name"] == (
        "浑南区"
    )


def test_landing_page_and_collections_lead_everywhere(client: TestClient) -> None:
    landing = client.get("/ogc/").json()
    rels = {link["rel"]: link["href"] for link in landing["links"]}
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= set(rels)
    for href in rels.values():
        assert client.get(href).status_code == 200
    for collection in client.get("/ogc/collections").json()["collections"]:
        for link in collection["links"]:
            assert client.get(link["href"]).status_code == 200, link


def test_openapi_is_3_0_and_names_every_parameter(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["openapi"] == "3.0.3"
    assert "http" not in str([r for r in _references(document) if not r.startswith("#/")])
    items = document["paths"]["/ogc/collections/{collection}/items"]["get"]
    names = {parameter["name"] for parameter in items["parameters"]}
    assert {"collection", "limit", "bbox", "datetime", "crs", "bbox-crs", "filter"} <= names


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        found = [value for key, value in node.items() if key == "$ref"]
        return found + [r for value in node.values() for r in _references(value)]
    return [r for value in node for r in _references(value)] if isinstance(node, list) else []


def test_browser_gets_pages_without_script(client: TestClient) -> None:
    header = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for path in ("/ogc/", "/ogc/collections", f"{ITEMS}?limit=3", f"{ITEMS}/1"):
        answer = client.get(path, headers=header)
        assert answer.headers["content-type"].startswith("text/html")
        assert "<script" not in answer.text
        assert "'unsafe-inline'" not in answer.headers["content-security-policy"]
    assert client.get("/ogc/", headers={"accept": "image/png"}).status_code == 406


def test_what_is_true_or_false_is_served_so() -> None:
    """A column that a store declares as BOOLEAN is a boolean in frames, and so in every answer."""
    kinds = {"fid": "other", "significant": "truth", "checked": "truth"}
    frame = table_frame([(1, 1, None), (2, 0, 1)], kinds)
    assert frame["significant"].dtype == bool
    table = pa.Table.from_pandas(frame, preserve_index=False)
    texts = [json_values(table[name].combine_chunks()).to_pylist() for name in table.column_names]
    assert texts == [["1", "2"], ["true", "false"], [None, "true"]]
    layer = Layer("clusters", table, np.array([1, 2]), np.zeros(2), np.zeros(2))
    assert equal_mask(layer, "significant", "true").tolist() == [True, False]
    assert equal_mask(layer, "checked", "false").tolist() == [False, False]
    with pytest.raises(InputError, match="not true or false"):
        equal_mask(layer, "significant", "ja")
    found = evaluate(layer, parse_text("significant = TRUE OR checked = FALSE"), find_crs("CRS84"))
    assert found.tolist() == [True, False]


def test_numbers_that_are_no_counts_are_written_as_such() -> None:
    column = pa.array([500.0, -3.0, 0.25, 1e20, None, float("nan"), -0.0])
    assert json_values(column).to_pylist() == ["500.0", "-3.0", "0.25", "1e+20", None, None, "-0.0"]
    assert json_values(pa.array([500, None])).to_pylist() == ["500", None]


def test_pages_speak_to_people(client: TestClient) -> None:
    """Names lead on, sectors and codes are words, counts are told; nothing unknown is shown."""
    asks = {"accept": "text/html,application/xhtml+xml"}
    landing = client.get("/ogc/", headers=asks).text
    assert f"{FIRMS + 163:,}" in landing
    assert "/ogc/collections/parks/items?f=html" in landing
    page = client.get(f"{ITEMS}?limit=7&origin=registry", headers=asks).text
    assert f"共 {FIRMS:,} 条，本页 7 条" in page
    assert "道路 street" in page
    assert "robotics" not in page
    following = page.partition("下一页")[0].rpartition('href="')[2].partition('"')[0]
    second = client.get(following.replace("&amp;", "&")).text
    assert "首页 First page" in second
    one = client.get(f"{ITEMS}/shengu-group", headers=asks).text
    assert "<h1>沈鼓集团</h1>" in one
    assert "<td></td>" not in one
    nothing = client.get(f"{ITEMS}?name=不存在&f=html").text
    assert "Nothing matches" in nothing
    assert "注册资本" in client.get("/ogc/collections/enterprises/queryables?f=html").text
    assert "basic-cql2" in client.get("/ogc/conformance?f=html").text
    assert "TileJSON" in client.get("/ogc/collections/clusters?f=html").text
