"""Measure the sector classifier on the labelled firms; print (or write into the docs) as Markdown.

python bench/classify/run.py ../shared/registry/liaoning_registry.csv.gz [--write docs/classification.md]

Recall: share of the firms of a sector that get it. Precision: share of those that get it that are
of it. Firm recall: share of the firms with any sector that get at least one of theirs. False
positives: share of the firms of no sector that get one, in the samples drawn at random.
"""

import argparse
import math
import pickle
import resource
import time
from pathlib import Path

import pandas as pd

from clusteratlas.data.loaders import data_path
from clusteratlas.sectors import SectorCatalog, SectorClassifier

# Drawn at random; of the second and third, the firms with any word of a sector were read.
RANDOM_FIRMS, STRATUM_FIRMS, FRESH_FIRMS = 400, 5_800, 1_000
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def wilson(hits: int, n: int) -> str:
    """Return ``hits/n`` as a percentage with its 95 % Wilson interval."""
    if not n:
        return "–"
    z, p = 1.96, hits / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{p:.1%} ({max(centre - half, 0):.0%}–{min(centre + half, 1):.0%}, {hits}/{n})"


def read(registry: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    labels = pd.read_csv(data_path("classification/labels.csv"), dtype="str", keep_default_na=False)
    text = pd.read_csv(registry, dtype="str", keep_default_na=False)
    text = text.rename(
        columns={"统一社会信用代码": "code", "企业名称": "name", "经营范围": "scope"}
    )
    text = text[["code", "name", "scope"]].drop_duplicates("code")
    return labels.merge(text, on="code", how="left", validate="one_to_one"), text


def sets(column: pd.Series) -> list[set[str]]:
    return [set(value.split(";")) - {""} for value in column]


def firm_recall(firms: pd.DataFrame) -> str:
    pairs = list(zip(sets(firms["labels"]), sets(firms["sectors"]), strict=True))
    positive = [(true, got) for true, got in pairs if true]
    return wilson(sum(bool(true & got) for true, got in positive), len(positive))


def false_positives(firms: pd.DataFrame, read_and_not: int) -> str:
    negative = firms[firms["labels"] == ""]
    return wilson(int((negative["sectors"] != "").sum()), read_and_not)


def by_sector(firms: pd.DataFrame) -> list[str]:
    lines = []
    test = firms[firms["split"] == "test"]
    for sector in SectorCatalog.load().ids:
        cells = [f"`{sector}`", str(sum(sector in true for true in sets(firms["labels"])))]
        for part in (test, firms):
            pairs = list(zip(sets(part["labels"]), sets(part["sectors"]), strict=True))
            both = sum(sector in true and sector in got for true, got in pairs)
            cells.append(wilson(both, sum(sector in true for true, _ in pairs)))
            cells.append(wilson(both, sum(sector in got for _, got in pairs)))
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def kappa(first: list[str], second: list[str]) -> float:
    n = len(first)
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    chance = sum(first.count(x) * second.count(x) for x in set(first) | set(second)) / n / n
    return (agreed - chance) / (1 - chance)


def agreement(firms: pd.DataFrame) -> list[str]:
    twice = firms[firms["second_pass"] != ""]
    one = [value.split(";")[0] or "none" for value in twice["labels"]]
    two = [value.split(";")[0] for value in twice["second_pass"]]
    any_one, any_two = [x != "none" for x in one], [x != "none" for x in two]
    same = sum(a == b for a, b in zip(any_one, any_two, strict=True))
    return [
        f"- {len(twice)} firms were labelled twice, the second time blind and in another order.",
        f"- Sector or none: {same / len(twice):.1%} agree, Cohen's kappa "
        f"{kappa([str(x) for x in any_one], [str(x) for x in any_two]):.2f}. Which sector comes first: "
        f"{sum(a == b for a, b in zip(one, two, strict=True)) / len(twice):.1%}, "
        f"kappa {kappa(one, two):.2f}.",
    ]


def speed(text: pd.DataFrame) -> list[str]:
    classifier = SectorClassifier()
    classifier.classify_one("", "")
    start = time.process_time()
    found = classifier.classify(text["name"], text["scope"])
    seconds = time.process_time() - start
    start = time.process_time()
    sum(i * i for i in range(5_000_000))
    unit = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    share = (found["sectors"] != "").mean()
    return [
        f"- {len(text):,} firms in {seconds:.1f} s of one core ({len(text) / seconds:,.0f}/s), "
        f"{seconds / unit:.0f} times a plain loop of five million squares in the same run; "
        f"peak memory of the process {peak:.0f} MB, the registry's frame included.",
        f"- {share:.2%} of all firms of the registry get a sector. "
        f"The classifier pickles to {len(pickle.dumps(classifier))} bytes.",
    ]


def report(registry: Path) -> str:
    firms, text = read(registry)
    missing = int(firms["name"].isna().sum())
    firms = firms.dropna(subset=["name"]).reset_index(drop=True)
    found = SectorClassifier().classify(firms["name"], firms["scope"])
    firms = pd.concat([firms, found], axis=1)
    test = firms[firms["split"] == "test"]
    random = firms[firms["sample"] == "random"]
    stratum = firms[firms["sample"] == "stratum"]
    fresh = firms[firms["sample"] == "fresh"]
    drawn = pd.concat([random, stratum])
    drawn_test = drawn[drawn["split"] == "test"]
    share = len(drawn_test[drawn_test["sample"] == "random"]) / RANDOM_FIRMS
    test_firms = round((RANDOM_FIRMS + STRATUM_FIRMS) * share)

    def rest(part: pd.DataFrame, n: int) -> int:
        return n - int((part["labels"] != "").sum())

    lines = [
        f"{len(firms)} labelled firms ({missing} not in this registry), "
        f"{int((firms['labels'] != '').sum())} of them with a sector.",
        "",
        "| sample | firms read | with a sector | firm recall | false positives |",
        "|---|---|---|---|---|",
    ]
    for name, part, n in (
        ("random, all", random, RANDOM_FIRMS),
        ("random + stratum, all", drawn, RANDOM_FIRMS + STRATUM_FIRMS),
        ("random + stratum, **held out (test)**", drawn_test, test_firms),
        ("fresh, **read last, before any answer was seen**", fresh, FRESH_FIRMS),
    ):
        lines.append(
            f"| {name} | {len(part)} of {n} | {int((part['labels'] != '').sum())} | "
            f"{firm_recall(part)} | {false_positives(part, rest(part, n))} |"
        )
    lines.append(
        f"| everything, **held out (test)** | {len(test)} | {int((test['labels'] != '').sum())} | "
        f"{firm_recall(test)} | not a random sample |"
    )
    lines += [
        "",
        "| sector | labelled | recall, test | precision, test | recall, all | precision, all |",
        "|---|---|---|---|---|---|",
        *by_sector(firms),
        "",
        *agreement(firms),
        *speed(text),
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("registry", type=Path)
    parser.add_argument("--write", type=Path, help="replace the measured part of this document")
    options = parser.parse_args()
    text = report(options.registry)
    print(text)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        head, rest = page.split(BEGIN)
        tail = rest.split(END)[1]
        options.write.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
