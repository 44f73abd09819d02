"""Learn which district a road, village, township, estate or zone belongs to, as counts.

The registering authority's division (digits 3-8 of an enterprise's code) is a noisy truth for the
district of its registered address. This script counts, per name and context, the districts in which
enterprises with that name in their address are registered, and writes the counts alone: no row, no
address, no name of a firm or person; a name needs at least two enterprises to be listed at all.

Usage::

    python scripts/learn_associations.py REGISTRY.csv.gz [OUT.csv] [--training-part]

``--training-part`` leaves out the fifth of the enterprises that ``bench/geocode`` tests on. The table
that is shipped is learned from all rows.
"""

import argparse
import csv
import gzip
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from clusteratlas.geo.geocoding.gazetteer import Gazetteer
from clusteratlas.geo.geocoding.loading import load_gazetteer
from clusteratlas.geo.geocoding.normalise import normalise
from clusteratlas.geo.geocoding.parsed_address import ParsedAddress
from clusteratlas.geo.geocoding.parser import AddressParser
from clusteratlas.geo.geocoding.pieces import house_block, pieces

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "data" / "gazetteer"
SEED = "clusteratlas-geocode-1"

CODE_COLUMN, ADDRESS_COLUMN, CITY_COLUMN = "统一社会信用代码", "注册地址", "地区"

# Codes that registers kept using after a division was upgraded or renumbered.
OLD_CODES = {
    "210122": "210115", "210282": "210214", "210322": "210323", "210724": "210781",
    "210725": "210782", "211022": "211081", "211121": "211104", "210181": "210181",
}  # fmt: skip

# Zones with a registering authority of their own: no county, but known to lie in one.
ZONE_CODES = {
    "210242": "210213",  # 大连保税区
    "210244": "210281",  # 长兴岛
    "210245": "210283",  # 花园口
    "210248": "210212",  # 旅顺经济技术开发区
}

ENDINGS = {
    "zone": ("开发区", "新区", "经济区", "保税区", "产业区", "工业区", "工业园区", "产业园区", "园区",
             "工业园", "产业园", "新城", "特区", "区", "管理区",
             "风景区", "度假区", "示范区", "高新区", "港区"),
    "township": ("街道办事处", "办事处", "街道办", "街道", "镇", "乡", "农场", "林场", "畜牧场", "苇场",
                 "盐场", "果树场", "良种场", "分场"),
    "village": ("村民委员会", "村委会", "村", "屯", "社区", "居委会", "委", "沟", "堡", "台", "甸",
                "岗", "窝棚", "营子", "房", "家", "庄", "管区", "岛", "组"),
    "road": ("大街", "大道", "公路", "国道", "路", "街", "巷", "胡同", "道", "里", "路北段", "路南段",
             "路东段", "路西段", "路中段", "街北段", "街南段", "街东段", "街西段", "街中段"),
    "place": ("小区", "花园", "家园", "新村", "大厦", "广场", "市场", "商场", "商城", "公寓", "园",
              "苑", "城", "站", "桥", "港", "湾"),
}  # fmt: skip
KIND_OF = {ending: kind for kind, endings in ENDINGS.items() for ending in endings}
SUFFIX = re.compile("|".join(sorted(KIND_OF, key=len, reverse=True)))
FIRM = re.compile("公司|厂|店|集团|学校|医院|银行|中心|所|经营部|商行|超市")
MIN_COUNT = {"zone": 2, "township": 2, "village": 2, "road": 2, "place": 3, "numbers": 2}
MIN_PIECE = 2
# What it takes for a stated district to give way: villages and townships are moved, roads rarely.
MOVED, MOVED_ROAD, MOVED_SHARE = 2, 3, 0.6
MAX_TOKEN, MAX_ZONE = 9, 14


def is_held_out(code: str) -> bool:
    """Tell whether an enterprise belongs to the fifth that the benchmark tests on."""
    return hashlib.sha256(f"{SEED}:{code}".encode()).digest()[0] < 51


def true_adcode(code: str, known: dict[str, str]) -> str:
    """Return the present county-level division in a unified social credit code, "" if none."""
    division = code[2:8]
    division = OLD_CODES.get(division, division)
    return division if division in known else ""


