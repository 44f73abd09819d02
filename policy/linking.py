"""Suggest which shipped enterprise, park or sector a name means: with score and reason, never merged."""

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache, cached_property, lru_cache
from typing import Final

from clusteratlas.policy.lexicon import is_generic
from clusteratlas.policy.places import place_at
from clusteratlas.policy.structure import half_width
from clusteratlas.policy.vocabulary import is_ordinary

MIN_SCORE: Final = 0.6
SURE_SCORE: Final = 0.85
"""From here on a suggestion is believed; below it a person decides."""
BRAND_SCORE: Final = 0.86
MIN_BRAND_CHARS: Final = 3
MAX_REMEMBERED: Final = 100_000
_LEGAL: Final = re.compile(
    r"(?:股份|控股)?(?:有限责任|有限)?(?:总)?公司$|集团$|[（(](?:集团|股份|控股)[)）]|(?:股份|控股)$"
)
_BRACKETS: Final = str.maketrans("（）", "()")


@dataclass(frozen=True)
class Suggestion:
    """A shipped row that a name may mean."""

    id: str
    score: float
    reason: str


@dataclass
class Catalog:
    """Names and aliases of shipped rows, and the sectors that they may stand in.

    Parameters
    ----------
    names
        Normalised name -> ids that carry it.
    kind
        What the ids are: ``enterprise`` or ``park``.
    """

    kind: str
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _suggested: dict[str, Suggestion | None] = field(default_factory=dict, compare=False)

    def suggest(self, name: str) -> Suggestion | None:
        """Return the best row for a name, None if nothing comes near.

        1.0 is the name or a recorded alias; 0.9 the same after the legal form, the place and the
        brackets are taken away; 0.86 if both begin with one coined word and only name trades after
        it (芯源微, 芯源微电子设备); below that the share of common characters of names of which one
        holds the other.
        """
        if name not in self._suggested:
            if len(self._suggested) > MAX_REMEMBERED:
                self._suggested.clear()
            self._suggested[name] = self._best(name)
        return self._suggested[name]

    @cached_property
    def cores(self) -> dict[str, tuple[str, ...]]:
        """Return the ids by bare name."""
        cores: dict[str, list[str]] = {}
        for name, ids in self.names.items():
            core = bare_name(name)
            if len(core) >= 2:
                entries = cores.setdefault(core, [])
                entries += [one for one in ids if one not in entries]
        return {core: tuple(ids) for core, ids in sorted(cores.items())}

    @cached_property
    def _by_beginning(self) -> dict[str, list[str]]:
        """Return the bare names by what they begin with, from a brand's least length on."""
        found: dict[str, list[str]] = {}
        for core in self.cores:
            for size in range(MIN_BRAND_CHARS, len(core) + 1):
                found.setdefault(core[:size], []).append(core)
        return found

    @cached_property
    def _by_part(self) -> dict[str, list[str]]:
        """Return the bare names by any three characters in a row."""
        found: dict[str, list[str]] = {}
        for core in self.cores:
            for part in {core[n : n + 3] for n in range(len(core) - 2)}:
                found.setdefault(part, []).append(core)
        return found

    def _best(self, name: str) -> Suggestion | None:
        asked = normal_name(name)
        if asked in self.names:
            return self._one(self.names[asked], 1.0, "name or recorded alias")
        for form in ("产业集聚区", "集聚区"):
            if self.kind == "park" and asked + form in self.names:
                return self._one(self.names[asked + form], 0.95, f"name with its {form}")
        bare = bare_name(name)
        cores = self.cores
        if len(bare) >= 2 and bare in cores:
            ids = self._of_place(cores[bare], place_at(asked, 0))
            if ids:
                return self._one(ids, 0.9, "same name without legal form and place")
        if self.kind == "enterprise":
            return None if is_generic(bare) else self._of_brand(bare) or self._nearest(bare)
        return self._nearest(bare, place_at(asked, 0))

    def _of_place(self, ids: tuple[str, ...], place: str) -> tuple[str, ...]:
        """Return those of several rows that have a name with the same place in front, if some do.

        Of a park with a place the others are left out: two places may each have such a park.
        """
        if not place or (len(ids) < 2 and self.kind != "park"):
            return ids
        if self.kind == "park":
            places = ((one, "".join(park_places().get(one, ()))) for one in ids)
            near = {one for one, where in places if place.rstrip("市区县") in where}
            return tuple(one for one in ids if one in near)
        there = {one for name, its in self.names.items() if name.startswith(place) for one in its}
        return tuple(one for one in ids if one in there) or ids

    def _of_brand(self, bare: str) -> Suggestion | None:
        """Return the row whose name begins with the same brand, the longest one that fits."""
        for size in range(len(bare), MIN_BRAND_CHARS - 1, -1):
            brand, rest = bare[:size], bare[size:]
            alike = self._by_beginning.get(brand, ())
            if not alike or is_ordinary(brand) or (rest and not is_generic(rest)):
                continue
            ids = dict.fromkeys(
                one for core in alike if is_generic(core[size:]) for one in self.cores[core]
            )
            if ids:
                return self._one(tuple(ids), BRAND_SCORE, f"same brand {brand}")
        return None

    def _nearest(self, bare: str, place: str = "") -> Suggestion | None:
        best: Suggestion | None = None
        if len(bare) < 3:
            return None
        near = {
            core for n in range(len(bare) - 2) for core in self._by_part.get(bare[n : n + 3], ())
        }
        for core in sorted(near):
            if not (bare in core or core in bare):
                continue
            ids = self.cores[core]
            score = round(0.85 * SequenceMatcher(None, bare, core, autojunk=False).ratio(), 3)
            there = self._of_place(ids, place)
            if there and score >= MIN_SCORE and (best is None or score > best.score):
                best = self._one(there, score, f"shares {min(bare, core, key=len)}")
        return best

    @staticmethod
    def _one(ids: tuple[str, ...], score: float, reason: str) -> Suggestion:
        if len(ids) > 1:
            return Suggestion(ids[0], round(score / len(ids), 3), f"{reason}; also {ids[1]}")
        return Suggestion(ids[0], score, reason)


