"""The routes that the page draws from, asked without a browser."""

import json
import struct
import urllib.request
from typing import Any

import numpy as np
import pytest

TYPES = {"uint8": np.uint8, "uint16": np.uint16, "uint32": np.uint32, "int32": np.int32}


@pytest.fixture(scope="module")
def columns(server: Any) -> dict[str, Any]:
    with urllib.request.urlopen(f"{server.url}/v1/page/firms", timeout=30) as response:
        content = response.read()
    (length,) = struct.unpack("<I", content[:4])
    head: dict[str, Any] = json.loads(content[4 : 4 + length])
    for array in head["arrays"]:
        start = 4 + length + array["offset"]
        assert start % array_width(array) == 0, "the browser reads the arrays where they lie"
        head[array["name"]] = np.frombuffer(content, TYPES[array["type"]], head["n"], start)
    return head


def array_width(array: dict[str, Any]) -> int:
    return int(np.dtype(TYPES[array["type"]]).itemsize)


def post(server: Any, body: bytes) -> tuple[int, bytes]:
    request = urllib.request.Request(f"{server.url}/v1/page/rows", body, method="POST")
    request.add_header("content-type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return int(response.status), response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_columns_say_what_the_collection_says(server: Any, columns: dict[str, Any]) -> None:
    start = server.get("/v1/page/start")
    leaves = [s["id"] for s in start["sectors"]]
    answer = server.get("/ogc/collections/enterprises/items?limit=1000")
    assert answer["numberMatched"] == columns["n"] == len(answer["features"])
    for row, feature in enumerate(answer["features"]):
        own = feature["properties"]
        assert columns["fid"][row] == feature["id"]
        bits = {leaves[i] for i in range(28) if columns["sectors"][row] >> i & 1}
        assert bits == set((own.get("sectors") or "").split(";")) - {""}
        assert columns["origin"][row] == (own["origin"] == "anchor")
        assert start["precisions"][columns["precision"][row]] == own["precision"]
        if feature["geometry"] is None:
            assert columns["stack"][row] == -1
        else:
            lon, lat = feature["geometry"]["coordinates"]
            assert columns["lon"][row] == pytest.approx(lon * 1e6, abs=1)
            assert columns["lat"][row] == pytest.approx(lat * 1e6, abs=1)
        code = columns["district"][row]
        assert (columns["districts"][code] if code != 65_535 else None) == own.get("adcode")
        registered = own.get("registered")  # a long page leaves out what is unknown
        year = int(registered[:4]) if registered else 0
        assert columns["year"][row] == year


def test_stacks_are_firms_at_one_place(columns: dict[str, Any]) -> None:
    placed = columns["stack"] >= 0
    places = set(zip(columns["lon"][placed], columns["lat"][placed], strict=True))
    assert len(places) == columns["stacks"] == len(set(columns["stack"][placed]))
    assert np.bincount(columns["stack"][placed]).max() >= 10


def test_shapes_keep_their_common_borders(server: Any) -> None:
    for detail in ("coarse", "full"):
        districts = server.get(f"/v1/page/start?detail={detail}")["districts"]
        assert len(districts) == 100
        corners: dict[tuple[int, int], int] = {}
        for district in districts:
            for ring in district["rings"]:
                points = np.cumsum(np.array(ring).reshape(-1, 2), axis=0)
                assert (points[0] == points[-1]).all()
                assert points[:, 0].min() > 118e5
                assert points[:, 0].max() < 126e5
                for x, y in {(int(x), int(y)) for x, y in points}:
                    corners[x, y] = corners.get((x, y), 0) + 1
        shared = sum(count > 1 for count in corners.values())
        assert shared > 0.3 * len(corners)


def test_rows_are_those_asked_for(server: Any) -> None:
    status, content = post(server, b'{"fids": [3, 1, 999999999]}')
    assert status == 200
    items = json.loads(content)["items"]
    assert [item["fid"] for item in items] == [3, 1]
    assert {"name", "sectors", "precision"} <= set(items[0])


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"fids": "1"}', b'{"fids": [-1]}', b'{"fids": [1.5]}', b'{"fids": [true]}',
     b'{"fids": [1], "format": "xml"}', b'{"fids": [99999999999999999999]}'],
)  # fmt: skip
def test_wrong_bodies_are_refused(server: Any, body: bytes) -> None:
    status, content = post(server, body)
    assert 400 <= status < 500
    assert json.loads(content)["detail"]


def test_page_is_strict_about_scripts(server: Any) -> None:
    with urllib.request.urlopen(server.url, timeout=30) as response:
        policy = response.headers["content-security-policy"]
        page = response.read().decode()
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "style=" not in page
    assert "<script>" not in page
    assert "http://" not in page
    assert "https://" not in page
