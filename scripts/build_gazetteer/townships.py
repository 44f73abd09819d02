"""Townships and street offices: names with codes, GeoNames and the hand table -> ``townships.csv``."""

from __future__ import annotations

from checks import Districts
from tables import FACT, HAND, OWN, TABLES, Row, fields, source_rows

COLUMNS = [
    "code",
    "name",
    "aliases",
    "adcode",
    "kind",
    "lon",
    "lat",
    "radius_m",
    "source",
    "licence",
]
SUFFIXES = ("街道", "镇", "乡", "农场")
GEONAMES_RADIUS_M = 4500
"""Radius of a GeoNames township seat: its point is the seat, villages lie around it."""


def kind_of(name: str) -> str:
    """``street``, ``town`` or ``township`` by the ending of the name."""
    if name.endswith("街道"):
        return "street"
    return "town" if name.endswith("镇") else "township"


def stem(name: str) -> str:
    """Return the name without its ending."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def build(districts: Districts) -> list[Row]:
    """Rows of ``townships.csv``: hand table first, else GeoNames, else without a coordinate."""
    hand = {values[0]: values for values in fields(TABLES / "townships.txt", 6)}
    aliases: dict[str, str] = {}
    for code, names in fields(TABLES / "township_aliases.txt", 2):
        aliases[code] = f"{aliases.get(code, '')};{names}"
    places = _geonames(districts)
    rows = []
    for entry in source_rows("township_names.csv"):
        code, name = entry["code"], entry["name"]
        own = hand.pop(code, [code, "", "", "", "", ""])
        row = {"code": code, "name": name, "adcode": code[:6], "kind": kind_of(name)}
        known = [*own[4].split(";"), *aliases.pop(code, "").split(";")]
        row["aliases"] = ";".join(dict.fromkeys(n for n in known if n and n != name))
        rows.append(row | _position(own, places.get((code[:6], stem(name)))))
    if hand or aliases:
        raise SystemExit(f"townships.txt: unknown codes {sorted([*hand, *aliases])}")
    return rows


def _position(own: list[str], place: Row | None) -> Row:
    if own[1]:
        return _point(own[1], own[2], own[3], FACT if own[5] == "fact" else HAND, OWN)
    if place:
        source = f"GeoNames {place['geonameid']}"
        return _point(place["lon"], place["lat"], str(GEONAMES_RADIUS_M), source, "CC-BY-4.0")
    return _point("", "", "", "AreaCity (name and code)", "MIT")


def _point(lon: str, lat: str, radius: str, source: str, licence: str) -> Row:
    return {"lon": lon, "lat": lat, "radius_m": radius, "source": source, "licence": licence}


def _geonames(districts: Districts) -> dict[tuple[str, str], Row]:
    """GeoNames places by district and stem of each Chinese name; township seats win over others."""
    found: dict[tuple[str, str], Row] = {}
    for row in sorted(source_rows("geonames.csv"), key=lambda r: r["fcode"] != "PPLA4"):
        adcode = districts.locate(float(row["lon"]), float(row["lat"]))
        for name in row["names_zh"].split("|"):
            if name and adcode:
                found.setdefault((adcode, stem(name)), row)
    return found
