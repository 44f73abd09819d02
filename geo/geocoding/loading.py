"""Read the gazetteer's tables.

Files are read once, checked line by line (bounds of Liaoning, known codes, lengths) and put into plain
objects. A line that fails its check is left out and counted in ``Gazetteer.rejected``; a missing file
leaves its part empty, so that the engine works with whatever part of the gazetteer is present.
"""

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from clusteratlas.geo.geocoding.gazetteer import (
    MIN_SITE_NAME,
    Gazetteer,
    Name,
    Place,
    Road,
    Site,
    Town,
    Zone,
    site_key,
)
from clusteratlas.geo.geocoding.naming import (
    add_bare_towns,
    add_cities_elsewhere,
    add_road_sections,
    zone_names,
)
from clusteratlas.geo.geocoding.normalise import normalise

LIAONING_BOUNDS: Final = (118.5, 38.3, 126.0, 43.6)
"""West, south, east, north, degrees WGS-84, with the sea up to the outer islands."""

# What the tables' radii are multiplied by, so that they hold 87-95 % of points that no table was built
# from: 176 colleges, shops, dealers and plants (docs/geocoding.md). Streets: what holds nine tenths of
# the 84 streets among them by conformal prediction (the 77th smallest ratio of error to radius) is 1.82;
# fitted on four fifths it holds 91 % of the rest. Townships need as much: a rural one is known by its
# seat, and plants stand in its villages.
RADIUS_FACTOR: Final = {"zone": 1.0, "township": 1.8, "street": 1.8, "district": 0.85}
TOWN_ENDINGS: Final = ("街道", "镇", "乡", "办事处", "农场", "林场", "管理区", "开发区", "基地")
MAX_ROWS: Final = 500_000
MAX_FIELD: Final = 400
_MIN_RADIUS_M: Final = 30.0
_MAX_RADIUS_M: Final = 200_000.0


def load_gazetteer(folder: Path, *, associations: Path | None = None) -> Gazetteer:
    """Read the tables in ``folder``.

    Parameters
    ----------
    folder
        Holds divisions.csv, zones.csv, townships.csv, roads.csv, sites.csv, associations.csv.
    associations
        Another table of associations, as for a benchmark that must not have seen its rows.
    """
    gazetteer = Gazetteer()
    _load_divisions(gazetteer, folder / "divisions.csv")
    _load_zones(gazetteer, folder / "zones.csv")
    _load_towns(gazetteer, folder / "townships.csv")
    _load_roads(gazetteer, folder / "roads.csv")
    _load_sites(gazetteer, folder / "sites.csv")
    _load_centres(gazetteer, folder / "centres.csv")
    add_bare_towns(gazetteer)
    _load_associations(gazetteer, associations or folder / "associations.csv")
    add_road_sections(gazetteer)
    add_cities_elsewhere(gazetteer)
    return gazetteer


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream, restval="")):
            if number >= MAX_ROWS:
                return
            yield {k: v[:MAX_FIELD].strip() for k, v in row.items() if isinstance(k, str)}


def _aliases(row: dict[str, str]) -> list[str]:
    texts = [row["name"], *row.get("aliases", "").split(";")]
    return [text for text in dict.fromkeys(t.strip() for t in texts) if 2 <= len(text) <= 40]


def _number(text: str, low: float, high: float) -> float:
    """Return the number, or NaN where it is absent or out of bounds."""
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if low <= value <= high else math.nan


def read_place(
    row: dict[str, str], *, suffix: str = "", radius_m: float = math.nan, factor: float = 1.0
) -> Place:
    """Return the point of a row; outside Liaoning's bounds, or half a point, is no point.

    ``radius_m`` is used where the row has none; both are multiplied by ``factor``.
    """
    west, south, east, north = LIAONING_BOUNDS
    lon = _number(row.get(f"lon{suffix}", ""), west, east)
    lat = _number(row.get(f"lat{suffix}", ""), south, north)
    radius = _number(row.get("radius_m", ""), _MIN_RADIUS_M, _MAX_RADIUS_M)
    if math.isnan(lon) or math.isnan(lat):
        return Place()
    radius = factor * (radius_m if math.isnan(radius) else radius)
    return Place(lon, lat, radius, row.get("source", ""))


def _load_divisions(gazetteer: Gazetteer, path: Path) -> None:
    for row in _rows(path):
        text, adcode, level, form = row["name"], row["adcode"], row["level"], row["form"]
        entry = gazetteer.name(text)
        if not adcode.startswith("21"):
            _add_outside(gazetteer, text, level)
            continue
        if level == "province":
            entry.province = True
            gazetteer.name("辽宁").province = True
        elif level == "city":
            entry.city = adcode
            if form == "current":
                gazetteer.city_names[adcode] = text
        else:
            entry.districts.append(adcode)
            if form == "current":
                gazetteer.district_names[adcode] = text
        entry.form = entry.form or form
        if form in ("short", "distinct"):
            entry.short = True
            entry.distinct = form == "distinct"


def _add_outside(gazetteer: Gazetteer, text: str, level: str) -> None:
    gazetteer.name(text).outside = text
    if level == "province":
        short = text.removesuffix("省").removesuffix("市").removesuffix("特别行政区")
        for tail in ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区"):
            short = short.removesuffix(tail)
        entry = gazetteer.name(short)
        entry.outside, entry.short = text, True


def read_weights(text: str, known: dict[str, str]) -> tuple[tuple[str, float], ...]:
    """Read ``210211:0.7;210212:0.3`` into normalised weights; unknown codes are left out."""
    weights: dict[str, float] = {}
    for part in text.split(";"):
        adcode, _, share = part.strip().partition(":")
        weight = _number(share, 0.0, 1e6) if share else 1.0
        if adcode in known and weight > 0:
            weights[adcode] = weights.get(adcode, 0.0) + weight
    total = sum(weights.values())
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return tuple((adcode, weight / total) for adcode, weight in ranked)


