"""Suggest how registry firms belong to the anchors: the same, renamed, branch, parent, subsidiary."""

import re
from dataclasses import dataclass
from typing import Final

import pandas as pd

from clusteratlas.store.base import LinkRecord
from clusteratlas.store.names import normal_name, without_place

_SUFFIX: Final = re.compile(
    r"(股份有限责任公司|股份有限公司|有限责任公司|有限公司|股份公司|总公司|公司)$"
)
_BRANCH: Final = re.compile(
    r"(分公司|分厂|分店|分所|分部|分院|支公司|办事处|办事部|营业部|营业所|经营部|经销处|经销部|销售处|销售部|服务部"
    r"|服务站|维修站|门市部|项目部|代表处|工程处|供应站|联络处)$"
)
MIN_STEM: Final = 4  # 沈鼓集团; shorter names (沈飞) begin too many others
MIN_OWN: Final = 2  # characters beside the place: 沈阳机床 yes, 沈阳市 no


@dataclass(frozen=True, slots=True)
class AnchorName:
    """One name of an anchor; ``full`` for its name, legal name and aliases, else a shortened one."""

    anchor_id: str
    label: str
    full: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A suggestion that a firm belongs to an anchor."""

    enterprise_id: str
    anchor_id: str
    relation: str
    confidence: float
    reason: str


class AnchorLinker:
    """Compares firms with the anchors by code and name.

    Parameters
    ----------
    anchors
        Rows of the enterprises collection with origin ``anchor``.
    """

    def __init__(self, anchors: pd.DataFrame) -> None:
        self._codes: dict[str, tuple[str, set[str], str]] = {}
        self._names: dict[str, AnchorName] = {}
        self._anchor_codes: dict[str, str] = {}
        for row in anchors.itertuples():
            names = [row.legal_name, row.name, *str(row.aliases).split(";")]
            forms = {normal_name(str(name)) for name in names if name}
            self._anchor_codes[str(row.enterprise_id)] = str(row.uscc)
            if row.uscc:
                label = str(row.legal_name or row.name)
                self._codes[str(row.uscc)] = (str(row.enterprise_id), forms, label)
            self._add_names(str(row.enterprise_id), [str(name) for name in names if name])
        self._lengths = sorted({len(name) for name in self._names}, reverse=True)
        self._starts = self._parent_starts()

    def _add_names(self, anchor_id: str, names: list[str]) -> None:
        for name in names:
            form = normal_name(name)
            if len(form) >= MIN_STEM:
                self._names.setdefault(form, AnchorName(anchor_id, name, True))
            stem = _SUFFIX.sub("", form)
            if len(stem) >= MIN_STEM and len(without_place(stem)) >= MIN_OWN:
                self._names.setdefault(stem, AnchorName(anchor_id, name, False))

    def _parent_starts(self) -> dict[str, AnchorName]:
        """Return the beginnings of anchor names that a parent's name could be: up to 集团, 总厂."""
        starts: dict[str, AnchorName] = {}
        for form, anchor in self._names.items():
            for mark in re.finditer(r"集团|总厂", form):
                start = form[: mark.end()]
                if len(start) < len(_SUFFIX.sub("", form)) and len(start) >= MIN_STEM + 1:
                    starts.setdefault(start, anchor)
        return starts

    def links(self, firms: pd.DataFrame) -> list[Link]:
        """Return the suggestions for these firms (``enterprise_id, name, uscc``), best per anchor."""
        found: list[Link] = []
        rows = zip(firms["enterprise_id"], firms["name"], firms["uscc"], strict=True)
        for enterprise_id, name, code in rows:
            best: dict[str, Link] = {}
            for link in self._of(str(enterprise_id), normal_name(name), str(code)):
                if link.anchor_id not in best:
                    best[link.anchor_id] = link
            found += best.values()
        return found

    def records(self, firms: pd.DataFrame) -> list[LinkRecord]:
        """Return :meth:`links` as records for a writer."""
        return [
            (link.enterprise_id, link.anchor_id, link.relation, link.confidence, link.reason)
            for link in self.links(firms)
        ]

    def _of(self, enterprise_id: str, form: str, code: str) -> list[Link]:
        by_code = self._codes.get(code) if code else None
        links: list[Link] = []
        if by_code is not None:
            anchor_id, forms, label = by_code
            if form in forms:
                links.append(Link(enterprise_id, anchor_id, "same", 1.0, f"信用代码与{label}相同"))
            else:
                reason = f"信用代码与{label}相同，登记名称不同"
                links.append(Link(enterprise_id, anchor_id, "renamed", 0.95, reason))
        links += self._by_name(enterprise_id, form, code)
        return links

    def _by_name(self, enterprise_id: str, form: str, code: str) -> list[Link]:
        equal = self._names.get(form)
        if equal is not None and equal.full:
            other = self._anchor_codes[equal.anchor_id]
            differ = bool(code and other and code != other)
            confidence = 0.6 if differ else 0.95
            reason = f"名称与{equal.label}相同" + ("，信用代码不同" if differ else "")
            return [Link(enterprise_id, equal.anchor_id, "same", confidence, reason)]
        parent = self._starts.get(_SUFFIX.sub("", form))
        if parent is not None:
            reason = f"{parent.label}的名称以其字号开头"
            return [Link(enterprise_id, parent.anchor_id, "parent", 0.5, reason)]
        return self._by_start(enterprise_id, form)

    def _by_start(self, enterprise_id: str, form: str) -> list[Link]:
        for length in self._lengths:
            anchor = self._names.get(form[:length]) if length < len(form) else None
            if anchor is None:
                continue
            rest = _SUFFIX.sub("", form[length:])
            if not rest:  # only the form of company differs: 有限公司, 有限责任公司
                reason = f"名称与{anchor.label}只差公司形式"
                return [Link(enterprise_id, anchor.anchor_id, "same", 0.7, reason)]
            branch = _BRANCH.search(form)
            if branch:
                reason = f"名称以{anchor.label}开头，以{branch.group()}结尾"
                confidence = 0.9 if anchor.full else 0.7
                return [Link(enterprise_id, anchor.anchor_id, "branch", confidence, reason)]
            reason = f"名称以{anchor.label}的字号开头"
            return [Link(enterprise_id, anchor.anchor_id, "subsidiary", 0.5, reason)]
        return []
