"""Write what the rules of a commit say of units in documents, for the training of the reader of pairs.

Usage: PYTHONPATH=CHECKOUT/src python bench/policy/positionings_of_the_time.py OUT DOCUMENT...

CHECKOUT is a work tree of the last commit whose rules had not been repaired on the documents: only
its output shows the reader how good the rules are on unseen text. Documents that nobody repaired
anything on are read with this tree; what the reader of pairs itself adds is left out.
"""

import json
import sys
from dataclasses import astuple
from pathlib import Path
from typing import Any

import clusteratlas.policy.extraction as extraction
from clusteratlas.policy import extract, positionings, read_document
from clusteratlas.policy.unit_index import UnitIndex


def main() -> None:
    """Write one file per document: units, positionings and enterprises."""
    out, *documents = map(Path, sys.argv[1:])
    out.mkdir(parents=True, exist_ok=True)
    kept: dict[str, Any] = {}
    find = extraction.find_positionings

    def find_and_keep(text: str, lines: Any, parks: Any, region: Any, *more: Any) -> Any:
        kept["units"] = [
            astuple(unit) for unit in UnitIndex(text, parks, region).between(0, len(text))
        ]
        return find(text, lines, parks, region, *more)

    extraction.find_positionings = find_and_keep
    if hasattr(positionings, "second_reading"):
        positionings.second_reading = lambda *given: given[3]  # those of the rules
    for path in documents:
        found = extract(read_document(path))
        about = {
            "path": str(path.resolve()),
            "positionings": found["positionings"],
            "enterprises": [(one["start"], one["end"]) for one in found["enterprises"]],
            **kept,
        }
        (out / f"{path.stem}.json").write_text(json.dumps(about, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
