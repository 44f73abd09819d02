"""JSON schemas (OpenAPI 3.0 dialect) of what the API answers."""

from typing import Any, Final

Schema = dict[str, Any]


def nullable(kind: str, **more: Any) -> Schema:
    """Return the schema of a value that may be unknown."""
    return {"type": kind, "nullable": True, **more}


def listing(of: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": of}


def record(required: Schema, optional: Schema | None = None) -> Schema:
    """Return the schema of an object with these required and optional members."""
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": list(required), "properties": properties}


def exactly(required: Schema, optional: Schema | None = None) -> Schema:
    """Return the schema of an object that has no members but these: what a request may send."""
    return {**record(required, optional), "additionalProperties": False}


def ref(name: str) -> Schema:
    """Return a reference to one of :data:`SCHEMAS`."""
    return {"$ref": f"#/components/schemas/{name}"}


TEXT: Final[Schema] = {"type": "string"}
NUMBER: Final[Schema] = {"type": "number"}
WHOLE: Final[Schema] = {"type": "integer"}
OBJECT: Final[Schema] = {"type": "object"}
BINARY: Final[Schema] = {"type": "string", "format": "binary"}

_LINK = record(
    {"href": TEXT, "rel": TEXT}, {"type": TEXT, "title": TEXT, "templated": {"type": "boolean"}}
)

SCHEMAS: Final[dict[str, Schema]] = {
    "Problem": record(
        {"type": TEXT, "title": TEXT, "status": WHOLE, "detail": TEXT},
        {"title_zh": TEXT, "instance": TEXT, "suggestions": listing(TEXT)},
    ),
    "Link": _LINK,
    "Landing": record({"title": TEXT, "links": listing(ref("Link"))}, {"description": TEXT}),
    "Conformance": record({"conformsTo": listing(TEXT)}),
    "Collection": record(
        {"id": TEXT, "links": listing(ref("Link"))},
        {
            "title": TEXT,
            "description": TEXT,
            "itemType": TEXT,
            "crs": listing(TEXT),
            "storageCrs": TEXT,
            "extent": OBJECT,
        },
    ),
    "Collections": record(
        {"links": listing(ref("Link")), "collections": listing(ref("Collection"))},
        {"crs": listing(TEXT)},
    ),
    "Geometry": nullable(
        "object", required=["type"], properties={"type": TEXT, "coordinates": listing({})}
    ),
    "Feature": record(
        {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": WHOLE,
            "geometry": ref("Geometry"),
            "properties": OBJECT,
        },
        {"links": listing(ref("Link"))},
    ),
    "FeatureCollection": record(
        {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": listing(ref("Feature")),
            "links": listing(ref("Link")),
            "numberMatched": WHOLE,
            "numberReturned": WHOLE,
        },
        {"timeStamp": TEXT},
    ),
    "TileMatrixSet": record(
        {"id": TEXT, "uri": TEXT, "crs": TEXT, "tileMatrices": listing(OBJECT)}
    ),
    "Queryables": record({"type": TEXT, "properties": OBJECT}, {"title": TEXT, "$id": TEXT}),
    "Status": record({"status": TEXT}, {"version": WHOLE, "detail": TEXT}),
    "Reason": record({"code": TEXT, "text": TEXT}),
    "Neighbour": record(
        {
            "enterprise_id": TEXT,
            "name": TEXT,
            "sectors": listing(TEXT),
            "lon": NUMBER,
            "lat": NUMBER,
            "distance_m": NUMBER,
            "role": {
                "type": "string",
                "enum": ["supplier", "customer", "peer", "other"],
            },
            "why": listing(ref("Reason")),
        },
        {
            "score": NUMBER,
            "origin": nullable("string"),
            "district": nullable("string"),
            "adcode": nullable("string"),
            "precision": nullable("string"),
            "radius_m": nullable("number"),
            "confidence": nullable("number"),
            "status": nullable("string"),
        },
    ),
    "Nearby": record(
        {
            "lon": NUMBER,
            "lat": NUMBER,
            "count": WHOLE,
            "items": listing(ref("Neighbour")),
        },
        {"subject": nullable("object"), "role": TEXT, "note": TEXT},
    ),
    "SearchHit": record(
        {"kind": TEXT, "id": TEXT, "name": TEXT, "score": NUMBER, "match": TEXT},
        {
            "lon": nullable("number"),
            "lat": nullable("number"),
            "city": nullable("string"),
            "district": nullable("string"),
            "adcode": nullable("string"),
            "sectors": listing(TEXT),
            "origin": nullable("string"),
        },
    ),
    "SearchResult": record({"query": TEXT, "count": WHOLE, "items": listing(ref("SearchHit"))}),
    "Place": OBJECT,  # completed by the router that knows its columns
    "Where": OBJECT,
    "Correction": record(
        {
            "id": WHOLE,
            "enterprise_id": TEXT,
            "kind": TEXT,
            "change": OBJECT,
            "reason": TEXT,
            "state": TEXT,
            "proposed_by": TEXT,
            "proposed_at": TEXT,
        },
        {
            "reviewed_by": TEXT,
            "reviewed_at": TEXT,
            "review_note": TEXT,
            "before": OBJECT,
            "after": OBJECT,
        },
    ),
    "Enterprise": record(
        {
            "enterprise_id": TEXT,
            "name": TEXT,
            "sectors": listing(TEXT),
            "mentions": listing(OBJECT),
        },
        {"parks": listing(OBJECT), "history": listing(OBJECT)},
    ),
}
"""The components of the OpenAPI document, by name."""
