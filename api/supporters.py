"""Firms ranked by how well they could support one: link, product, nearness, certainty of position."""

from typing import Any, Final

import numpy as np
import orjson
import pandas as pd
from numpy.typing import NDArray

from clusteratlas.analysis.reasons import explain
from clusteratlas.analysis.supply import SupplyTarget, supporting_firms
from clusteratlas.api.relations import Lang
from clusteratlas.api.state import Served
from clusteratlas.api.tables import plain

POOL: Final = 2_000
"""Nearest firms of the fitting sectors that are ranked; a firm beyond them is too far to matter."""


def ranked_items(
    served: Served,
    rows: NDArray[np.int64],
    metres: NDArray[np.float64],
    *,
    sectors: tuple[str, ...],
    products: tuple[str, ...],
    role: str,
    k: int,
    lang: Lang,
) -> tuple[int, bytes]:
    """Return how many supporters are among rows, and the best as JSON, best score first.

    Raises
    ------
    InputError
        If the one that asks has no sector.
    """
    layer = served.snapshot.enterprises
    columns = {
        name: [value or "" for value in layer.values(name).take(rows).to_pylist()]
        for name in ("sectors", "products", "roles")
    }
    numbers = {
        name: np.array(layer.values(name).take(rows).to_pylist(), dtype=np.float64)
        for name in ("radius_m", "confidence")
    }
    candidates = pd.DataFrame({**columns, **numbers, "distance_m": metres, "row": rows})
    linkages = served.snapshot.tables["linkages"]
    target = SupplyTarget(sectors, products)
    found = supporting_firms(target, candidates, linkages, role=role, k=k)  # type: ignore[arg-type]
    names = served.relations.names[lang]
    items = [_item(served, record, names, lang) for record in found.to_dict("records")]
    return len(items), b",".join(items)


def _item(served: Served, record: dict[Any, Any], names: dict[str, str], lang: Lang) -> bytes:
    reasons = explain(record, names, lang=lang)
    codes = ("link", "distance", "precision")
    why = [{"code": code, "text": text} for code, text in zip(codes, reasons, strict=False)]
    if record["link_product"]:
        why[0]["product"] = record["link_product"]
    tail = {
        "distance_m": round(record["distance_m"], 1),
        "role": record["role"],
        "score": round(record["score"], 4),
        "why": why,
    }
    return served.cards.one(int(record["row"])) + b"," + orjson.dumps(plain(tail))[1:]
