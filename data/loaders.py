"""Read the shipped tables into frames with fixed types."""

from importlib import resources
from pathlib import Path

import geopandas as gpd
import pandas as pd

from clusteratlas.errors import InputError

# Columns that hold numbers; everything else stays text, so that the adcode 210106 is never a number.
NUMERIC_COLUMNS = ("lon", "lat", "radius_m", "confidence", "weight", "start", "end", "line")


def data_path(name: str) -> Path:
    """Return the path of a shipped file, ``data_path("enterprises.csv")``.

    Raises
    ------
    InputError
        If nothing of that name is shipped.
    """
    path = Path(str(resources.files("clusteratlas.data").joinpath(name)))
    if not path.is_file():
        raise InputError(f"no shipped data file {name!r} in {path.parent}")
    return path


def read_table(name: str) -> pd.DataFrame:
    """Return a shipped CSV: text columns as ``str`` with "" for unknown, numbers as ``float64``."""
    table = pd.read_csv(data_path(name), dtype="str", keep_default_na=False, encoding="utf-8")
    for column in NUMERIC_COLUMNS:
        if column in table.columns:
            table[column] = pd.to_numeric(table[column].replace("", None), errors="raise")
    return table


def load_enterprises() -> pd.DataFrame:
    """Return the anchor enterprises and institutes, one row each; unknown coordinates are NaN."""
    return read_table("enterprises.csv")


def load_mentions() -> pd.DataFrame:
    """Return every mention of an enterprise or park in the policy documents, in document order."""
    return read_table("mentions.csv")


def load_sectors() -> pd.DataFrame:
    """Return the 7 fields (``parent`` is "") and their 28 sectors, in the document's order."""
    return read_table("sectors.csv")


def load_positionings() -> pd.DataFrame:
    """Return the stated positioning of districts, one row per district, sector and source."""
    return read_table("positionings.csv")


def load_linkages() -> pd.DataFrame:
    """Return supply relations between sectors or products, with weight and reason."""
    return read_table("linkages.csv")


def load_parks() -> gpd.GeoDataFrame:
    """Return the named parks (EPSG:4326): polygons where an extent is defended, else points."""
    return gpd.read_file(data_path("parks.geojson"))


def load_districts() -> gpd.GeoDataFrame:
    """Return the 100 county-level districts of Liaoning (EPSG:4326), ordered by adcode."""
    return _read_boundaries("districts.geojson")


def load_cities() -> gpd.GeoDataFrame:
    """Return the 14 cities of Liaoning (EPSG:4326), ordered by adcode."""
    return _read_boundaries("cities.geojson")


def _read_boundaries(name: str) -> gpd.GeoDataFrame:
    return gpd.read_file(data_path(name)).sort_values("adcode", ignore_index=True)


def read_products() -> pd.DataFrame:
    """Return the products that scopes are searched for: ``product, kind, sector, terms``.

    ``sector`` is "" for products of no strategic sector (castings, bearings, ...): supporting industry.
    """
    return read_table("classification/products.csv")
