"""Base maps: none, Tianditu, AMap, OpenStreetMap; where each comes from and which datum it is in.

Tianditu is in CGCS2000, which agrees with WGS-84 within a metre; OpenStreetMap is in WGS-84; AMap is
in GCJ-02, some 500 m off in Liaoning: on its tiles everything that is drawn is shifted along.
"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from clusteratlas.errors import InputError
from clusteratlas.geo.datum import Datum

BaseMap = Literal["none", "tianditu", "amap", "osm"]
BASE_MAPS: Final[tuple[BaseMap, ...]] = get_args(BaseMap)


@dataclass(frozen=True)
class TileSource:
    """One tile layer: URL template as Leaflet writes it, subdomains, attribution, hosts, datum."""

    url: str
    attribution: str
    hosts: tuple[str, ...]
    subdomains: str = ""
    datum: Datum = "wgs84"


_TIANDITU: Final = (
    "https://t{s}.tianditu.gov.cn/%(layer)s_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER=%(layer)s&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=%(key)s"
)
_AMAP: Final = "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}"


def tile_sources(basemap: str, *, tianditu_key: str = "") -> tuple[TileSource, ...]:
    """Return the tile layers of a base map, lowest first; () for ``none``.

    Raises
    ------
    InputError
        If the name is unknown, or Tianditu is asked for without a key.
    """
    if basemap == "none":
        return ()
    if basemap == "osm":
        return (
            TileSource(
                "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
                "© OpenStreetMap contributors",
                ("https://tile.openstreetmap.org",),
            ),
        )
    if basemap == "amap":
        return (
            TileSource(_AMAP, "© 高德地图 AMap", ("https://*.is.autonavi.com",), "1234", "gcj02"),
        )
    if basemap == "tianditu":
        return _tianditu(tianditu_key)
    raise InputError(f"base map {basemap!r}; expected one of {', '.join(BASE_MAPS)}")


def _tianditu(key: str) -> tuple[TileSource, ...]:
    if not key:
        raise InputError(
            "base map 'tianditu' needs a key: set CLUSTERATLAS_TIANDITU_KEY (free from tianditu.gov.cn)"
        )
    if not key.isalnum():
        raise InputError("CLUSTERATLAS_TIANDITU_KEY: expected letters and digits only")
    return tuple(
        TileSource(
            _TIANDITU % {"layer": layer, "key": key},
            "© 天地图 Tianditu",
            ("https://*.tianditu.gov.cn",),
            "01234567",
        )
        for layer in ("vec", "cva")
    )