def _load_zones(gazetteer: Gazetteer, path: Path) -> None:
    divisions = {text for text, entry in gazetteer.names.items() if entry.districts}
    for row in _rows(path):
        weights = read_weights(row.get("adcodes", ""), gazetteer.district_names)
        if not weights or not row.get("name"):
            gazetteer.rejected.append(f"{path.name}: {row.get('name', '')}")
            continue
        zone_id = row.get("zone_id", "") or row["name"]
        place = read_place(row, radius_m=3_000.0, factor=RADIUS_FACTOR["zone"])
        zone = Zone(zone_id, row["name"], weights, row.get("level", ""), place)
        gazetteer.zones.append(zone)
        for text in zone_names(
            _aliases(row), gazetteer.city_names[weights[0][0][:4] + "00"], divisions
        ):
            entry = gazetteer.name(text)
            if not entry.districts and not entry.city:
                entry.zones.append(zone)


def _load_towns(gazetteer: Gazetteer, path: Path) -> None:
    for row in _rows(path):
        if row.get("adcode", "") not in gazetteer.district_names or not row.get("name"):
            gazetteer.rejected.append(f"{path.name}: {row.get('name', '')}")
            continue
        place = read_place(row, radius_m=3_000.0, factor=RADIUS_FACTOR["township"])
        town = Town(row.get("code", ""), row["name"], row["adcode"], place)
        gazetteer.towns.append(town)
        for text in _aliases(row):
            if text[-1] in "路街里巷" or text.endswith("大道"):
                continue  # 人民路街道 is listed as 人民路 too: that is a road in most cities
            gazetteer.name(text).towns.append(town)
            gazetteer.name(text).bare = not text.endswith(TOWN_ENDINGS)
            if text.endswith("街道"):
                gazetteer.name(text + "办事处").towns.append(town)
                gazetteer.name(text[:-2] + "办事处").towns.append(town)


def _load_roads(gazetteer: Gazetteer, path: Path) -> None:
    for row in _rows(path):
        place = read_place(row, radius_m=1_000.0, factor=RADIUS_FACTOR["street"])
        text = row.get("name", "")
        if row.get("adcode", "") not in gazetteer.district_names or len(text) < 2:
            gazetteer.rejected.append(f"{path.name}: {text}")
            continue
        low = _number(row.get("number_from", ""), 0, 9999)
        high = _number(row.get("number_to", ""), 0, 9999)
        road = Road(
            text,
            row["adcode"],
            row.get("zone_id", ""),
            row.get("township", ""),
            place,
            read_place(row, suffix="2"),
            0 if math.isnan(low) else int(low),
            0 if math.isnan(high) else int(high),
        )
        gazetteer.roads.setdefault(text, []).append(road)
        entry = gazetteer.name(text)
        entry.kind = entry.kind or "road"


def _load_sites(gazetteer: Gazetteer, path: Path) -> None:
    for row in _rows(path):
        place = read_place(row, radius_m=500.0)
        if row.get("adcode", "") not in gazetteer.district_names or not place.known:
            gazetteer.rejected.append(f"{path.name}: {row.get('name', '')}")
            continue
        site = Site(row["name"], row["adcode"], row.get("address", ""), place)
        for text in dict.fromkeys(
            part for alias in _aliases(row) for part in (normalise(alias), site_key(alias))
        ):
            gazetteer.sites.setdefault(text, []).append(site)
            entry = gazetteer.name(text)
            if len(text) >= MIN_SITE_NAME and not (entry.towns or entry.zones or entry.city):
                entry.sites.append(site)


def _load_centres(gazetteer: Gazetteer, path: Path) -> None:
    """Read where the addresses of a district or city lie when nothing finer is known."""
    for row in _rows(path):
        city = row.get("adcode", "").endswith("00")
        place = read_place(row, factor=1.0 if city else RADIUS_FACTOR["district"])
        if place.known and place.radius_m == place.radius_m:
            gazetteer.centres[row.get("adcode", "")] = place


def _load_associations(gazetteer: Gazetteer, path: Path) -> None:
    """Read ``kind,name,context,counts`` with counts as ``210106:12;210103:2``."""
    known = gazetteer.district_names
    table = gazetteer.associations
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        next(reader, None)
        for number, row in enumerate(reader):
            if number >= MAX_ROWS or len(row) != 4:
                continue
            kind, text, context, counts = row
            pairs = []
            for part in counts.split(";"):
                adcode, _, count = part.partition(":")
                if adcode in known and count.isdecimal():
                    pairs.append((adcode, int(count)))
            if pairs and kind == "piece":
                gazetteer.pieces[text] = tuple(pairs)
            elif pairs and kind == "numbers":
                table.setdefault(context, {})[text] = tuple(pairs)
            elif pairs and 2 <= len(text) <= 40:
                entry = gazetteer.names.get(text)
                if entry is None:
                    entry = gazetteer.names[text] = Name(text)
                entry.kind = entry.kind or kind
                table.setdefault(context, {})[text] = tuple(pairs)


def load_gazetteer_divisions(folder: Path) -> dict[str, list[str]]:
    """Return the codes of the districts that each current, former or short name means."""
    names: dict[str, list[str]] = {}
    for row in _rows(folder / "divisions.csv"):
        if row["level"] == "district" and row["adcode"].startswith("21"):
            names.setdefault(row["name"], []).append(row["adcode"])
    return names
