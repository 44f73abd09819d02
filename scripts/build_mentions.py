"""Write data/mentions.csv: every enterprise and park that the policy documents name.

Usage: python scripts/build_mentions.py FOLDER_OF_TEXTS
The texts themselves are not part of the repository. Corrections come from data/policy_review.csv.
"""

import sys
from pathlib import Path

from clusteratlas.policy.tables import write_mentions

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Extract every text of the folder and replace the shipped table."""
    documents = sorted(Path(sys.argv[1]).glob("*.txt"))
    rows = write_mentions(documents, ROOT / "data" / "mentions.csv")
    print(f"{rows} mentions in {len(documents)} documents")


if __name__ == "__main__":
    main()
