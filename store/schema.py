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

LAYER_TITLES: Final[dict[str, str]] = {
    "enterprises": "企业 Enterprises",
    "parks": "园区 Parks",
    "districts": "区县 Districts",
    "cities": "地级市 Cities",
    "clusters": "产业集群 Clusters",
    "sectors": "产业门类 Sectors",
    "mentions": "文件提及 Mentions",
    "positionings": "产业定位 Positionings",
    "linkages": "供应关系 Linkages",
    "responsibilities": "责任分工 Responsibilities",
    "anchor_links": "龙头关联 Anchor links",
    "enterprise_history": "企业变更 History",
}
"""Titles under which GIS programs show the layers and tables."""

TABLES: Final = (
    "sectors",
    "mentions",
    "positionings",
    "linkages",
    "responsibilities",
    "anchor_links",
)
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
    "enterprise_type": "str",  # 企业类型 as registered, "" if unknown
    "industry_code": "str",  # GB/T 4754 code where the source gives one, else ""
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
    "source_date": "str",  # ISO date of the extract that the registered facts come from
    "valid_from": "str",  # ISO date-time of the write that brought this state
    "note": "str",
}
"""Columns of the ``enterprises`` collection with their pandas types; the geometry is a point."""

FACT_COLUMNS: Final = (
    "name",
    "uscc",
    "scope",
    "enterprise_type",
    "industry_code",
    "address",
    "registered",
    "capital",
)
"""What a registry states about a firm; all other columns are concluded from it."""

VOLATILE_COLUMNS: Final = ("fid", "source_date", "valid_from")
"""Columns whose change alone does not make a new state."""

ANCHOR_LINK_COLUMNS: Final[dict[str, str]] = {
    "enterprise_id": "str",  # the registry firm
    "anchor_id": "str",
    "relation": "str",  # same | branch | parent | subsidiary | renamed
    "confidence": "float64",
    "reason": "str",
}
"""Columns of ``anchor_links``: suggestions, for a person to confirm."""

PLACEHOLDER_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "parks": (
        "park_id", "name", "aliases", "kind", "city", "adcode", "district", "sectors",
        "documents", "boundary_status", "radius_m", "source", "note",
    ),
    "districts": ("adcode", "name", "city"),
    "cities": ("adcode", "name"),
    "clusters": ("cluster_id", "sector", "method"),
    "sectors": ("sector_id", "parent", "name_zh", "name_en", "products"),
    "mentions": (
        "document", "section", "line", "start", "end", "text", "enterprise_id", "park_id",
        "sector",
    ),
    "positionings": (
        "adcode", "district", "sector", "strength", "document", "date", "quote_location",
        "source", "grade",
    ),
    "linkages": ("supplier", "customer", "product", "weight", "source"),
    "responsibilities": ("document", "section", "task", "lead", "support"),
}  # fmt: skip
"""Columns of a layer or table before anything was written to it."""
