"""The page around the data: assets inside, scripts by hash, datum of the base map."""

import base64
import hashlib
import re
from pathlib import Path

import folium
import folium.plugins
import numpy as np
import pytest
from tests.maps.test_payload import unpack

from clusteratlas.errors import InputError
from clusteratlas.files import write_whole
from clusteratlas.geo.datum import convert
from clusteratlas.maps import MapOptions, find_region
from clusteratlas.maps.basemaps import tile_sources
from clusteratlas.maps.content import MapFrames
from clusteratlas.maps.draw import draw_map, pack
from clusteratlas.maps.page import content_policy, inline_assets
from clusteratlas.maps.themes import Theme

OPTIONS = MapOptions(title={"zh": "图", "en": "Map"})


def test_policy_lists_the_hash_of_every_script() -> None:
    policy = content_policy(
        "<script>var a = 1;</script><script type='application/octet-stream'>x</script>"
    )
    digest = base64.b64encode(hashlib.sha256(b"var a = 1;").digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert "unsafe-inline'; img-src data: blob:;" in policy


def test_layer_that_needs_a_content_network_is_refused() -> None:
    chart = folium.Map(tiles=None)
    cluster = folium.plugins.MarkerCluster()  # type: ignore[no-untyped-call]  # folium is half typed
    cluster.add_to(chart)
    with pytest.raises(InputError, match="not vendored"):
        inline_assets(chart)


def test_draw_map_returns_a_folium_map_that_takes_further_layers(shipped: MapFrames) -> None:
    chart = draw_map(shipped, OPTIONS)
    assert isinstance(chart, folium.Map)
    folium.CircleMarker([41.8, 123.4]).add_to(chart)
    page = chart.get_root().render()
    assert "L.circleMarker" in page
    assert not re.search(r"<(?:script|link)[^>]+(?:src|href)=[\"']?https?:", page)


@pytest.mark.parametrize(("basemap", "shifted"), [("none", False), ("osm", False), ("amap", True)])
def test_points_are_shifted_on_amap_only(shipped: MapFrames, basemap: str, shifted: bool) -> None:
    region = find_region(shipped.districts)
    packed = pack(shipped, OPTIONS, region, Theme(), tile_sources(basemap))
    sections = unpack(packed.pack())
    lon, lat = np.array(sections["firm.lon"]) / 1e5, np.array(sections["firm.lat"]) / 1e5
    placed = shipped.enterprises.dropna(subset=["lon", "lat"])
    expected = (placed["lon"].to_numpy(), placed["lat"].to_numpy())
    if shifted:
        expected = convert(*expected, source="wgs84", target="gcj02")
    for found, wanted in zip((lon, lat), expected, strict=True):
        assert np.abs(np.sort(found) - np.sort(wanted)).max() < 1e-5


def test_district_outlines_are_shifted_with_the_points(shipped: MapFrames) -> None:
    region = find_region(shipped.districts)
    plain = unpack(pack(shipped, OPTIONS, region, Theme()).pack())
    moved = unpack(pack(shipped, OPTIONS, region, Theme(), tile_sources("amap")).pack())
    gap = np.array(moved["districts.x"]) - np.array(plain["districts.x"])
    assert 300 < gap.mean() < 900  # 1e-5 degrees: some 500 m east


def test_tianditu_key_goes_into_both_layers() -> None:
    sources = tile_sources("tianditu", tianditu_key="abc123")
    assert len(sources) == 2
    assert all("tk=abc123" in source.url and source.datum == "wgs84" for source in sources)


def test_tianditu_key_with_markup_is_refused() -> None:
    with pytest.raises(InputError, match="letters and digits"):
        tile_sources("tianditu", tianditu_key='"><script>')


def test_unknown_language_is_refused(shipped: MapFrames) -> None:
    with pytest.raises(InputError, match="expected zh or en"):
        draw_map(shipped, MapOptions(title={"zh": "图"}, lang="fr"))


def test_broken_write_leaves_the_former_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "map.html"
    target.write_text("former")

    def fail(self: Path, target: Path) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_whole(target, "new")
    assert target.read_text() == "former"
    assert list(tmp_path.iterdir()) == [target]
