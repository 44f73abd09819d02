"""Build the word tables of extraction: vocabulary, clause_words, name_characters, listed_firms (txt).

Usage: python bench/policy/build_vocabulary.py DICT LISTED REGISTRY TEXTS OUT

DICT is the dictionary of the jieba segmenter (word, count, class; MIT), LISTED a table of codes and
short names of listed companies with the column ``short_name`` (adata, Apache-2.0), REGISTRY the
registry of firms, TEXTS a folder of public reports as UTF-8 text. Only counts of words and
characters, and names of listed companies, are written: no sentence of a text, no row of the registry.
"""

import argparse
import csv
import gzip
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.places import name_prefixes, place_at
from clusteratlas.policy.well_known import known_firms
from clusteratlas.policy.words import word_list, word_set

NAME_CLASSES = {"nt", "nz", "nr", "nrt", "nrfg", "ns"}  # proper names: no everyday words
MIN_COUNT = 20
MAX_NAMED_COUNT = 500  # a word that is so common is an everyday one though a firm bears it
MIN_TEXTS = 2
MIN_SCOPES = 2
COMMON_TEXTS = 6  # a firm's word that so many texts use is an everyday one
MIN_CHARACTER = 4
HAN = re.compile("[\u4e00-\u9fff]+")
UNKNOWN_COST = 16.0
FRESH_COST = 12  # of words that only public texts and scopes have
OWN_COUNT = 4_000  # of the words of words.txt
CLAUSE_CLASSES = {"v", "vd", "d", "p", "c"}
CLAUSE_COUNT = 100
TRADE_SECTIONS = (
    "trades", "plans", "materials", "sector words", "sector heads", "sector tails", "techniques",
    "trades of names", "no sectors", "firms beside firms",
)  # fmt: skip
# Verbs to the dictionary that stand in the names of parks.
NAME_PARTS = {
    "集聚", "聚集", "共享", "转换", "起步", "引进", "中转", "持续", "治水", "特别", "回收", "再生",
    "分拣", "体验", "养生", "观光", "培训",
}  # fmt: skip
NOT_FIRMS = re.compile("银行|证券|保险|信托|期货|人寿|退|B$|^[A-Z]|高速|^中国$|机场|^ETF|[A-Z]{2}")
FORM = re.compile(
    r"(?:（[^）]*）|\([^)]*\))|(?:股份|集团|控股|实业)?(?:有限|责任|股份|总|分)*"
    r"(?:公司|集团|厂|店|部|中心|社|处|所|站|合作社|经营部).*$"
)


def read_dictionary(path: Path, named: set[str]) -> dict[str, int]:
    """Return the everyday words and all single characters of the dictionary with their counts."""
    words: dict[str, int] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, count, kind = line.split()
        if not HAN.fullmatch(word) or len(word) > 5:
            continue
        everyday = kind == "ns" or kind not in NAME_CLASSES  # places but no persons and no firms
        common = int(count) >= (MAX_NAMED_COUNT if word in named else MIN_COUNT)
        if len(word) == 1 or (common and everyday):
            words[word] = int(count)
    return words


def clause_words(path: Path, words: dict[str, int]) -> Iterator[str]:
    """Yield the verbs, adverbs, prepositions and conjunctions that are no part of a name."""
    trades = set().union(*(word_set(section) for section in TRADE_SECTIONS))
    for line in path.read_text(encoding="utf-8").splitlines():
        word, count, kind = line.split()
        said = kind in CLAUSE_CLASSES and len(word) == 2 and int(count) >= CLAUSE_COUNT
        if said and word in words and word not in trades | NAME_PARTS and not place_at(word, 0):
            yield word


def segmented(run: str, cost: Callable[[str], float | None]) -> list[str]:
    """Return the cheapest cut of a run into words and unknown characters."""
    size = len(run)
    best, back = [0.0] + [math.inf] * size, [0] * (size + 1)
    for start in range(size):
        for end in range(start + 1, min(size, start + 6) + 1):
            price = cost(run[start:end])
            if price is None:
                if end - start > 1:
                    continue
                price = UNKNOWN_COST
            if best[start] + price < best[end]:
                best[end], back[end] = best[start] + price, start
    parts = []
    while size:
        parts.append(run[back[size] : size])
        size = back[size]
    return parts[::-1]


def leftovers(parts: list[str]) -> Iterator[str]:
    """Yield the runs of single characters between the words: words that no dictionary has."""
    run = ""
    for part in [*parts, "##"]:
        if len(part) == 1:
            run += part
        else:
            if 2 <= len(run) <= 5:
                yield run
            run = ""


def stem(name: str) -> str:
    """Return a firm's own word: its name without place, trade and legal form, "" if unclear."""
    name = FORM.sub("", name.replace(" ", ""))
    for _ in range(3):
        place = place_at(name, 0)
        if not place or len(name) - len(place) < 2:
            break
        name = name[len(place) :].lstrip("省市县区")
    for size in range(2, min(5, len(name)) + 1):
        if size == len(name) or is_generic(name[size:]):
            return name[:size] if HAN.fullmatch(name[:size]) else ""
    return ""


def short_names(path: Path) -> list[str]:
    """Return the short names of listed firms without exchange marks; banks and funds left out."""
    names = []
    with path.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            name = unicodedata.normalize("NFKC", row["short_name"]).replace(" ", "")
            name = re.sub(
                r"^(?:S|\*|ST|N|XD|XR|DR|PT|C)+(?=[\u4e00-\u9fff])|[AB]$|-[UWV]+$", "", name
            )
            if HAN.fullmatch(name) and 3 <= len(name) <= 6 and not NOT_FIRMS.search(name):
                names.append(name)
    return sorted(set(names) - word_set("listed phrases"))


