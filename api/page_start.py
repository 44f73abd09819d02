"""What the live page needs before its first picture: vocabulary, districts, cities and parks."""

from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from clusteratlas.api.page_columns import PRECISIONS
from clusteratlas.api.state import Served
from clusteratlas.maps.names import english_name
from clusteratlas.maps.sources import source_text
from clusteratlas.maps.style import FIELD_STYLES, NO_SECTOR, sector_styles
from clusteratlas.store.index import Layer

COARSE_DEGREES: Final = 0.003
"""Tolerance of the districts' first shapes: below a pixel up to zoom 9."""

SCALE: Final = 100_000
"""Coordinates of shapes are whole numbers of 1/SCALE degree, a metre."""


def start_document(served: Served) -> dict[str, Any]:
    """Return fields, sectors with their styles, cities, districts with shapes, and parks."""
    snapshot = served.snapshot
    fields, sectors = _styled(snapshot.tables["sectors"])
    return {
        "version": served.version,
        "fields": fields,
        "sectors": sectors,
        "none": {"colour": NO_SECTOR.colour, "shape": NO_SECTOR.shape},
        "precisions": PRECISIONS,
        "cities": _places(snapshot.layers["cities"]),
        "districts": shapes(served, COARSE_DEGREES, described=True),
        "parks": _parks(snapshot.layers["parks"]),
        "scale": SCALE,
    }


def _styled(table: pd.DataFrame) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the fields, and the sectors, with names and the style in which they are drawn."""
    styles = sector_styles(table) if len(table) else {}
    fields, sectors = [], []
    for row in table.fillna("").to_dict("records"):
        entry = {"id": row["sector_id"], "zh": row["name_zh"], "en": row["name_en"]}
        if row["parent"]:
            style = styles[row["sector_id"]]
            entry |= {"field": row["parent"], "colour": style.colour, "shape": style.shape}
            sectors.append(entry | {"numeral": style.numeral})
        else:
            style_of = FIELD_STYLES.get(row["sector_id"], NO_SECTOR)
            fields.append(entry | {"colour": style_of.colour, "shape": style_of.shape})
    return fields, sectors


def _column(layer: Layer, name: str) -> list[str]:
    if name not in layer.table.column_names:
        return [""] * len(layer)
    return [value or "" for value in layer.values(name).to_pylist()]


def _places(layer: Layer) -> list[dict[str, Any]]:
    names = _column(layer, "name")
    return [
        {"adcode": code, "zh": name, "en": english_name(name)}
        for code, name in zip(_column(layer, "adcode"), names, strict=True)
    ]


def shapes(served: Served, tolerance: float, *, described: bool = False) -> list[dict[str, Any]]:
    """Return the districts with their rings as differences of whole numbers.

    Parameters
    ----------
    tolerance
        Degrees; common borders are simplified alike, so that no gap opens (0 = as stored).
    described
        Whether names, city and a point for the label come with the shape.
    """
    layer = served.snapshot.layers["districts"]
    if layer.geometry is None or not len(layer):
        return []
    drawn = shapely.coverage_simplify(layer.geometry, tolerance) if tolerance else layer.geometry
    names, cities = _column(layer, "name"), _column(layer, "city")
    out = []
    for row, code in enumerate(_column(layer, "adcode")):
        entry: dict[str, Any] = {"adcode": code, "rings": _rings(drawn[row])}
        if described:
            entry |= {"zh": names[row], "en": english_name(names[row]), "city": cities[row]}
            entry |= {
                "lon": round(float(layer.lon[row]), 5),
                "lat": round(float(layer.lat[row]), 5),
            }
        out.append(entry)
    return out


def _rings(geometry: Any) -> list[list[int]]:
    """Return each ring as ``x0, y0, dx1, dy1, ...`` in 1/:data:`SCALE` degree."""
    out = []
    for part in shapely.get_parts(geometry):
        for ring in shapely.get_rings(part):
            xy = np.round(shapely.get_coordinates(ring) * SCALE).astype(np.int64)
            steps = np.diff(xy, axis=0, prepend=0)
            out.append(steps.ravel().tolist())
    return out


def _parks(layer: Layer) -> list[dict[str, Any]]:
    wanted = ("park_id", "name", "aliases", "kind", "city", "adcode", "district", "sectors")
    also = ("documents", "boundary_status", "source", "note")
    columns = {name: _column(layer, name) for name in (*wanted, *also)}
    radius = layer.values("radius_m").to_pylist() if "radius_m" in layer.table.column_names else []
    out = []
    for row in range(len(layer)):
        entry: dict[str, Any] = {name: values[row] for name, values in columns.items()}
        entry["source"] = source_text(entry["source"] or "")
        placed = bool(np.isfinite(layer.lon[row]))
        entry["lon"] = round(float(layer.lon[row]), 6) if placed else None
        entry["lat"] = round(float(layer.lat[row]), 6) if placed else None
        entry["radius_m"] = radius[row] if radius else None
        shape = None if layer.geometry is None else layer.geometry[row]
        area = shape is not None and shapely.get_dimensions(shape) == 2
        entry["rings"] = _rings(shape) if area else []
        out.append(entry)
    return out
