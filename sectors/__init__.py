"""The 28 strategic emerging sectors and the classification of firms into them."""

from clusteratlas.sectors.catalog import Sector, SectorCatalog
from clusteratlas.sectors.classifier import SectorClassifier, classify
from clusteratlas.sectors.codes import CodeMeaning, count_bounds, read_code

__all__ = [
    "CodeMeaning",
    "Sector",
    "SectorCatalog",
    "SectorClassifier",
    "classify",
    "count_bounds",
    "read_code",
]
