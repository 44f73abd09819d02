"""Extracts of millions of rows: worked on by the machines of a cluster, kept as GeoParquet.

``run`` is the whole way of an ingest with ``--cluster``; ``make`` turns a file into a data set, with
``tasks`` on the workers and ``cluster`` between; ``dataset`` reads one, ``load`` brings one into a
store.
"""

from clusteratlas.store.batch.dataset import Dataset, is_dataset, open_dataset

__all__ = ["Dataset", "is_dataset", "open_dataset"]
