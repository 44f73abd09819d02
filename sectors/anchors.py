"""Branches of the anchor enterprises, which inherit the anchor's sectors."""

import re
from dataclasses import dataclass
from functools import cache

from clusteratlas.data.loaders import load_enterprises
from clusteratlas.sectors.clauses import normalise

_BRANCH = re.compile("分公司|分厂|办事处|事业部|研究院|研究所|制造厂|分部|车间")
_FORM = re.compile(r"^(?:\(集团\))?(?:股份|责任)?有限(?:责任)?公司")
# Branches that do other things, and subsidiaries, which have a firm's form of their own.
_OTHER = re.compile(
    "物业|宾馆|酒店|餐饮|招待|劳动服务|商店|贸易|销售|房产|医院|学校|幼儿|实业|培训|旅行|综合|电视|物流"
    "|运输|公司.*公司|有限"
)
SHORTEST_NAME = 6  # characters: shorter names are brands that others carry too


@dataclass(frozen=True, slots=True)
class AnchorBranches:
    """Anchor names by their first six characters, for one lookup per firm."""

    by_head: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]]

    def parent(self, name: str) -> tuple[str, tuple[str, ...]] | None:
        """Return (anchor, sectors) if the normalised name is the anchor's or that of its branch."""
        for anchor_name, anchor, sectors in self.by_head.get(name[:SHORTEST_NAME], ()):
            if name.startswith(anchor_name):
                rest = _FORM.sub("", name[len(anchor_name) :])
                if not rest or (_BRANCH.search(rest) and not _OTHER.search(rest)):
                    return anchor, sectors
        return None


@cache
def load_anchor_branches() -> AnchorBranches:
    """Return the anchors that have a sector, from the shipped enterprises; longest names first."""
    table = load_enterprises()
    found: dict[str, set[tuple[str, str, tuple[str, ...]]]] = {}
    for row in table.itertuples():
        sectors = tuple(part for part in str(row.sectors).split(";") if part)
        names = [str(row.name), str(row.legal_name), *str(row.aliases).split(";")]
        for raw in names:
            name = normalise(raw.strip())
            if sectors and len(name) >= SHORTEST_NAME:
                found.setdefault(name[:SHORTEST_NAME], set()).add(
                    (name, str(row.name), sectors[:3])
                )
    return AnchorBranches(
        {head: tuple(sorted(names, key=lambda n: (-len(n[0]), n))) for head, names in found.items()}
    )
