"""data/README.md against the files that are shipped beside it."""

from pathlib import Path

import clusteratlas.data

DATA = Path(clusteratlas.data.__file__).resolve().parent


def test_every_shipped_table_is_described() -> None:
    text = (DATA / "README.md").read_text(encoding="utf-8")
    tables = [path for path in DATA.rglob("*") if path.suffix in {".csv", ".geojson", ".tsv"}]
    assert tables
    assert [path.name for path in tables if f"{path.name}`" not in text] == []
