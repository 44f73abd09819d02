"""Columns of the store's collections and tables: the one list that readers and writers share."""

from typing import Final, Literal

Collection = Literal["enterprises", "parks", "districts", "cities", "clusters"]

COLLECTIONS: Final[tuple[Collection, ...]] = (
    "enterprises",
    "parks",
    "districts",
    "cities",
    "clusters",
)
"""Spatial layers, in the order in which QGIS lists them."""

TABLES: Final = ("sectors", "mentions", "positionings", "linkages", "responsibilities")
"""Tables without geometry that are served as they are."""

ENTERPRISE_COLUMNS: Final[dict[str, str]] = {
    "fid": "int64",  # row number in the store; stable, grows with every new firm
    "enterprise_id": "str",  # anchors: the id of data/enterprises.csv; firms: USCC, or n-<hash>
    "origin": "str",  # anchor | registry
    "name": "str",
    "legal_name": "str",
    "aliases": "str",  # ;-separated
    "kind": "str",  # enterprise | institute | platform
    "uscc": "str",  # unified social credit code, "" if unknown
    "sectors": "str",  # ;-separated sector ids, best first; "" = none
    "sector_scores": "str",  # ;-separated, 0..1, as many as sectors
    "sector_evidence": "str",
    "products": "str",  # ;-separated
    "roles": "str",  # ;-separated: maker | service | research | trade
    "scope": "str",  # business scope as registered, "" for anchors
    "city": "str",  # 沈阳市
    "adcode": "str",  # county level, "" if unknown
    "district": "str",  # 浑南区
    "zone": "str",
    "park_ids": "str",  # ;-separated
    "address": "str",
    "lon": "float64",  # EPSG:4326; NaN if unresolved
    "lat": "float64",
    "precision": "str",  # site|address|street|zone|township|district|city|none
    "radius_m": "float64",  # holds the true point in 90 % of cases; NaN if unresolved
    "membership": "str",  # "210112:0.8;210103:0.2" where the circle crosses a border, else ""
    "confidence": "float64",  # 0..1
    "evidence": "str",  # what the position rests on
    "coord_source": "str",
    "address_source": "str",
    "status": "str",  # confirmed | probable | unresolved
    "registered": "str",  # ISO date of registration, "" if unknown
    "capital": "float64",  # registered capital, CNY 10,000; NaN if unknown
    "valid_from": "str",  # ISO date-time of the ingest that brought this state
    "note": "str",
}
"""Columns of the ``enterprises`` collection with their pandas types; the geometry is a point."""
