"""Decide which stored firm, if any, a row of an extract speaks of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from clusteratlas.store.names import firm_id, name_key


class KnownFirms(Protocol):
    """What a writer tells about the firms that are stored."""

    def firms_by_key(self, keys: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
        """Return ``name key -> [(enterprise_id, uscc), ...]`` of the registry firms."""

    def stored_ids(self, enterprise_ids: Sequence[str]) -> set[str]:
        """Return those of the ids that are stored."""


@dataclass
class Identified:
    """Rows with ``enterprise_id`` and ``former_id``, and the rows whose identity is ambiguous."""

    frame: pd.DataFrame
    rejected: list[tuple[int, str]] = field(default_factory=list)


class _Namesakes:
    """Firms by name key: the stored ones, and those that came earlier in the batch."""

    def __init__(self, stored: dict[int, list[tuple[str, str]]]) -> None:
        self._firms = {key: dict(firms) for key, firms in stored.items()}

    def add(self, key: int, enterprise_id: str, code: str, replaces: str) -> None:
        firms = self._firms.setdefault(key, {})
        firms.pop(replaces, None)
        firms[enterprise_id] = code

    def of(self, key: int) -> dict[str, str]:
        return self._firms.get(key, {})


def identify(firms: pd.DataFrame, known: KnownFirms) -> Identified:
    """Give every row its identity.

    A credit code is the identity. Without one it is the normalised name and the city: the id of the
    firm that is stored under that name, whether or not its code is known by now; several such firms
    make the row ambiguous. A firm first met without a code takes the code that a later row gives
    under the same name: ``former_id`` then holds the id it had.
    """
    keys = [name_key(n, c) for n, c in zip(firms["name"], firms["city"], strict=True)]
    codes = firms["uscc"].tolist()
    own = [
        code or firm_id(name, city)
        for code, name, city in zip(codes, firms["name"], firms["city"], strict=True)
    ]
    stored = known.stored_ids(list(dict.fromkeys(own)))
    namesakes = _Namesakes(known.firms_by_key(list(dict.fromkeys(keys))))
    ids: list[str] = []
    former: list[str] = []
    ambiguous: list[int] = []
    for at, (key, own_id, code) in enumerate(zip(keys, own, codes, strict=True)):
        found, was, clear = _match(own_id, code, own_id in stored, namesakes.of(key))
        ids.append(found)
        former.append(was)
        if clear:
            namesakes.add(key, found, code or namesakes.of(key).get(found, ""), was)
        else:
            ambiguous.append(at)
    frame = firms.assign(
        enterprise_id=pd.Series(ids, index=firms.index, dtype="str"),
        former_id=pd.Series(former, index=firms.index, dtype="str"),
    )
    rows = firms["row"].tolist()
    return Identified(
        frame.drop(index=frame.index[ambiguous]),
        [(rows[at], "ambiguous_identity") for at in ambiguous],
    )


def _match(
    own: str, code: str, is_stored: bool, namesakes: dict[str, str]
) -> tuple[str, str, bool]:
    """Return ``(enterprise_id, former_id, whether that is clear)``."""
    if is_stored or own in namesakes:
        return own, "", True
    if code:
        uncoded = [enterprise_id for enterprise_id, other in namesakes.items() if not other]
        return own, uncoded[0] if uncoded else "", True
    if len(namesakes) > 1:
        return own, "", False
    return next(iter(namesakes), own), "", True
