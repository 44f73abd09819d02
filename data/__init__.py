"""Shipped data and the functions that load it.

Every table is read anew by its ``load_*`` function; nothing is read when this package is imported.
"""

from clusteratlas.data.loaders import (
    data_path,
    load_cities,
    load_districts,
    load_enterprises,
    load_linkages,
    load_mentions,
    load_parks,
    load_positionings,
    load_sectors,
    read_products,
)

__all__ = [
    "data_path",
    "load_cities",
    "load_districts",
    "load_enterprises",
    "load_linkages",
    "load_mentions",
    "load_parks",
    "load_positionings",
    "load_sectors",
    "read_products",
]
