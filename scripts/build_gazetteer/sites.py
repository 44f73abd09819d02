"""Named plants and sites: open plant data and ``tables/sites.txt`` -> ``sites.csv``."""

from __future__ import annotations

from checks import Districts
from tables import HAND, OWN, TABLES, Row, fields, source_rows

COLUMNS = ["name", "aliases", "adcode", "address", "lon", "lat", "radius_m", "source", "licence"]
RADIUS_M = {"exact (plant)": 800, "plant": 800, "approx (<=4 decimals)": 1500}
SOURCES = {
    "GEM GSPT 2023-03": "Global Energy Monitor, Global Steel Plant Tracker 2023-03",
    "hu0320/my-energy-map (GEM-derived)": "Global Energy Monitor, power plant trackers",
}


def build(districts: Districts) -> list[Row]:
    """Rows of ``sites.csv``; a hand row of the same name and district wins over the open data."""
    rows: dict[tuple[str, str], Row] = {}
    for row in [*_hand(), *_plants(districts)]:
        rows.setdefault((row["name"], row["adcode"]), row)
    return sorted(rows.values(), key=lambda r: (r["adcode"], r["name"]))


def _hand() -> list[Row]:
    keys = ("name", "aliases", "adcode", "address", "lon", "lat", "radius_m")
    return [
        dict(zip(keys, values, strict=True)) | {"source": HAND, "licence": OWN}
        for values in fields(TABLES / "sites.txt", len(keys))
    ]


def _plants(districts: Districts) -> list[Row]:
    rows = []
    for plant in source_rows("plants.csv"):
        adcode = districts.locate(float(plant["lon"]), float(plant["lat"]))
        names = [name.strip() for name in plant["name"].split(",") if name.strip()]
        if not adcode or not names:
            continue
        source = plant["source"]
        if source.startswith("SFI"):
            source = "Spatial Finance Initiative, Global Database of Cement Production Assets 2021"
        rows.append(
            {
                "name": names[0],
                "aliases": ";".join(dict.fromkeys([*names[1:], plant["alias"]])).strip(";"),
                "adcode": adcode,
                "address": plant["address"] if "省" in plant["address"] else "",
                "lon": plant["lon"],
                "lat": plant["lat"],
                "radius_m": str(RADIUS_M.get(plant["precision"], 1500)),
                "source": SOURCES.get(source, source),
                "licence": "CC-BY-4.0",
            }
        )
    return rows
