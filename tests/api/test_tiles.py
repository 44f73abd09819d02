"""Vector tiles decode with another implementation and hold what the items say."""

import math

import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import pytest
import shapely
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from clusteratlas.store import mvt
from clusteratlas.store.index import Layer
from clusteratlas.store.tiling import LayerTiles, text_values

TILES = "/ogc/collections/{}/tiles/WebMercatorQuad/{}/{}/{}"


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    n = 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n
    return int((lon + 180) / 360 * n), int(y)


def decode(content: bytes) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = mapbox_vector_tile.decode(
        content, default_options={"y_coord_down": True}
    )
    return found


@pytest.mark.parametrize("z", [12, 14])
def test_tile_holds_the_same_points_as_the_items(client: TestClient, z: int) -> None:
    x, y = tile_of(123.4, 41.75, z)
    content = client.get(TILES.format("enterprises", z, y, x)).content
    features = decode(content)["enterprises"]["features"]
    assert len(features) > 0  # type: ignore[arg-type]
    for feature in features:  # type: ignore[attr-defined]
        item = client.get(f"/ogc/collections/enterprises/items/{feature['id']}").json()
        lon, lat = item["geometry"]["coordinates"]
        px = ((lon + 180) / 360 * 2**z - x) * 4096
        world = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
        py = (world * 2**z - y) * 4096
        found = feature["geometry"]["coordinates"]
        assert abs(found[0] - px) <= 1
        assert abs(found[1] - py) <= 1
        for name in ("enterprise_id", "name", "origin", "precision", "status", "adcode"):
            assert feature["properties"][name] == (item["properties"][name] or "")


def test_no_point_of_a_tile_is_missing(client: TestClient) -> None:
    z = 13
    x, y = tile_of(123.4, 41.75, z)
    n = 2**z
    west, east = x / n * 360 - 180, (x + 1) / n * 360 - 180
    north, south = (
        math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * edge / n)))) for edge in (y, y + 1)
    )
    box = f"{west},{south},{east},{north}"
    items = client.get(f"/ogc/collections/enterprises/items?bbox={box}&limit=5000").json()
    features = decode(client.get(TILES.format("enterprises", z, y, x)).content)["enterprises"]
    held = {feature["id"] for feature in features["features"]}  # type: ignore[attr-defined]
    assert {feature["id"] for feature in items["features"]} <= held


@pytest.mark.parametrize("collection", ["districts", "cities", "parks"])
def test_shapes_decode_with_their_attributes(client: TestClient, collection: str) -> None:
    x, y = tile_of(123.4, 41.75, 8)
    answer = client.get(TILES.format(collection, 8, y, x))
    features = decode(answer.content)[collection]["features"]
    names = {feature["properties"]["name"] for feature in features}  # type: ignore[attr-defined]
    assert names & {"沈河区", "沈阳市", "沈阳浑南航空产业园"}


def test_tile_is_not_sent_twice(client: TestClient) -> None:
    x, y = tile_of(123.4, 41.75, 10)
    first = client.get(TILES.format("enterprises", 10, y, x))
    again = client.get(
        TILES.format("enterprises", 10, y, x), headers={"if-none-match": first.headers["etag"]}
    )
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert client.get(TILES.format("enterprises", 10, 0, 0)).status_code == 204


def test_tilejson_and_metadata_name_the_tiles(client: TestClient) -> None:
    base = "/ogc/collections/enterprises/tiles/WebMercatorQuad"
    document = client.get(f"{base}?f=tilejson").json()
    assert document["tilejson"] == "3.0.0"
    assert document["tiles"][0].endswith("/enterprises/tiles/WebMercatorQuad/{z}/{y}/{x}")
    metadata = client.get(base).json()
    template = next(link for link in metadata["links"] if link["rel"] == "item")
    assert "{tileMatrix}/{tileRow}/{tileCol}" in template["href"]
    matrices = client.get("/ogc/tileMatrixSets/WebMercatorQuad").json()["tileMatrices"]
    assert matrices[1]["cellSize"] == pytest.approx(78271.516964, rel=1e-9)


def crowd(n: int) -> Layer:
    rng = np.random.default_rng(1)
    texts = pa.array([f"名称{i}" for i in range(n)], pa.large_string())
    return Layer(
        "enterprises",
        pa.table({"enterprise_id": texts, "name": texts}),
        np.arange(1, n + 1),
        123.4 + rng.normal(0, 0.2, n),
        41.8 + rng.normal(0, 0.2, n),
    )


@pytest.mark.parametrize("z", range(0, 15, 2))
def test_no_tile_of_a_crowd_exceeds_half_a_megabyte(z: int) -> None:
    x, y = tile_of(123.4, 41.8, z)
    content = LayerTiles(crowd(60_000), 1).tile(z, x, y).content
    assert len(content) <= 500_000
    assert decode(content)["enterprises"]["features"]


def test_merged_points_stand_for_every_firm() -> None:
    layer = crowd(60_000)
    features = decode(LayerTiles(layer, 1).tile(0, 0, 0).content)["enterprises"]["features"]
    assert sum(f["properties"]["point_count"] for f in features) == 60_000  # type: ignore[attr-defined]


@pytest.mark.parametrize("z", [0, 5, 8, 9, 10, 11])
def test_cells_counted_beforehand_give_the_same_tile(z: int) -> None:
    layer = crowd(60_000)
    plain, counted = LayerTiles(layer, 1), LayerTiles(layer, 1)
    counted.count_cells()
    x, y = tile_of(123.4, 41.8, z)
    for column in (x - 1, x, x + 1):
        one, other = (of.tile(z, column % 2**z, y).content for of in (plain, counted))
        if one == other:
            continue
        tiles = [decode(content)["enterprises"]["features"] for content in (one, other)]
        for a, b in zip(*tiles, strict=True):
            assert a["properties"] == b["properties"]
            places = (feature["geometry"]["coordinates"] for feature in (a, b))
            assert np.abs(np.subtract(*places)).max() <= 1


@settings(deadline=None, max_examples=60)
@given(st.integers(min_value=0, max_value=2**62))
def test_varint_is_what_protobuf_reads(value: int) -> None:
    encoded = mvt.varint(value)
    decoded = sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(encoded))
    assert decoded == value
    assert all(byte & 0x80 for byte in encoded[:-1])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=200), max_size=20))
def test_text_values_decode_to_the_same_texts(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    values = text_values(pa.array(texts, pa.large_string()))
    codes = np.arange(len(texts), dtype=np.int64)
    coded = mvt.Coded({"t": (codes, values, len(texts))})
    content = mvt.point_tile("l", codes, codes, codes, coded, codes)
    features = decode(content)["l"]["features"] if texts else []
    assert [f["properties"]["t"] for f in features] == texts  # type: ignore[attr-defined]


def test_polygon_with_a_hole_keeps_its_area() -> None:
    shape = shapely.Polygon(
        [(0, 0), (400, 0), (400, 400), (0, 400)], [[(100, 100), (100, 300), (300, 300), (300, 100)]]
    )
    content = mvt.shape_tile("l", [5], [shape], [{"name": "甲", "n": 3, "x": 0.5}])
    feature = decode(content)["l"]["features"][0]  # type: ignore[index]
    assert feature["id"] == 5
    assert feature["properties"] == {"name": "甲", "n": 3, "x": 0.5}
    assert shapely.geometry.shape(feature["geometry"]).area == 160_000 - 40_000
