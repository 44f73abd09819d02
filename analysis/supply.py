"""Supply links: which firms near a place could support a sector, and which links are missing.

Links come from ``data/linkages.csv`` or from a table of the same columns (an input-output table, for
instance, with sectors for suppliers and customers and "" for product). A firm is a *supplier* of a
sector if its scope names a product that the sector buys, a *customer* if its sector buys what the
target's sectors supply, a *peer* if it stands in one of the target's sectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import pandas as pd

from clusteratlas.errors import InputError

Role = Literal["any", "supplier", "customer", "peer"]
ROLES: Final[tuple[str, ...]] = get_args(Role)

DOING: Final = {"maker": 1.0, "research": 0.8, "service": 0.8, "trade": 0.5}
"""What it counts how a firm stands to a product: a trader of bearings is half a supplier."""

SECTOR_ONLY: Final = 0.3
"""What a link counts if the firm stands in the supplying sector but names no product of it."""

HALF_DISTANCE_M: Final = 30_000.0
"""Distance at which a firm counts half."""

GAP_RADIUS_M: Final = 30_000.0
"""A link is missing if no maker of its product stands within this distance."""

PEER_WEIGHT: Final = 0.6
"""What a peer counts beside a supplier of weight 1: useful for joint work, no supplier."""


@dataclass(frozen=True)
class SupplyTarget:
    """Whom firms are to support.

    Parameters
    ----------
    sectors
        Its sector ids, best first.
    products
        Products it makes, for finding its customers; may be empty.
    """

    sectors: tuple[str, ...]
    products: tuple[str, ...] = ()


def supporting_firms(
    target: SupplyTarget,
    candidates: pd.DataFrame,
    linkages: pd.DataFrame,
    *,
    role: Role = "any",
    k: int = 20,
) -> pd.DataFrame:
    """Return the candidates that stand in a role to the target, best first, each with its reasons.

    Parameters
    ----------
    target
        Sectors (and products) of the enterprise, park or district to support.
    candidates
        Firms near it: ``sectors, products, roles`` (;-separated, one role per product),
        ``distance_m, radius_m, confidence``, in any order; other columns are kept.
    linkages
        ``supplier, customer, product, weight``.
    role
        ``supplier``, ``customer``, ``peer`` or ``any``.
    k
        Most rows wanted.

    Returns
    -------
    DataFrame
        The candidates' columns and ``role, link_product, link_doing, link_weight, score``. The
        score orders the list and is the product of what stands beside it: link weight x 0.5 to the
        power of distance / 30 km x confidence of the position. Firms in no role are left out.

    Raises
    ------
    InputError
        If the role is none of the four or the target has no sector.
    """
    if role not in ROLES:
        raise InputError(f"role {role!r}; allowed are {', '.join(ROLES)}")
    if not target.sectors:
        raise InputError("the target belongs to no sector, so nobody can be its supplier")
    links = LinkIndex.build(linkages, target)
    found = [
        links.best_role(sectors, products, roles, role)
        for sectors, products, roles in zip(
            candidates["sectors"], candidates["products"], candidates["roles"], strict=True
        )
    ]
    names = ["role", "link_product", "link_doing", "link_weight"]
    table = (
        candidates.assign(**dict(zip(names, zip(*found, strict=True), strict=True)))
        if found
        else (candidates.assign(role="", link_product="", link_doing="", link_weight=0.0))
    )
    table = table[table["role"] != ""].copy()
    nearness = 0.5 ** (table["distance_m"] / HALF_DISTANCE_M)
    table["score"] = table["link_weight"] * nearness * table["confidence"].fillna(0.5)
    return table.sort_values(
        ["score", "distance_m"], ascending=[False, True], kind="stable", ignore_index=True
    ).head(k)


@dataclass(frozen=True)
class LinkIndex:
    """The links of one target, laid out for looking up firm by firm.

    Parameters
    ----------
    by_product
        Product -> weight: what the target's sectors buy.
    by_supplier
        Supplying sector -> highest weight of its links to the target's sectors.
    by_customer
        Customer sector -> (weight, product): who buys what the target's sectors supply.
    own
        The target's sectors.
    """

    by_product: dict[str, float]
    by_supplier: dict[str, float]
    by_customer: dict[str, tuple[float, str]]
    own: frozenset[str]

    @classmethod
    def build(cls, linkages: pd.DataFrame, target: SupplyTarget) -> "LinkIndex":
        """Lay out the rows that concern the target."""
        own = frozenset(target.sectors)
        bought = linkages[linkages["customer"].isin(own)]
        by_product = bought[bought["product"] != ""].groupby("product")["weight"].max().to_dict()
        by_supplier = bought.groupby("supplier")["weight"].max().to_dict()
        made = set(target.products)
        sold = linkages[linkages["supplier"].isin(own) & ~linkages["customer"].isin(own)]
        if made:
            # With known products only what the target makes finds customers.
            sold = linkages[linkages["product"].isin(made) & ~linkages["customer"].isin(own)]
        by_customer: dict[str, tuple[float, str]] = {}
        for row in sold.sort_values("weight").to_dict("records"):
            by_customer[str(row["customer"])] = (float(row["weight"]), str(row["product"]))
        return cls(
            {str(name): float(weight) for name, weight in by_product.items()},
            {str(name): float(weight) for name, weight in by_supplier.items()},
            by_customer,
            own,
        )

    def best_role(
        self, sectors: str, products: str, roles: str, wanted: str = "any"
    ) -> tuple[str, str, str, float]:
        """Return role, product, what the firm does with it, and weight; "" and 0 for no role."""
        best = ("", "", "", 0.0)
        found = sectors.split(";") if sectors else []
        if wanted in ("any", "supplier"):
            best = self._supplier(found, products, roles)
        if wanted in ("any", "customer"):
            for sector in found:
                weight, product = self.by_customer.get(sector, (0.0, ""))
                if weight > best[3]:
                    best = ("customer", product, "", weight)
        if wanted in ("any", "peer") and best[3] < PEER_WEIGHT and not self.own.isdisjoint(found):
            best = ("peer", "", "", PEER_WEIGHT)
        return best

    def _supplier(
        self, sectors: list[str], products: str, roles: str
    ) -> tuple[str, str, str, float]:
        best = ("", "", "", 0.0)
        for product, doing in _paired(products, roles) if products else ():
            weight = self.by_product.get(product, 0.0) * DOING.get(doing, 0.5)
            if weight > best[3]:
                best = ("supplier", product, doing, weight)
        if not best[0]:
            for sector in sectors:
                weight = self.by_supplier.get(sector, 0.0) * SECTOR_ONLY
                if sector not in self.own and weight > best[3]:
                    best = ("supplier", "", "", weight)
        return best


def _paired(products: str, roles: str) -> list[tuple[str, str]]:
    """Return product and doing; anchors name products without roles: they make them."""
    named, doings = products.split(";"), roles.split(";") if roles else []
    doings += ["maker"] * (len(named) - len(doings))
    return list(zip(named, doings[: len(named)], strict=True))


def product_presence(firms: pd.DataFrame, *, radius_m: float = GAP_RADIUS_M) -> pd.DataFrame:
    """Return which products are made within a distance, and where the next maker is.

    Parameters
    ----------
    firms
        ``products, roles`` (;-separated, in parallel) and ``distance_m`` from the place.
    radius_m
        Within which makers are counted.

    Returns
    -------
    DataFrame
        Indexed by product: ``makers`` within the radius, ``nearest_m`` of any maker at all.
    """
    long = pd.DataFrame(
        [
            (product, doing, distance)
            for products, roles, distance in zip(
                firms["products"], firms["roles"], firms["distance_m"], strict=True
            )
            if products
            for product, doing in _paired(products, roles)
        ],
        columns=["product", "doing", "distance_m"],
    )
    long = long[long["doing"] != "trade"]
    near = long["distance_m"] <= radius_m
    grouped = long.assign(near=near).groupby("product")
    return pd.DataFrame({"makers": grouped["near"].sum(), "nearest_m": grouped["distance_m"].min()})


def chain_gaps(
    sectors: Sequence[str], presence: pd.DataFrame, linkages: pd.DataFrame
) -> pd.DataFrame:
    """Return the links of leading sectors with the makers near by, missing ones first.

    Parameters
    ----------
    sectors
        The leading sectors of the place.
    presence
        From :func:`product_presence`.
    linkages
        ``supplier, customer, product, weight, reason``.

    Returns
    -------
    DataFrame
        ``sector, product, supplier, weight, makers, nearest_m, missing, reason``; missing links of
        the greatest weight first. ``nearest_m`` is NaN if no maker is known at all.
    """
    rows = linkages[linkages["customer"].isin(sectors) & (linkages["product"] != "")]
    table = rows.rename(columns={"customer": "sector"}).merge(
        presence, left_on="product", right_index=True, how="left"
    )
    table["makers"] = table["makers"].fillna(0).astype(int)
    table["missing"] = table["makers"] == 0
    columns = [
        "sector",
        "product",
        "supplier",
        "weight",
        "makers",
        "nearest_m",
        "missing",
        "reason",
    ]
    return table.sort_values(
        ["missing", "weight", "sector", "product"],
        ascending=[False, False, True, True],
        kind="stable",
        ignore_index=True,
    )[columns]
