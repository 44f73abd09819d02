"""Write what the rules of a commit read in documents, for the training of the learned reader.

Usage: PYTHONPATH=CHECKOUT/src python bench/policy/rules_of_the_time.py DICT OUT DOCUMENT...

CHECKOUT is a work tree of the last commit whose rules had not been repaired on the documents: only
its output shows the reader how good the rules are on unseen text. Modules that it lacks come from
this tree. DICT is the dictionary of the jieba segmenter (word, count, class; MIT).
"""

import json
import sys
import types
from pathlib import Path

import numpy as np

import clusteratlas.policy as old
from clusteratlas.policy import extract, extraction, parks, read_document, vocabulary
from clusteratlas.policy.spans import Span
from clusteratlas.policy.structure import official_marks

HERE = Path(__file__).resolve().parents[2] / "policy"
old.__path__.append(str(HERE))
if not hasattr(vocabulary, "FUNCTION_CHARS"):
    from clusteratlas.policy import coined

    vocabulary.FUNCTION_CHARS = coined._FUNCTION  # type: ignore[attr-defined]
if not hasattr(vocabulary, "known_costs"):
    names = dict.fromkeys(vocabulary.name_prefixes(), vocabulary.PLACE_COST)
    vocabulary.known_costs = lambda: {**vocabulary._costs(), **names}
if hasattr(
    extraction, "second_reading"
):  # the rules alone, also where the reader was there already
    extraction.second_reading = lambda _, firms, zones: (firms, zones)
if not Path(old.__path__[0], "park_forms.py").exists():
    forms = types.ModuleType("clusteratlas.policy.park_forms")
    forms.PARK_SUFFIX = parks.PARK_SUFFIX  # type: ignore[attr-defined]
    sys.modules[forms.__name__] = forms

from clusteratlas.policy.learned_marks import HASHES, hash_of, marks_of  # noqa: E402


def word_classes(dictionary: Path) -> np.ndarray:
    """Return the class of every word that a text is cut into, by the word's hash."""
    rows = [line.split() for line in dictionary.read_text(encoding="utf-8").splitlines()]
    short = {kind: kind[:2] if kind[0] in "nv" else kind[0] for _, _, kind in rows}
    codes = {kind: code for code, kind in enumerate(sorted(set(short.values())), start=1)}
    classes = np.zeros(HASHES, np.uint8)
    for word, _, kind in sorted(rows, key=lambda row: int(row[1])):
        if len(word) == 1 or vocabulary.is_word(word):
            classes[hash_of(word)] = codes[short[kind]]
    return classes


def main() -> None:
    """Write one file per document."""
    dictionary, out, *documents = (Path(argument) for argument in sys.argv[1:])
    classes = word_classes(dictionary)
    np.savez_compressed(out / "classes.npz", classes=classes)
    for path in documents:
        document = read_document(path)
        text, found = official_marks(document.text), extract(document)
        named = sorted((*found["enterprises"], *found["partners"]), key=lambda one: one["start"])
        firms = [Span(item["start"], item["end"], item["found_by"]) for item in named]
        zones = [Span(item["start"], item["end"], "park form") for item in found["parks"]]
        outside = [f for f in firms if not any(z.start < f.end and f.start < z.end for z in zones)]
        marks = marks_of(text, outside, zones, classes)
        spans = {
            name: [(span.start, span.end, span.reason) for span in spans]
            for name, spans in (("firms", firms), ("parks", zones))
        }
        np.savez_compressed(
            out / f"{path.stem}.npz", about=json.dumps({"path": str(path), **spans}), **marks
        )


if __name__ == "__main__":
    main()
