"""Check the hand tables and write ``data/gazetteer/*.csv``.

Run from the repository root::

    python scripts/build_gazetteer/build.py

Every coordinate (WGS-84 degrees) has to lie inside its district (``data/districts.geojson``).
One that does not stops the build with its name, the district that it fell into and the distance; it is
then corrected or left empty in the table, never moved by the script.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import checks
import roads
import sites
import townships
import zones
from tables import REPOSITORY, write_csv

OUT = REPOSITORY / "data" / "gazetteer"


def main() -> int:
    """Build all tables; returns 1 and prints each fault when a check fails, and then writes nothing."""
    districts = checks.read_districts(REPOSITORY / "data" / "districts.geojson")
    zone_rows = zones.build()
    built = {
        "zones": (zones.COLUMNS, zone_rows),
        "townships": (townships.COLUMNS, townships.build(districts)),
        "roads": (roads.COLUMNS, roads.build({row["zone_id"] for row in zone_rows})),
        "sites": (sites.COLUMNS, sites.build(districts)),
    }
    faults = [
        fault for name, (_, rows) in built.items() for fault in checks.faults(name, rows, districts)
    ]
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    for name, (columns, rows) in built.items():
        write_csv(OUT / f"{name}.csv", columns, rows)
        placed = sum(bool(row["lon"]) for row in rows)
        print(f"{name}.csv: {len(rows)} rows, {placed} with a coordinate")
        count_in_readme(name, len(rows), placed)
    return 0


def count_in_readme(name: str, rows: int, placed: int) -> None:
    """Write the numbers of rows and of points of a table into the README beside it."""
    readme = OUT / "README.md"
    text = readme.read_text(encoding="utf-8")
    counts = f"| `{name}.csv` | {rows:,} | {placed:,} |"
    readme.write_text(
        re.sub(rf"\| `{name}\.csv` \| [\d,]+ \| [\d,]+ \|", counts, text), encoding="utf-8"
    )


if __name__ == "__main__":
    raise SystemExit(main())
