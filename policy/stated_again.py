"""Sentences that a text says again, word for word and of the same units: read once.

Tables copied into prose, boilerplate and texts made to be slow repeat themselves. What a sentence
states depends on its words, on those near it and on the units spoken of; where all of these come
back, what was read the first time is moved to the new place.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from clusteratlas.policy.stated import Positioning
from clusteratlas.policy.structure import Line
from clusteratlas.policy.units import Unit

REACH: Final = 130
"""Characters around a sentence that its reading may look at; the widest look takes 121."""
MAX_KEPT: Final = 20_000


@dataclass(frozen=True)
class Spoken:
    """Of what the sentences of a line speak: units of its heading, units of before, and trades."""

    heading: list[Unit]
    carried: list[Unit]
    topic: list[str]

    @property
    def known(self) -> list[Unit]:
        """Return the units of which a sentence speaks that names none."""
        return self.heading or self.carried


@dataclass(frozen=True)
class _Reading:
    """What was read at an offset; None for what stayed as it was."""

    start: int
    known: list[Unit]
    found: list[Positioning]
    heading: list[Unit] | None
    carried: list[Unit] | None
    topic: list[str]


class Repeated:
    """What the sentences of one text stated, by all that their reading depends on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._kept: dict[Hashable, _Reading] = {}

    def key(
        self, start: int, end: int, units: Sequence[Unit], spoken: Spoken, line: Line
    ) -> Hashable:
        """Return all on which the reading of a sentence with these units depends.

        Where a unit spoken of before stands counts only if the reading may look there.
        """
        begin = max(0, start - REACH)
        known = spoken.known
        first = known[0].start if known else 0
        return (
            self.text[begin : end + REACH], start - begin, end - start,
            tuple([(u.start - start, u.end - start, u.name, u.kind, u.adcode, u.official)
                   for u in units]),
            bool(spoken.heading),
            tuple([(u.start - start if u.end > begin else None, u.start - first, u.end - u.start,
                    u.name, u.kind, u.adcode, u.official) for u in known]),
            tuple(spoken.topic),
            tuple([(heading.number, heading.title) for heading in line.path[-2:]]),
        )  # fmt: skip

    def keep(
        self, key: Hashable, start: int, before: Spoken, found: list[Positioning], after: Spoken
    ) -> None:
        """Keep what a sentence stated, and of what was spoken before and after it."""
        if len(self._kept) < MAX_KEPT:
            heading = None if after.heading is before.heading else after.heading
            carried = None if after.carried is before.carried else after.carried
            self._kept[key] = _Reading(start, before.known, found, heading, carried, after.topic)

    def again(
        self, key: Hashable, start: int, before: Spoken, line: Line
    ) -> tuple[list[Positioning], Spoken] | None:
        """Return what a sentence states if it was read before, with its own offsets."""
        one = self._kept.get(key)
        if one is None:
            return None
        by, known = start - one.start, before.known
        found = [
            Positioning(
                _moved(p.unit, by, one.known, known),
                p.sectors, p.strength, p.start + by, p.end + by, p.rule, line,
            )
            for p in one.found
        ]  # fmt: skip
        heading, carried = before.heading, before.carried
        if one.heading is not None:
            heading = [_moved(unit, by, one.known, known) for unit in one.heading]
        if one.carried is not None:
            carried = [_moved(unit, by, one.known, known) for unit in one.carried]
        return found, Spoken(heading, carried, one.topic)


def _moved(unit: Unit, by: int, before: list[Unit], now: list[Unit]) -> Unit:
    """Return the unit of a sentence moved with it, or what takes the place of one known before."""
    if unit in before:
        return now[before.index(unit)]
    start, end = unit.start + by, unit.end + by
    return Unit(unit.name, start, end, unit.kind, unit.adcode, unit.official)
