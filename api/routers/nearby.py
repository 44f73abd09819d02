"""Nearest firms, each with its distance, what it could be to the one that asks, and why."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from fastapi import APIRouter, Request
from numpy.typing import NDArray
from starlette.responses import Response

from clusteratlas.api.params import Param, Params, choice, integer, number, text, words
from clusteratlas.api.relations import Lang
from clusteratlas.api.routes import JSON, answers, get
from clusteratlas.api.schemas import ref
from clusteratlas.api.state import Served
from clusteratlas.api.supporters import POOL, ranked_items
from clusteratlas.api.vocabulary import SECTOR_IDS
from clusteratlas.errors import InputError, UnknownNameError
from clusteratlas.settings import Settings

router = APIRouter(prefix="/v1", tags=["enterprises"])

DEFAULT_K: Final = 20

LANG: Final = Param(
    "lang",
    choice("zh", "en"),
    {"type": "string", "enum": ["zh", "en"], "default": "zh"},
    "Language of the texts",
    default="zh",
)
LON: Final = Param(
    "lon",
    number(-180, 180),
    {"type": "number", "minimum": -180, "maximum": 180},
    "Longitude, WGS-84 degrees",
    example=123.43,
)
LAT: Final = Param(
    "lat",
    number(-90, 90),
    {"type": "number", "minimum": -90, "maximum": 90},
    "Latitude, WGS-84 degrees",
    example=41.8,
)
_ID: Final = {"type": "string", "minLength": 1, "maxLength": 100}

NEARBY: Final = Params.of(
    LON,
    LAT,
    Param("enterprise_id", text(100, shortest=1), _ID, "The firm that asks, instead of lon, lat"),
    Param("park_id", text(100, shortest=1), _ID, "The park that asks, instead of lon, lat"),
    Param(
        "radius_m",
        number(0),
        {"type": "number", "minimum": 0},
        "Farthest distance, metres; a larger value than the server's maximum means the maximum",
    ),
    Param(
        "k",
        integer(1),
        {"type": "integer", "minimum": 1, "default": DEFAULT_K},
        "Most firms; a larger value than the server's maximum means the maximum",
        default=DEFAULT_K,
    ),
    Param(
        "sectors",
        words(SECTOR_IDS),
        {"type": "array", "items": {"type": "string", "enum": list(SECTOR_IDS)}},
        "Only firms of these sectors or fields. For a point with a role (other than any) they are "
        "the sectors of the one that asks: suppliers of aviation near here",
        default=(),
        explode=False,
    ),
    Param(
        "role",
        choice("any", "supplier", "customer", "peer"),
        {"type": "string", "enum": ["any", "supplier", "customer", "peer"], "default": "any"},
        "What the firms should be to the one that asks",
        default="any",
    ),
    Param(
        "min_confidence",
        number(0, 1),
        {"type": "number", "minimum": 0, "maximum": 1, "default": 0},
        "Smallest confidence of a firm's position",
        default=0.0,
    ),
    Param(
        "order",
        choice("distance", "score"),
        {"type": "string", "enum": ["distance", "score"], "default": "distance"},
        "Nearest first; or best first by supply link, product, nearness and certainty (score)",
        default="distance",
    ),
    LANG,
)


MOST_TWINS: Final = 3
"""Registrations of one credit code that may stand beside an anchor."""


@dataclass(frozen=True)
class Subject:
    """The one that asks: where it is, which sectors it has, and its own row to leave out."""

    kind: str
    identifier: str
    name: str
    lon: float
    lat: float
    sectors: tuple[str, ...]
    row: int = -1
    products: tuple[str, ...] = ()
    uscc: str = ""


def subject_of(served: Served, given: dict[str, Any]) -> Subject:
    """Return the subject of a request: a point, an enterprise or a park.

    Raises
    ------
    InputError
        If it is none or several of these, or has no position.
    UnknownNameError
        If nobody has the id.
    """
    point = given["lon"] is not None or given["lat"] is not None
    named = [name for name in ("enterprise_id", "park_id") if given[name] is not None]
    if point + len(named) != 1:
        raise InputError("give exactly one of: lon and lat, enterprise_id, park_id")
    if point:
        if given["lon"] is None or given["lat"] is None:
            raise InputError("lon and lat are given together")
        return Subject("point", "", "", given["lon"], given["lat"], ())
    kind = named[0].removesuffix("_id")
    layer = served.snapshot.layers["enterprises" if kind == "enterprise" else "parks"]
    row = layer.row_of(given[named[0]])
    if row is None:
        raise UnknownNameError(f"no {kind} has the id {given[named[0]]!r}")
    record = layer.record(row)
    if not np.isfinite(layer.lon[row]):
        raise InputError(f"{named[0]}: the position of {record['name']} is not known")
    return Subject(
        kind,
        str(record[layer.id_column]),
        str(record["name"]),
        float(layer.lon[row]),
        float(layer.lat[row]),
        tuple(s for s in (record.get("sectors") or "").split(";") if s),
        row if kind == "enterprise" else -1,
        tuple(p for p in (record.get("products") or "").split(";") if p),
        str(record.get("uscc") or "") if kind == "enterprise" else "",
    )


@get(
    router,
    "/nearby",
    NEARBY,
    summary="Nearest firms with role and reasons",
    operation="nearby",
    hot=True,
    responses=answers({JSON: ref("Nearby")}),
)
async def nearby(request: Request) -> Response:
    """Return the firms near a point, enterprise or park that could be what is asked for."""
    atlas = request.app.state.atlas
    served: Served = atlas.served
    given = NEARBY.read(request.scope["query_string"])
    subject = subject_of(served, given)
    own, wanted = _sectors(served, subject, given)
    k = min(given["k"], atlas.settings.k_max)
    by_score = given["order"] == "score"
    rows, metres = served.snapshot.neighbours.nearest(
        subject.lon,
        subject.lat,
        k=(max(k, POOL) if by_score else k) + (MOST_TWINS if subject.uscc else 0),
        radius_m=_radius(given["radius_m"], atlas.settings),
        sectors=wanted,
        min_confidence=given["min_confidence"],
        skip=subject.row,
    )
    rows, metres = _without_twins(served, subject, rows, metres)
    role, lang = given["role"], given["lang"]
    if by_score:
        rank = partial(ranked_items, served, rows, metres, role=role, k=k, lang=lang)
        count, body = await request.app.state.desk.run(
            partial(rank, sectors=own, products=subject.products)
        )
    else:
        rows, metres = rows[:k], metres[:k]
        count, body = len(rows), encode_items(served, rows, metres, frozenset(own), role, lang)
    return Response(b"".join((_head(subject, role, count), body, b"]}")), media_type=JSON)


def _sectors(
    served: Served, subject: Subject, given: dict[str, Any]
) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """Return the sectors of the one that asks, and those that the firms may have.

    Raises
    ------
    InputError
        If a point asks for a role and names no sectors.
    """
    asked, own = served.relations.expand(given["sectors"]), subject.sectors
    if subject.kind == "point" and given["role"] != "any":
        own, asked = asked, ()
        if not own:
            raise InputError("role: for a point, name the sectors of the one that asks as sectors=")
    elif subject.kind == "point":
        own = asked
    return own, _candidate_sectors(served, given["role"], own, asked)


def _head(subject: Subject, role: str, count: int) -> bytes:
    """Return the answer up to its items."""
    return b'{"lon":%.9g,"lat":%.9g,"subject":%b,"role":"%b","count":%d,"items":[' % (
        subject.lon,
        subject.lat,
        _subject_json(subject),
        role.encode(),
        count,
    )


def _without_twins(
    served: Served, subject: Subject, rows: NDArray[np.int64], metres: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Drop the subject's own registration: an anchor is no supplier of itself.

    An enterprise that the documents name may stand in the registry as well, under the same credit
    code.
    """
    if not subject.uscc:
        return rows, metres
    codes = served.snapshot.enterprises.values(
        "uscc"
    )  # one column of the few rows, not all of them
    keep = [codes[row].as_py() != subject.uscc for row in rows.tolist()]
    return rows[keep], metres[keep]


