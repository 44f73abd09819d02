"""Policy documents to rows, each with its place in the text.

``read_document`` gives a text with stable offsets, ``extract`` turns it into sectors, enterprises,
parks, positionings, responsibilities and targets, ``diff`` compares two extractions.
"""

from clusteratlas.policy.diffing import Difference, diff, read_extraction
from clusteratlas.policy.extraction import Extraction, extract
from clusteratlas.policy.readers import PolicyText, read_document
from clusteratlas.policy.review import Correction, read_review

__all__ = [
    "Correction",
    "Difference",
    "Extraction",
    "PolicyText",
    "diff",
    "extract",
    "read_document",
    "read_extraction",
    "read_review",
]
