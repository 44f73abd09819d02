"""Registry files into the store."""

from clusteratlas.store.ingest.run import IngestOptions, ingest_files
from clusteratlas.store.ingest.summary import IngestSummary, Progress

__all__ = ["IngestOptions", "IngestSummary", "Progress", "ingest_files"]
