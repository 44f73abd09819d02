"""What a bare framework can do: FastAPI with the same trees and bytes ready, and nothing else.

No reasons, no checks, no limits, no logs, no metrics: the ceiling that nearby is compared with.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from fastapi import FastAPI, Response

from clusteratlas.store import open_store
from clusteratlas.store.index import load_snapshot

KEPT: dict[str, Any] = {}


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    with open_store(os.environ["CLUSTERATLAS_STORE"]) as store:
        KEPT["snapshot"] = snapshot = load_snapshot(store)
    layer = snapshot.enterprises
    columns = ("enterprise_id", "name", "sectors", "district", "precision", "confidence")
    KEPT["rows"] = list(zip(*(layer.values(c).to_pylist() for c in columns), strict=True))
    yield


app = FastAPI(lifespan=lifespan, openapi_url=None)


@app.get("/nearby")
async def nearby(lon: float, lat: float, k: int = 20, sectors: str = "") -> Response:
    snapshot = KEPT["snapshot"]
    rows, metres = snapshot.neighbours.nearest(lon, lat, k=k, sectors=sectors.split(","))
    kept = KEPT["rows"]
    found = [
        {
            "enterprise_id": row[0],
            "name": row[1],
            "sectors": row[2],
            "district": row[3],
            "precision": row[4],
            "confidence": row[5],
            "distance_m": metre,
        }
        for row, metre in zip((kept[r] for r in rows.tolist()), metres.tolist(), strict=True)
    ]
    return Response(orjson.dumps({"items": found}), media_type="application/json")


@app.get("/readyz")
async def ready() -> Response:
    return Response(b"{}")
