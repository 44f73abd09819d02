"""Screen new names for policy/known_firms.txt: print those that are fit, and why others are not.

Usage: python bench/policy/screen_firms.py CANDIDATES DICT [REGISTRY]

CANDIDATES is a text with names between blanks, lines that begin with # are kept as headings; DICT the
dictionary of the jieba segmenter (word, count, class), REGISTRY the registry of firms: a short name that
stands in the scopes of firms that do not bear it is a word of trade. What is said of a name goes to
stderr. A person reads what is left: ports, products and parks are not told from firms here.
"""

import argparse
import csv
import gzip
import re
import sys
from collections import Counter
from pathlib import Path

from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.name_index import NameIndex
from clusteratlas.policy.places import name_prefixes, place_at
from clusteratlas.policy.vocabulary import is_ordinary, is_word
from clusteratlas.policy.well_known import well_known
from clusteratlas.policy.words import word_set

WRITTEN = re.compile("[A-Za-z0-9\u4e00-\u9fff()-]{3,12}")
COUNTED = re.compile("[0-9〇]+所?")  # 203所 counts schools in a report
COMMON_COUNT = 20
COMMON_CHARS = 3
MAX_SCOPES = 2  # a name of up to COMMON_CHARS characters; twice as many for one more
PERSON = "nr"
ELSEWHERE = ("firms beside firms", "listed phrases")  # lists of words.txt that hold such names


def read_classes(path: Path) -> dict[str, tuple[int, str]]:
    """Return count and class of every word of the dictionary."""
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {word: (int(count), kind) for word, count, kind in lines}


def unfit(name: str, classes: dict[str, tuple[int, str]], fresh: set[str]) -> str:
    """Return why a name is not taken, "" if nothing speaks against it."""
    count, kind = classes.get(name, (0, ""))
    firms = fresh | well_known()
    place = place_at(name, 0)
    branch = next((n for n in range(2, len(name) - 1) if name[n:] in name_prefixes()), 0)
    reasons = {
        "known or listed": name in well_known(),
        "in another list": any(name in word_set(section) for section in ELSEWHERE),
        "two characters, or not written as a name": not WRITTEN.fullmatch(name),
        "a number": bool(COUNTED.fullmatch(name)),
        "a place": name in name_prefixes() or place == name,
        "a firm after its place": bool(place) and name[len(place) :] in firms,
        "a firm before its place": bool(branch) and name[:branch] in firms,
        "a person or a place to the dictionary": kind.startswith(PERSON) or kind == "ns",
        "a common word": count >= COMMON_COUNT and len(name) <= COMMON_CHARS,
        "everyday words": is_word(name) or is_generic(name) or is_ordinary(name),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def in_scopes(names: set[str], registry: Path) -> Counter[str]:
    """Return in how many scopes of firms that do not bear it a name stands."""
    index, found = NameIndex(names), Counter[str]()
    with gzip.open(registry, "rt", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            scope = row["经营范围"]
            hits = {scope[start:end] for start, end in index.spans(scope)}
            found.update(name for name in hits if name not in row["企业名称"])
    return found


def main() -> None:
    """Print the names that are fit under their headings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("candidates", type=Path)
    parser.add_argument("dictionary", type=Path)
    parser.add_argument("registry", type=Path, nargs="?")
    arguments = parser.parse_args()
    classes = read_classes(arguments.dictionary)
    lines = arguments.candidates.read_text(encoding="utf-8").splitlines()
    names = {name for line in lines if not line.startswith("#") for name in line.split()}
    fresh = {name for name in names if not unfit(name, classes, set())}
    reasons = {name: unfit(name, classes, fresh) for name in names}
    if arguments.registry:
        short = {name for name in fresh if len(name) <= COMMON_CHARS + 1}
        for name, scopes in in_scopes(short, arguments.registry).items():
            if scopes >= MAX_SCOPES * (1 + (len(name) > COMMON_CHARS)):
                reasons[name] = reasons[name] or "in scopes of other firms"
    printed: set[str] = set()
    for line in lines:
        left = [name for name in line.split() if not reasons.get(name) and name not in printed]
        printed.update(left)
        if line.startswith("#") or left:
            print(line if line.startswith("#") else " ".join(left))
    for name, reason in sorted(reasons.items()):
        if reason:
            print(f"{name}: {reason}", file=sys.stderr)


if __name__ == "__main__":
    main()
