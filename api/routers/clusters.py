"""Clusters of a sector, detected on the spot."""

from typing import Any, Final

import orjson
import pandas as pd
import shapely
from fastapi import APIRouter, Request
from starlette.responses import Response

from clusteratlas.api.params import Param, Params, choice, integer
from clusteratlas.api.routers.analysis import SECTORS, once_a_version
from clusteratlas.api.routes import JSON, answers, get
from clusteratlas.api.schemas import OBJECT, TEXT, listing, record
from clusteratlas.api.tables import plain
from clusteratlas.store.base import Store

router = APIRouter(prefix="/v1", tags=["analysis"])

CLUSTERS: Final = Params.of(
    Param(
        "sector",
        choice(*SECTORS),
        {"type": "string", "enum": list(SECTORS)},
        "Sector whose firms cluster",
        required=True,
    ),
    Param(
        "method",
        choice("hdbscan"),
        {"type": "string", "enum": ["hdbscan"], "default": "hdbscan"},
        "Density clustering with significance against random labelling",
        default="hdbscan",
    ),
    Param(
        "min_members",
        integer(3, 100),
        {"type": "integer", "minimum": 3, "maximum": 100, "default": 5},
        "Fewest firms of a cluster",
        default=5,
    ),
)
MOST_UNIVERSE: Final = 200_000


@get(
    router,
    "/clusters",
    CLUSTERS,
    summary="Detected clusters of a sector with members, hull and significance",
    operation="clusters",
    responses=answers({JSON: record({"sector": TEXT, "clusters": listing(OBJECT)})}),
)
async def clusters(request: Request) -> Response:
    """Return the clusters of a sector, strongest first."""
    given = CLUSTERS.read(request.scope["query_string"])
    sector, members = given["sector"], given["min_members"]
    store = request.app.state.atlas.store
    return await once_a_version(
        request, ("clusters", sector, members), lambda _: _clusters(store, sector, members)
    )


def _clusters(store: Store, sector: str, members: int) -> dict[str, Any]:
    # scikit-learn: a second of start
    from clusteratlas.analysis.cluster_layer import all_sites, sector_sites
    from clusteratlas.analysis.clusters import find_clusters
    from clusteratlas.analysis.counted_once import standing_twice

    twice = standing_twice(store)
    universe, firms = all_sites(store, twice), sector_sites(store, sector, twice)
    if len(universe) > MOST_UNIVERSE:  # random labelling needs the pattern, not every firm
        universe = universe.sample(MOST_UNIVERSE, random_state=0)
        universe = pd.concat([universe, firms]).drop_duplicates("fid")
    result = find_clusters(firms, sector, universe, min_members=members)
    found = []
    for row in result.clusters.to_dict("records"):
        hull = row.pop("geometry")
        row["members"] = [part for part in str(row["members"]).split(";") if part]
        row["geometry"] = orjson.loads(shapely.to_geojson(hull)) if hull is not None else None
        found.append(plain(row))
    return {
        "sector": sector,
        "method": "hdbscan",
        "points": result.points,
        "left_out": result.left_out,
        "simulations": result.simulations,
        "clusters": found,
    }
