"""PMTiles: read back by the format's own library, tiles decoded by another."""

import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pandas as pd
import pytest
from pmtiles.reader import MmapSource, Reader, all_tiles

from clusteratlas.errors import InputError
from clusteratlas.store.export import ExportOptions, export_collection
from clusteratlas.store.geopackage import GeoPackageStore

Firms = Callable[..., pd.DataFrame]
MOST_BYTES = 500_000


def decoded(
    path: Path, *zooms: int
) -> tuple[dict[str, Any], dict[str, Any], dict[tuple[int, int, int], Any]]:
    """Return header, metadata and the features of each tile of some zooms by (z, x, y)."""
    tiles: dict[tuple[int, int, int], Any] = {}
    with path.open("rb") as stream:
        source = MmapSource(stream)
        reader = Reader(source)
        for place, data in all_tiles(source):
            content = gzip.decompress(data)
            assert len(content) <= MOST_BYTES
            if place[0] not in zooms:
                continue
            (layer,) = mapbox_vector_tile.decode(
                content, default_options={"y_coord_down": True}
            ).values()
            tiles[place] = layer["features"]
        return reader.header(), reader.metadata(), tiles


def position(place: tuple[int, int, int], feature: Any) -> tuple[float, float]:
    z, x, y = place
    px, py = feature["geometry"]["coordinates"]
    world_x, world_y = (x + px / 4096) / 2**z, (y + py / 4096) / 2**z
    return world_x * 360 - 180, float(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * world_y)))))


def test_deepest_tiles_hold_the_items(atlas: GeoPackageStore, tmp_path: Path) -> None:
    path = tmp_path / "enterprises.pmtiles"
    count = export_collection(atlas, "enterprises", path)
    items = atlas.collection("enterprises").set_index("fid")
    placed = items[items["lon"].notna()]
    assert count == len(items)
    header, metadata, tiles = decoded(path, 14)
    assert (header["min_zoom"], header["max_zoom"]) == (0, 14)
    assert metadata["vector_layers"][0]["id"] == "enterprises"
    inside = [
        (place, feature)
        for place, features in tiles.items()
        for feature in features
        if all(0 <= unit < 4096 for unit in feature["geometry"]["coordinates"])
    ]
    assert sorted(feature["id"] for _, feature in inside) == sorted(placed.index)
    for place, feature in inside:
        item = placed.loc[feature["id"]]
        lon, lat = position(place, feature)
        assert (lon, lat) == pytest.approx((item["lon"], item["lat"]), abs=1e-5)
        said = feature["properties"]
        assert said["name"] == item["name"]
        assert said["sector"] == item["sectors"].split(";")[0]


def test_far_tiles_are_small_and_count_everybody(
    empty: GeoPackageStore, firms: Firms, tmp_path: Path
) -> None:
    count = 15_000
    chance = np.random.default_rng(1)
    rows = firms(
        enterprise_id=[f"n-{n}" for n in range(count)],
        lon=chance.uniform(122.0, 124.0, count).tolist(),
        lat=chance.uniform(41.0, 42.0, count).tolist(),
    )
    with empty.writer() as writer:
        writer.upsert_enterprises(rows)
    path = tmp_path / "many.pmtiles"
    export_collection(empty, "enterprises", path)
    _, _, tiles = decoded(path, 0)
    counts = Counter(feature["properties"]["point_count"] for feature in tiles[0, 0, 0])
    assert sum(n * times for n, times in counts.items()) == count


def test_areas_are_there_at_every_zoom(
    atlas: GeoPackageStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clusteratlas.store.export import tiles as written

    monkeypatch.setattr(written, "SHAPE_ZOOM", 8)
    path = tmp_path / "districts.pmtiles"
    export_collection(atlas, "districts", path)
    header, _, tiles = decoded(path, 5, 8)
    assert header["max_zoom"] == 8
    for zoom in (5, 8):
        seen = {f["properties"]["adcode"] for p, fs in tiles.items() if p[0] == zoom for f in fs}
        assert len(seen) == 100


def test_the_same_store_gives_the_same_bytes(atlas: GeoPackageStore, tmp_path: Path) -> None:
    for name in ("a.pmtiles", "b.pmtiles"):
        export_collection(atlas, "parks", tmp_path / name)
    assert (tmp_path / "a.pmtiles").read_bytes() == (tmp_path / "b.pmtiles").read_bytes()


def test_what_cannot_be_drawn_leaves_no_file(empty: GeoPackageStore, tmp_path: Path) -> None:
    path = tmp_path / "x.pmtiles"
    with pytest.raises(InputError, match="nothing to draw"):
        export_collection(empty, "enterprises", path)
    for options in (ExportOptions(crs="EPSG:4490"), ExportOptions(datum="gcj02")):
        with pytest.raises(InputError, match=r"Web Mercator|pmtiles"):
            export_collection(empty, "enterprises", path, options=options)
    assert list(tmp_path.glob("*x.pmtiles*")) == []