Cost = Callable[[str], float | None]


def words_of_texts(folder: Path, cost: Cost) -> tuple[Counter[str], Counter[str]]:
    """Return how often words stand in public texts, and in how many texts a leftover does."""
    in_texts: Counter[str] = Counter()
    texts_with: Counter[str] = Counter()
    for path in sorted(folder.glob("*.txt")):
        seen: set[str] = set()
        for run in HAN.findall(path.read_text(encoding="utf-8")):
            parts = segmented(run, cost)
            in_texts.update(part for part in parts if cost(part) is not None)
            seen.update(leftovers(parts))
        texts_with.update(seen)
    return in_texts, texts_with


def words_of_registry(
    path: Path, cost: Cost, words: dict[str, int]
) -> tuple[Counter[str], Counter[str]]:
    """Return in how many scopes a leftover stands, and how many firms bear a word of their own."""
    scopes_with: Counter[str] = Counter()
    stems: Counter[str] = Counter()
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        for number, row in enumerate(csv.DictReader(rows)):
            word = stem(row["企业名称"])
            if word and words.get(word, 0) < 2_000 and not is_generic(word):
                stems[word] += 1
            if number % 2:
                continue
            fresh: set[str] = set()
            for run in set(re.findall("[\u4e00-\u9fff]{2,14}", row["经营范围"][:300])):
                fresh.update(leftovers(segmented(run, cost)))
            scopes_with.update(one for one in fresh if one not in row["企业名称"])
    return scopes_with, stems


def write(path: Path, comments: tuple[str, ...], lines: Iterable[str]) -> None:
    """Write lines under their comments."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"# {comment}\n" for comment in comments)
        out.writelines(f"{line}\n" for line in lines)


def by_cost(words: dict[str, int], in_texts: Counter[str], fresh: set[str]) -> Iterator[str]:
    """Yield the lines of vocabulary.txt: a cost and the words that have it."""
    total, seen_total = sum(words.values()), sum(in_texts.values())
    table: dict[int, list[str]] = {}
    for word, count in words.items():
        share = 0.5 * count / total + 0.5 * in_texts.get(word, 0) / seen_total
        table.setdefault(round(-math.log(max(share, 1e-8))), []).append(word)
    table.setdefault(FRESH_COST, []).extend(fresh - words.keys())
    for price in sorted(table):
        yield f"{price} {' '.join(sorted(table[price]))}"


def characters(words: Iterable[str]) -> Iterator[str]:
    """Yield the lines of name_characters.txt: a character, how often first, how often later."""
    first: Counter[str] = Counter()
    later: Counter[str] = Counter()
    for word in words:
        if word:
            first[word[0]] += 1
            later.update(word[1:])
    for char in sorted(first.keys() | later.keys()):
        if first[char] + later[char] >= MIN_CHARACTER:
            yield f"{char} {first[char]} {later[char]}"


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("dictionary", "listed", "registry", "texts", "out"):
        parser.add_argument(name, type=Path)
    arguments = parser.parse_args()
    listed = short_names(arguments.listed)
    named = {*listed, *(stem(name) for name in listed), *known_firms()}
    named |= {
        name[:size] for name in (*listed, *known_firms()) for size in (2, 3) if len(name) > size
    }
    words = read_dictionary(arguments.dictionary, named)
    for section in ("trades", "plans", "materials", "strong triggers"):
        for word in filter(HAN.fullmatch, word_list(section)):
            words[word] = max(words.get(word, 0), OWN_COUNT)
    total, places = sum(words.values()), name_prefixes()

    def cost(word: str) -> float | None:
        if word in places:
            return 9.0
        return -math.log(words[word] / total) if word in words else None

    in_texts, texts_with = words_of_texts(arguments.texts, cost)
    scopes_with, stems = words_of_registry(arguments.registry, cost, words)
    fresh = {word for word, n in texts_with.items() if n >= MIN_TEXTS}
    fresh |= {word for word, n in scopes_with.items() if n >= MIN_SCOPES}
    fresh -= {word for word in named if texts_with[word] < COMMON_TEXTS}
    own = [name for name in listed if any(len(part) == 1 for part in segmented(name, cost))]
    write(
        arguments.out / "vocabulary.txt",
        (
            "Everyday words by cost, the negative logarithm of their share of running text.",
            "Sources: counts of the jieba dictionary (MIT), of public reports and of scopes.",
        ),
        by_cost(words, in_texts, fresh),
    )
    said = list(clause_words(arguments.dictionary, words))
    write(
        arguments.out / "clause_words.txt",
        ("Verbs, adverbs, prepositions, conjunctions; classes of the jieba dictionary (MIT).",),
        (" ".join(said[begin : begin + 20]) for begin in range(0, len(said), 20)),
    )
    write(
        arguments.out / "name_characters.txt",
        ("Characters of firms' own words: how often the first, how often a later one.",),
        characters([*stems, *(stem(name) for name in listed)]),
    )
    write(
        arguments.out / "listed_firms.txt",
        ("Short names of listed companies (source: adata, Apache-2.0).",),
        (" ".join(own[begin : begin + 20]) for begin in range(0, len(own), 20)),
    )


if __name__ == "__main__":
    main()
