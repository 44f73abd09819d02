"""clusteratlas: map industrial clusters, from the policy text to the answer on the map."""

__version__ = "0.1.0"
