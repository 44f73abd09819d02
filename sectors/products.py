"""Which products a scope names, and what the firm does with each."""

from collections.abc import Iterable, Sequence

from clusteratlas.sectors.clauses import DESIGN, INSTALL, MAKE, RESEARCH, SERVICE, TRADE, Item
from clusteratlas.sectors.vocabulary import Hit

MOST_PRODUCTS = 12
_ORDER = ("maker", "research", "service", "trade")
TRADES = _ORDER.index("trade")


def read_products(
    hits: Iterable[tuple[Item, Sequence[Hit]]], kind: str, *, sells_only: bool = False
) -> tuple[str, str]:
    """Return the products of a scope and, one for each, the firm's role.

    Parameters
    ----------
    hits
        Items of the scope with the terms found in them.
    kind
        What a firm of such a name usually does, for items without a verb.
    sells_only
        The firm is a sales branch: whatever it names, it trades.

    Returns
    -------
    tuple of str
        ``;``-separated products (makers' first, then in scope order, at most 12) and their roles
        out of maker, research, service, trade. A firm that makes and sells a thing is its maker.
    """
    best: dict[str, int] = {}
    for item, found in hits:
        for hit in found:
            for product in hit.products:
                role = TRADES if sells_only else _role(item.activities, kind, product.kind)
                best[product.name] = min(best.get(product.name, len(_ORDER)), role)
    ordered = sorted(best, key=lambda name: best[name])[:MOST_PRODUCTS]
    return ";".join(ordered), ";".join(_ORDER[best[name]] for name in ordered)


def _role(activities: str, kind: str, what: str) -> int:
    if what == "service":
        return 1 if RESEARCH in activities else 2
    if MAKE in activities:
        return 0
    if RESEARCH in activities:
        return 1
    if TRADE in activities:
        return 3
    if SERVICE in activities or INSTALL in activities or DESIGN in activities:
        return 2
    return _usual_role(kind, what)


def _usual_role(kind: str, what: str) -> int:
    """Return the role where the scope names no verb: what such a firm usually does."""
    if kind in ("trader", "outside"):
        return 3
    return 0 if kind in ("factory", "maker") or what == "process" else 2
