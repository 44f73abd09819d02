"""Headings that a new edition of a document calls otherwise: they hold mostly the same items."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from clusteratlas.policy.linking import SURE_SCORE, bare_name

_NUMERAL: Final = "[〇零一二三四五六七八九十百\\d]{1,5}"
_NUMBER: Final = re.compile(
    rf"(?:第{_NUMERAL}[篇编部章节]|[（(]{_NUMERAL}[)）][、.．]?|"
    rf"{_NUMERAL}[、.．](?:\d+[.．]?)*|[①-⑳])[ 　]*"
)
MIN_ITEMS: Final = 2  # that two headings share, where their titles are not alike
MAX_DEPTH: Final = 20  # of headings that are compared
MAX_HOLDERS: Final = 50  # an item under more headings than these tells nothing of one

Item = dict[str, Any]
Headings = tuple[str, ...]
_Thing = tuple[str, str]


def headings_of(item: Item) -> Headings:
    """Return the headings above an item without their numbers, which a new edition shifts."""
    parts = str(item.get("section") or "").split(" / ")
    numbers = [_NUMBER.match(part) for part in parts]
    return tuple(
        part[number.end() :] if number else part
        for part, number in zip(parts, numbers, strict=True)
    )


def identity(item: Item, id_key: str) -> str:
    """Return by what two mentions are one thing: a safe id, else the bare name."""
    linked, score = item.get(id_key), item.get("score")
    if linked and isinstance(score, int | float) and score >= SURE_SCORE:
        return f"id:{linked}"
    return f"name:{bare_name(str(item.get('name', '')))}"


def bodies_of(item: Item) -> str:
    """Return the bodies that answer for a clause, as one text."""
    listed = (item.get(key) for key in ("departments", "governments"))
    return "、".join(str(one) for part in listed if isinstance(part, list) for one in part)


class Renaming:
    """Tells by what names the headings of an old edition go in the new one.

    Among headings under one parent, one that is gone and one that is new are the same if more than
    half of their items (of both together) are: enterprises, parks, positioned units, what is
    counted, responsible bodies. Two items other than bodies must be shared, or half of the
    characters of the titles. The likeliest pair goes first, then the order of the text decides. A
    heading that is gone there, but has kept its title and more than half of its items under another
    parent, has moved.

    Attributes
    ----------
    pairs
        The renamed and moved headings with those above them, old and new, in the order of the old
        edition.
    """

    def __init__(self, old: dict[str, list[Item]], new: dict[str, list[Item]]) -> None:
        self._before, self._after = _Tree(old), _Tree(new)
        self._now: dict[Headings, Headings] = {(): ()}
        self._taken: set[Headings] = set()
        self._walk(())
        self._find_moved()
        now = self._now
        self.pairs = [
            (own, now[own])
            for own in self._before.things
            if now[own] != (*now[own[:-1]], own[-1]) and now[own] in self._after.things
        ]

    def _walk(self, top: Headings) -> None:
        """Tell the names of all headings below one whose own name is known."""
        parents = [top]
        while parents:
            parent = parents.pop()
            matched = self._matched(parent, self._now[parent])
            for title in self._before.below.get(parent, ()):
                now = (*self._now[parent], matched.get(title, title))
                self._now[*parent, title] = now
                self._taken.add(now)
                parents.append((*parent, title))

    def _matched(self, parent: Headings, now: Headings) -> dict[str, str]:
        """Return the new titles of the headings under a parent that were renamed."""
        before, after = self._before, self._after
        had, has = before.below.get(parent, {}), after.below.get(now, {})
        gone = [title for title in had if title not in has]
        come = [title for title in has if title not in had and (*now, title) not in self._taken]
        holders: dict[_Thing, list[str]] = {}
        for title in come:
            for thing in after.things[(*now, title)]:
                holders.setdefault(thing, []).append(title)
        places = {title: place for place, title in enumerate(come)}
        rated = []
        for first, old in enumerate(gone):
            things = before.things[(*parent, old)]
            for new, common in _shared(things, holders).items():
                size = len(things) + len(after.things[(*now, new)])
                if _is_same(common, size, old, new):
                    rated.append((-len(common) / size, first, places[new]))
        matched: dict[str, str] = {}
        taken = set()
        for _, first, second in sorted(rated):
            if gone[first] not in matched and second not in taken:
                matched[gone[first]] = come[second]
                taken.add(second)
        return matched

    def _find_moved(self) -> None:
        """Find headings that kept their title under another parent."""
        for own, things in self._before.things.items():
            if self._now[own] in self._after.things:
                continue
            rated = []
            paths = self._after.titled.get(own[-1], ())
            for path in paths if len(paths) <= MAX_HOLDERS else ():
                common = len(things & self._after.things[path])
                size = len(things) + len(self._after.things[path])
                if path not in self._taken and 4 * common > size:
                    rated.append((common / size, path))
            if rated:
                self._now[own] = max(rated, key=lambda one: one[0])[1]
                self._taken.add(self._now[own])
                self._walk(own)

    def now(self, headings: Headings) -> Headings:
        """Return the headings of an old item as the new edition has them."""
        return self._now.get(headings, headings)


class _Tree:
    """The headings of an edition, what stands under each, and their order."""

    def __init__(self, extraction: dict[str, list[Item]]) -> None:
        self.things: dict[Headings, set[_Thing]] = {}
        self.below: dict[Headings, dict[str, None]] = {}
        self.titled: dict[str, list[Headings]] = {}
        placed = sorted(_things(extraction), key=lambda one: one[0])
        for _, headings, thing in placed:
            for size in range(1, min(len(headings), MAX_DEPTH) + 1):
                path = headings[:size]
                self.below.setdefault(path[:-1], {})[path[-1]] = None
                if path not in self.things:
                    self.things[path] = set()
                    self.titled.setdefault(path[-1], []).append(path)
                self.things[path].add(thing)


def _things(extraction: dict[str, list[Item]]) -> Iterator[tuple[int, Headings, _Thing]]:
    """Yield what stands under headings, with its offset."""
    tellings = (
        ("enterprises", lambda item: identity(item, "enterprise_id")),
        ("parks", lambda item: identity(item, "park_id")),
        ("positionings", lambda item: str(item.get("district", ""))),
        ("targets", lambda item: str(item.get("quantity", ""))),
        ("responsibilities", bodies_of),
    )
    for key, telling in tellings:
        for item in extraction[key]:
            start = item.get("start")
            headings = headings_of(item)
            if headings != ("",):
                yield start if isinstance(start, int) else 0, headings, (key, telling(item))


def _shared(things: Iterable[_Thing], holders: dict[_Thing, list[str]]) -> dict[str, list[_Thing]]:
    """Return by title the things that a new heading shares with an old one."""
    shared: dict[str, list[_Thing]] = {}
    for thing in things:
        titles = holders.get(thing, ())
        for title in titles if len(titles) <= MAX_HOLDERS else ():
            shared.setdefault(title, []).append(thing)
    return shared


def _is_same(common: list[_Thing], size: int, old: str, new: str) -> bool:
    """Return whether headings with ``size`` items together, some of them common, are the same."""
    if 4 * len(common) <= size:
        return False
    telling = sum(kind != "responsibilities" for kind, _ in common)
    alike = 4 * (Counter(old) & Counter(new)).total() >= len(old) + len(new)
    return telling >= MIN_ITEMS or alike
