"""Development zones: ``tables/zones.txt`` -> ``zones.csv``."""

from __future__ import annotations

from tables import HAND, OWN, TABLES, Row, fields

COLUMNS = [
    "zone_id",
    "name",
    "aliases",
    "adcodes",
    "level",
    "lon",
    "lat",
    "radius_m",
    "source",
    "licence",
    "note",
]
LEVELS = {"national", "provincial", "municipal", "other"}


def build() -> list[Row]:
    """Rows of ``zones.csv`` in the order of the table."""
    rows = []
    for values in fields(TABLES / "zones.txt", 9):
        zone_id, name, aliases, adcodes, level, lon, lat, radius, note = values
        if level not in LEVELS:
            raise SystemExit(f"zones.txt: {zone_id}: level {level}")
        own = [alias for alias in aliases.split(";") if alias and alias != name]
        rows.append(
            {
                "zone_id": zone_id,
                "name": name,
                "aliases": ";".join(dict.fromkeys(own)),
                "adcodes": adcodes,
                "level": level,
                "lon": lon,
                "lat": lat,
                "radius_m": radius,
                "source": HAND,
                "licence": OWN,
                "note": note,
            }
        )
    return rows
