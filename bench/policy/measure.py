"""Measure extraction against a folder of texts with gold files.

Usage: python bench/policy/measure.py FOLDER [--errors]

For every ``NAME.txt`` (or docx, html, pdf) the folder holds ``NAME.gold.tsv`` with a line per fact:

    e <TAB> enterprise            p <TAB> park            z <TAB> unit <TAB> sector;sector

Names count once per document and match if they are equal after quotes and blanks are dropped and
brackets made ASCII. A positioning matches if its unit does (with or without 区, 县, 市) and if at
least half of its gold sectors overlap with a found one.
"""

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

from clusteratlas.policy import extract, read_document

KINDS = ("e", "p", "z")
TITLES = {"e": "enterprises", "p": "parks", "z": "positionings"}


def normal(name: str) -> str:
    return re.sub(r"[\s“”\"'‘’]", "", name.replace("（", "(").replace("）", ")"))


def unit_key(name: str) -> str:
    return re.sub(r"(?<=..)[区县市]$", "", normal(name))


def read_gold(path: Path) -> dict[str, set[tuple[str, frozenset[str]]]]:
    gold: dict[str, set[tuple[str, frozenset[str]]]] = {kind: set() for kind in KINDS}
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if cells[0] in gold:
            sectors = frozenset(cells[2].split(";")) if len(cells) > 2 else frozenset()
            gold[cells[0]].add((normal(cells[1]), sectors))
    return gold


def sectors_meet(gold: Iterable[str], found: Iterable[str]) -> bool:
    gold, found = list(gold), list(found)
    hits = sum(any(g in f or f in g for f in found) for g in gold)
    return hits * 2 >= len(gold)


def score(path: Path) -> dict[str, tuple[set[str], set[str], set[str]]]:
    """Return per kind what was hit, missed and wrong."""
    extraction = extract(read_document(path))
    gold = read_gold(path.with_suffix(".gold.tsv"))
    result = {}
    for kind in ("e", "p"):
        found = {normal(item["name"]) for item in extraction[TITLES[kind]]}
        wanted = {name for name, _ in gold[kind]}
        result[kind] = (found & wanted, wanted - found, found - wanted)
    stated: dict[str, set[str]] = {}
    for item in extraction["positionings"]:
        stated.setdefault(unit_key(item["district"]), set()).update(item["sectors"])
    wanted_units = {unit_key(name): sectors for name, sectors in gold["z"]}
    hits = {u for u, s in wanted_units.items() if u in stated and sectors_meet(s, stated[u])}
    missed = {f"{u} {sorted(wanted_units[u])}" for u in set(wanted_units) - hits}
    wrong = {f"{u} {sorted(stated[u])}" for u in set(stated) - hits}
    result["z"] = (hits, missed, wrong)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--errors", action="store_true", help="list what is missed and wrong")
    arguments = parser.parse_args()
    totals = {kind: [0, 0, 0] for kind in KINDS}
    for gold in sorted(arguments.folder.glob("*.gold.tsv")):
        stem = gold.name.removesuffix(".gold.tsv")
        document = next(p for p in arguments.folder.glob(f"{stem}.*") if p != gold)
        for kind, sets in score(document).items():
            for index, names in enumerate(sets):
                totals[kind][index] += len(names)
            if arguments.errors and (sets[1] or sets[2]):
                print(f"{stem} {TITLES[kind]}: missed {sorted(sets[1])} wrong {sorted(sets[2])}")
    for kind, (hit, missed, wrong) in totals.items():
        recall = hit / (hit + missed) if hit + missed else float("nan")
        precision = hit / (hit + wrong) if hit + wrong else float("nan")
        print(f"{TITLES[kind]:13} n={hit + missed:4} recall {recall:.3f} precision {precision:.3f}")


if __name__ == "__main__":
    main()