def read_rows(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (code, address, city column) of every row."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield row[CODE_COLUMN], row[ADDRESS_COLUMN], row[CITY_COLUMN]


def tokens(rest: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, name) of everything at a segment's start that ends like a name."""
    ends = [(match.end(), match.group()) for match in SUFFIX.finditer(rest)]
    starts = [0, *(end for end, _ in ends)]
    seen = set()
    for start in dict.fromkeys(starts):
        for end, ending in ends:
            name = rest[start:end]
            longest = MAX_ZONE if KIND_OF[ending] == "zone" else MAX_TOKEN
            if len(ending) < len(name) <= longest and name not in seen:
                if KIND_OF[ending] == "place" and FIRM.search(name):
                    continue
                seen.add(name)
                yield KIND_OF[ending], name


def contexts(parsed: ParsedAddress, adcode: str) -> list[str]:
    """Return the contexts that a row's names count in."""
    city = adcode[:4] + "00"
    if len(parsed.stated) == 1:
        return [f"d:{parsed.stated[0]}", city]
    zones = [z for z in parsed.zones if any(a[:4] == adcode[:4] for a, _ in z.weights)]
    if parsed.zone_name:
        return [f"z:{zones[0].zone_id}" if zones else f"z:{parsed.zone_name}"]
    return [city]


class Learner:
    """Collects counts by (context, name) and writes the ones worth keeping."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        # Roads of the gazetteer are to be counted like all others, not read over.
        for text, entry in list(gazetteer.names.items()):
            if entry.kind and not (entry.city or entry.districts or entry.zones or entry.towns):
                del gazetteer.names[text]
        self.gazetteer = gazetteer
        self.parser = AddressParser(gazetteer)
        self.zones = {zone.zone_id: zone for zone in gazetteer.zones}
        self.counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.kinds: dict[str, str] = {}
        self.prior: Counter[str] = Counter()
        self.bare: Counter[str] = Counter()
        self.pieces: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, address: str, adcode: str) -> None:
        """Count one row; without a county in its code, the district that the address states counts."""
        text = normalise(address)
        parsed = self.parser.parse(text)
        if adcode:
            self.prior[adcode] += 1
            where = contexts(parsed, adcode)
            self._add_pieces(parsed, adcode)
        elif len(parsed.stated) == 1:
            adcode = parsed.stated[0]
            where = [adcode[:4] + "00"]
        else:
            return
        cut = re.split(r"[0-9(),#A-Za-z.-]", text[parsed.end :], maxsplit=1)[0]
        found = list(tokens(cut))
        if parsed.town_name:
            found.append(("township", parsed.town_name))
        if parsed.zone_name:
            self.counts[adcode[:4] + "00", parsed.zone_name][adcode] += 1
            self.kinds.setdefault(parsed.zone_name, "zone")
        for kind, name in found:
            self.kinds.setdefault(name, kind)
            for context in where:
                self.counts[context, name][adcode] += 1
            block = house_block(text, name) if kind == "road" and not parsed.zone_name else ""
            if block:
                self.kinds[block] = "numbers"
                self.counts[adcode[:4] + "00", block][adcode] += 1

    def _add_pieces(self, parsed: ParsedAddress, adcode: str) -> None:
        """Count the pairs of characters behind the city or district, and addresses without either."""
        if parsed.outside:
            return
        if not (parsed.city or parsed.stated or parsed.zone_name):
            self.bare[adcode] += 1
        for piece in pieces(parsed.text, parsed.body):
            self.pieces[piece][adcode] += 1

    def keep(self, context: str, name: str, counter: Counter[str]) -> bool:
        """Tell whether counts say something that the prior of their context does not."""
        total = sum(counter.values())
        if total < MIN_COUNT[self.kinds[name]]:
            return False
        if self.kinds[name] == "numbers":
            return self._is_shared(self.counts[context, name.partition("#")[0]])
        if context.startswith("d:"):
            strangers = total - counter[context[2:]]
            least = MOVED_ROAD if self.kinds[name] in ("road", "place") else MOVED
            moved = strangers >= least and strangers >= MOVED_SHARE * total
            return moved or (total >= 3 and self._is_elsewhere(name, context[2:]))
        zone = self.zones.get(context[2:])
        if zone and len(zone.weights) == 1 and context.startswith("z:"):
            home = zone.weights[0][0]
            return total - counter[home] >= 0.5 * total or self._is_elsewhere(name, home)
        return True

    def _is_shared(self, counter: Counter[str]) -> bool:
        """Tell whether a road runs through two districts: only then its numbers say anything."""
        rest = sum(counter.values()) - max(counter.values(), default=0)
        return rest >= max(2.0, 0.02 * sum(counter.values()))

    def _is_elsewhere(self, name: str, adcode: str) -> bool:
        """Tell whether today's township of that name is listed under another district only."""
        entry = self.gazetteer.names.get(name)
        towns = entry.towns if entry else []
        return bool(towns) and all(town.adcode != adcode for town in towns)

    def write(self, path: Path) -> int:
        """Write the table, ordered by name and context; return the number of lines."""
        lines = []
        for (context, name), counter in self.counts.items():
            if self.keep(context, name, counter):
                ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:6]
                kept = ";".join(f"{adcode}:{n}" for adcode, n in ranked)
                lines.append((self.kinds[name], name, context, kept))
        lines.sort(key=lambda line: (line[1], line[2]))
        for piece, counter in sorted(self.pieces.items()):
            if sum(counter.values()) >= MIN_PIECE:
                lines.append(("piece", piece, "~", _written(counter)))
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(("kind", "name", "context", "counts"))
            writer.writerow(("prior", "prior", "*", _written(self.prior)))
            writer.writerow(("prior", "bare", "*", _written(self.bare)))
            writer.writerows(lines)
        return len(lines)


def _written(counter: Counter[str]) -> str:
    return ";".join(f"{adcode}:{n}" for adcode, n in sorted(counter.items()))


def main() -> None:
    """Learn and write the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("registry", type=Path)
    options.add_argument("out", type=Path, nargs="?", default=FOLDER / "associations.csv")
    options.add_argument("--training-part", action="store_true")
    given = options.parse_args()
    gazetteer = load_gazetteer(FOLDER, associations=Path("/nonexistent"))
    learner = Learner(gazetteer)
    for code, address, _ in read_rows(given.registry):
        adcode = true_adcode(code, gazetteer.district_names) or ZONE_CODES.get(code[2:8], "")
        if not (given.training_part and is_held_out(code)):
            learner.add(address, adcode)
    print(f"{given.out}: {learner.write(given.out)} names in context")


if __name__ == "__main__":
    main()