def _radius(asked: float | None, settings: Settings) -> float:
    return settings.radius_max_m if asked is None else min(asked, settings.radius_max_m)


def _candidate_sectors(
    served: Served, role: str, own: tuple[str, ...], asked: tuple[str, ...]
) -> tuple[str, ...] | None:
    """Return the sectors that a neighbour may have; None for any."""
    if role == "any":
        return asked or None
    partners = served.relations.partners(own, role)
    return tuple(s for s in partners if s in asked) if asked else partners


def _subject_json(subject: Subject) -> bytes:
    import orjson

    if subject.kind == "point":
        return b"null"
    return orjson.dumps(
        {
            "kind": subject.kind,
            "id": subject.identifier,
            "name": subject.name,
            "sectors": subject.sectors,
        }
    )


def encode_items(
    served: Served,
    rows: NDArray[np.int64],
    metres: NDArray[np.float64],
    own: frozenset[str],
    role: str,
    lang: Lang,
) -> bytes:
    """Return neighbours as JSON: what is encoded of each row, then distance, role and reasons."""
    stand = served.relations.standing(own, role, lang)
    texts = served.snapshot.sector_texts
    codes = served.snapshot.sector_codes[rows].tolist()
    near = "距离".encode() if lang == "zh" else b"distance"
    out = []
    for card, code, distance in zip(served.cards.pieces(rows), codes, metres.tolist(), strict=True):
        known = stand.get(code)
        if known is None:
            known = stand[code] = served.relations.encoded(own, texts[code], role, lang)
        if distance < 1000:
            out.append(
                b'%b,"distance_m":%.1f,%b"%b %.0f m"}]}' % (card, distance, known, near, distance)
            )
        else:
            out.append(
                b'%b,"distance_m":%.1f,%b"%b %.1f km"}]}'
                % (card, distance, known, near, distance / 1000)
            )
    return b",".join(out)