def normal_name(name: str) -> str:
    """Return a name for comparison: brackets, digits, letters made ASCII, quotes and blanks dropped."""
    return re.sub(r"[\s“”\"]", "", half_width(name).translate(_BRACKETS))


def bare_name(name: str) -> str:
    """Return a name without legal form, brackets and leading place: what people say."""
    bare = normal_name(name)
    while True:
        less = _LEGAL.sub("", bare)
        if less == bare or not less:
            break
        bare = less
    bare = re.sub(r"\([^()]*\)", "", bare)
    for _ in range(2):
        place = place_at(bare, 0)
        if place and len(bare) - len(place) >= 2:
            bare = bare[len(place) :].lstrip("市省县区")
    return bare


def _add(names: dict[str, list[str]], name: str, identifier: str) -> None:
    key = normal_name(name)
    if key and identifier not in names.setdefault(key, []):
        names[key].append(identifier)


@cache
def enterprise_catalog() -> Catalog:
    """Return the shipped enterprises by name, legal name and alias."""
    from clusteratlas.data import load_enterprises

    names: dict[str, list[str]] = {}
    for row in load_enterprises().to_dict("records"):
        for name in (row["name"], row["legal_name"], *str(row["aliases"]).split(";")):
            _add(names, str(name), str(row["enterprise_id"]))
    return Catalog("enterprise", {name: tuple(ids) for name, ids in names.items()})


@cache
def park_catalog() -> Catalog:
    """Return the shipped parks by name and alias."""
    from clusteratlas.data import load_parks

    names: dict[str, list[str]] = {}
    for row in load_parks().drop(columns="geometry").to_dict("records"):
        for name in (row["name"], *str(row["aliases"] or "").split(";")):
            _add(names, str(name), str(row["park_id"]))
    return Catalog("park", {name: tuple(ids) for name, ids in names.items()})


@cache
def park_places() -> dict[str, tuple[str, str]]:
    """Return district and city of the shipped parks by id; "" where unknown."""
    from clusteratlas.data import load_parks

    rows = load_parks()[["park_id", "district", "city"]].fillna("").to_dict("records")
    return {str(row["park_id"]): (str(row["district"]), str(row["city"])) for row in rows}


@cache
def sector_names() -> dict[str, tuple[str, str, str]]:
    """Return sector id, field id and field name by the sector's or field's shipped name."""
    from clusteratlas.data import load_sectors

    rows = load_sectors().to_dict("records")
    fields = {str(row["sector_id"]): str(row["name_zh"]) for row in rows if not row["parent"]}
    names: dict[str, tuple[str, str, str]] = {}
    for row in rows:
        parent = str(row["parent"])
        if parent:
            names[_sector_key(str(row["name_zh"]))] = (
                str(row["sector_id"]),
                parent,
                fields[parent],
            )
        else:
            names.setdefault(
                _sector_key(str(row["name_zh"])), ("", str(row["sector_id"]), str(row["name_zh"]))
            )
    return names


def _sector_key(name: str) -> str:
    return re.sub(r"[“”\"＋+\s]|产业链?$|产业集群$", "", name.replace("＋", "+"))


@lru_cache(maxsize=10_000)
def sector_of(title: str) -> tuple[str, str, str]:
    """Return ``(sector_id, field_id, field name)`` for a heading, empty texts if it is none of ours."""
    return sector_names().get(_sector_key(title), ("", "", ""))
