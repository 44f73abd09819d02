"""Write the shipped tables that are extracted from policy documents.

Usage: python scripts/build_mentions.py FOLDER_OF_TEXTS

Writes data/mentions.csv, data/responsibilities.csv and data/targets.csv. The texts themselves are
not part of the repository. Corrections come from data/policy_review.csv.
"""

import sys
from pathlib import Path

from clusteratlas.policy.tables import write_tables

DATA = Path(__file__).resolve().parent.parent / "data"


def main() -> None:
    """Extract every text of the folder and replace the shipped tables."""
    documents = sorted(Path(sys.argv[1]).glob("*.txt"))
    for name, rows in write_tables(documents, DATA, DATA / "policy_review.csv").items():
        print(f"{rows} rows -> data/{name}")


if __name__ == "__main__":
    main()
