"""Policy documents to rows, each with its place in the text."""

from clusteratlas.policy.extraction import Extraction, extract
from clusteratlas.policy.readers import PolicyText, read_document

__all__ = ["Extraction", "PolicyText", "extract", "read_document"]
