"""How sectors stand to each other along the supply chain, and the reasons that an answer gives."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import orjson
import pandas as pd

Role = Literal["supplier", "customer", "peer", "other"]
Lang = Literal["zh", "en"]

ROLES: Final[tuple[Role, ...]] = ("supplier", "customer", "peer", "other")
_MOST_REASONS: Final = 3


@dataclass(frozen=True)
class Link:
    """One supply relation between two sectors, as ``data/linkages.csv`` states it."""

    supplier: str
    customer: str
    product: str
    weight: float
    source: str


@dataclass(frozen=True)
class Relation:
    """What a candidate's sectors are to a subject's sectors: the role and why, as JSON by language."""

    role: Role
    weight: float
    why: Mapping[Lang, bytes]  # reasons joined by commas, "" if there is none


class SectorRelations:
    """The supply relations between sectors, and the names of sectors for the reasons."""

    def __init__(self, linkages: pd.DataFrame, sectors: pd.DataFrame) -> None:
        self.names: dict[Lang, dict[str, str]] = {"zh": {}, "en": {}}
        self.members: dict[str, tuple[str, ...]] = {}
        for row in _records(sectors):
            self.names["zh"][row["sector_id"]] = row["name_zh"]
            self.names["en"][row["sector_id"]] = row["name_en"]
        parents = {row["sector_id"]: row["parent"] for row in _records(sectors)}
        for sector in parents:
            children = tuple(s for s, p in parents.items() if p == sector)
            self.members[sector] = children or (sector,)
        self._by_pair: dict[tuple[str, str], list[Link]] = {}
        for row in _records(linkages):
            self._add(row)
        self._standings: dict[tuple[frozenset[str], str, Lang], dict[int, bytes]] = {}
        self._known: dict[tuple[frozenset[str], str], Relation] = {}

    def _add(self, row: Mapping[str, Any]) -> None:
        weight = row.get("weight")
        link = Link(
            str(row.get("supplier") or ""),
            str(row.get("customer") or ""),
            str(row.get("product") or ""),
            float(weight) if weight is not None and weight == weight else 0.0,
            str(row.get("source") or ""),
        )
        for supplier in self.members.get(link.supplier, (link.supplier,)):
            for customer in self.members.get(link.customer, (link.customer,)):
                self._by_pair.setdefault((supplier, customer), []).append(link)

    def expand(self, sectors: Iterable[str]) -> tuple[str, ...]:
        """Return sectors with each field replaced by its sectors."""
        flat = [child for sector in sectors for child in self.members.get(sector, (sector,))]
        return tuple(dict.fromkeys(flat))

    def partners(self, subject: Iterable[str], role: str) -> tuple[str, ...]:
        """Return the sectors that stand in this role to any of the subject's sectors."""
        own = set(subject)
        if role == "peer":
            return tuple(own)
        if role == "supplier":
            return tuple({s for s, c in self._by_pair if c in own})
        if role == "customer":
            return tuple({c for s, c in self._by_pair if s in own})
        return ()

    def standing(self, subject: frozenset[str], role: str, lang: Lang) -> dict[int, bytes]:
        """Return what is encoded so far for a subject: code of a combination of sectors to JSON."""
        key = (subject, role, lang)
        kept = self._standings.get(key)
        if kept is None:
            if len(self._standings) > 2_000:
                self._standings.clear()
            kept = self._standings[key] = {}
        return kept

    def encoded(self, subject: frozenset[str], candidate: str, role: str, lang: Lang) -> bytes:
        """Return role and reasons as JSON, up to the text of the last reason: the distance."""
        relation = self.relation(subject, candidate, role)
        why = relation.why[lang]
        return b'"role":"%b","why":[%b{"code":"distance","text":' % (
            relation.role.encode(),
            why + b"," if why else b"",
        )

    def relation(self, subject: frozenset[str], candidate: str, role: str = "any") -> Relation:
        """Return what a firm of the sectors ``candidate`` (``a;b``) is to the subject.

        Parameters
        ----------
        role
            The role that was asked for; ``any`` takes the strongest: a supply relation before the
            same sector.
        """
        key = (subject, f"{role}|{candidate}")
        known = self._known.get(key)
        if known is None:
            known = self._relate(subject, [s for s in candidate.split(";") if s], role)
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[key] = known
        return known

    def _relate(self, subject: frozenset[str], candidate: list[str], role: str) -> Relation:
        found: dict[Role, _Found] = {}
        for theirs in candidate:
            for ours in subject:
                for link in self._by_pair.get((theirs, ours), ()):
                    found.setdefault("supplier", _Found()).add(link, theirs, ours)
                for link in self._by_pair.get((ours, theirs), ()):
                    found.setdefault("customer", _Found()).add(link, ours, theirs)
            if theirs in subject:
                found.setdefault("peer", _Found()).same(theirs)
        if role in found:
            best: Role = role
        elif found:
            best = max(found, key=lambda name: (name != "peer", found[name].weight))
        else:
            return Relation("other", 0.0, {"zh": b"", "en": b""})
        why = {lang: found[best].encode(best, self.names[lang], lang) for lang in self.names}
        return Relation(best, found[best].weight, why)


@dataclass
class _Found:
    """The links that make a role, strongest first when encoded."""

    links: list[tuple[float, Link | None, str, str]] = field(default_factory=list)

    @property
    def weight(self) -> float:
        return max(weight for weight, _, _, _ in self.links)

    def add(self, link: Link, supplier: str, customer: str) -> None:
        self.links.append((link.weight, link, supplier, customer))

    def same(self, sector: str) -> None:
        self.links.append((0.0, None, sector, sector))

    def encode(self, role: Role, names: Mapping[str, str], lang: Lang) -> bytes:
        ranked = sorted(self.links, key=lambda entry: -entry[0])[:_MOST_REASONS]
        reasons = []
        for weight, link, supplier, customer in ranked:
            sold, bought = names.get(supplier, supplier), names.get(customer, customer)
            reason: dict[str, Any] = {
                "code": _CODES[role],
                "text": _text(role, link, sold, bought, lang),
            }
            if link is not None:
                reason |= {
                    "supplier": supplier,
                    "customer": customer,
                    "product": link.product or None,
                    "weight": weight,
                    "source": link.source or None,
                }
            reasons.append(reason)
        return orjson.dumps(reasons)[1:-1]


_CODES: Final[Mapping[Role, str]] = {
    "supplier": "supplies",
    "customer": "buys",
    "peer": "same_sector",
    "other": "other",
}


def _text(role: Role, link: Link | None, sold: str, bought: str, lang: Lang) -> str:
    if link is None:
        return f"同属{sold}" if lang == "zh" else f"same sector: {sold}"
    if lang == "zh":
        what = f"（{link.product}）" if link.product else ""
        verb = "可为其供应" if role == "supplier" else "为其下游用户"
        return f"{sold} → {bought}{what}，{verb}"
    what = f" ({link.product})" if link.product else ""
    return f"{sold} → {bought}{what}: {'can supply' if role == 'supplier' else 'may buy'}"


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.to_dict("records") if len(frame) else []  # type: ignore[return-value]  # str keys
