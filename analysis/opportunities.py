r"""What a district could do next: fit, crowding and evidence, shown apart.

*Fit* is the relatedness density of a sector around what the district already does. With
:math:`M_{rc} = 1` where the location quotient is at least 1 and
:math:`\phi_{ij} = \sum_r M_{ri} M_{rj} / \max(k_i, k_j)` the co-location of two sectors
(:math:`k_i = \sum_r M_{ri}`; :math:`\phi_{ii}` is set to 0, so that a sector does not vouch for
itself),

.. math:: d_{rc} = \sum_i M_{ri} \phi_{ic} / \sum_i \phi_{ic}

Source: Hidalgo, Klinger, Barabasi and Hausmann (2007), Science 317. *Crowding* is the weighted share
of neighbours that are specialised in the sector or state it as a priority. Neither is hidden in one
score: a list is ordered by fit, and says the rest beside it. What the district has already, by its
quotient or by the support that :func:`clusteratlas.analysis.positioning.stated_revealed` finds, is no
direction to consider.
"""

import numpy as np
import pandas as pd

from clusteratlas.analysis._matrix import divide, row
from clusteratlas.analysis.frames import AtlasFrames
from clusteratlas.analysis.positioning import SUPPORTED
from clusteratlas.analysis.structure import location_quotient

CROWDED = 0.5
"""From this weighted share of neighbours on, a sector counts as crowded."""


def presence(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return where the location quotient is at least 1 (revealed advantage), as 0 and 1."""
    return (location_quotient(matrix) >= 1).astype(float)


def proximity(present: pd.DataFrame, *, diagonal: float = 0.0) -> pd.DataFrame:
    """Return the proximity of each pair of sectors, symmetric, 0..1.

    Parameters
    ----------
    present
        District x sector, 0 and 1. A sector that nobody has is near to none.
    diagonal
        Proximity of a sector to itself: 0, so that it does not vouch for itself, or 1 as in the
        original. With few sectors the choice decides: on EconGeo's five the density of I4 in R2 is 0
        or 0.5455.

    Examples
    --------
    >>> m = pd.DataFrame([[1, 1, 0], [1, 0, 0], [0, 1, 1]], columns=["x", "y", "z"])
    >>> proximity(m).loc["x"].tolist()
    [0.0, 0.5, 0.0]
    """
    m = present.to_numpy(dtype=float)
    both = m.T @ m
    size = np.diag(both)
    phi = np.nan_to_num(divide(both, np.maximum(size[:, None], size[None, :])))
    np.fill_diagonal(phi, diagonal)
    return pd.DataFrame(phi, index=present.columns, columns=present.columns)


def relatedness_density(present: pd.DataFrame, phi: pd.DataFrame) -> pd.DataFrame:
    """Return the density of each sector around each district's own sectors, 0..1.

    NaN for a sector that is near to no other.
    """
    near = phi.loc[present.columns, present.columns].to_numpy()
    density = divide(present.to_numpy(dtype=float) @ near, near.sum(axis=0)[None, :])
    return pd.DataFrame(density, index=present.index, columns=present.columns)


def crowding(present: pd.DataFrame, stated: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Return the weighted share of neighbours that have or state each sector, 0..1.

    NaN for a district without neighbours.
    """
    busy = ((present > 0) | (stated.loc[present.index, present.columns] > 0)).astype(float)
    w = weights.loc[present.index, present.index].to_numpy(dtype=float)
    share = divide(w @ busy.to_numpy(), w.sum(axis=1, keepdims=True))
    return pd.DataFrame(share, index=present.index, columns=present.columns)


def opportunities(
    frames: AtlasFrames, adcode: str, weights: pd.DataFrame, cells: pd.DataFrame, *, top: int = 6
) -> pd.DataFrame:
    """Return a short list of sectors that fit a district and that it does not have yet.

    Parameters
    ----------
    frames
        All districts of the atlas (co-location is learned over all of them).
    adcode
        The district.
    weights
        Neighbour weights that cover it.
    cells
        Its rows of :func:`clusteratlas.analysis.positioning.stated_revealed`: a sector that is
        present there (an anchor stands in it, whatever its quotient) is left out.
    top
        Longest list wanted.

    Returns
    -------
    DataFrame
        ``sector, fit, fit_rank`` (among the 28), ``crowding, crowded, stated, city_stated, n,
        related`` (the district's own sectors that it is nearest to, ;-separated); best fit first.
        Empty if the district has no sector to be related to (then there is too little to say), or
        has all that are near.
    """
    matrix = frames.matrix(origin="both")
    present = presence(matrix)
    phi = proximity(present)
    density = row(relatedness_density(present, phi), adcode)
    stated = frames.stated()
    busy = row(crowding(present.loc[weights.index], stated, weights), adcode)
    own = present.columns[row(present, adcode).to_numpy() > 0]
    if len(own) == 0:
        return pd.DataFrame()
    city = str(frames.districts.loc[frames.districts["adcode"] == adcode, "city_adcode"].iloc[0])
    city_stated = set(frames.positionings.loc[frames.positionings["adcode"] == city, "sector"])
    ranks = density.rank(ascending=False, method="min")
    held = {*own, *cells.loc[cells["state"].isin(SUPPORTED), "sector"]}
    rows: list[dict[str, object]] = []
    rest = density.drop([sector for sector in density.index if sector in held]).dropna()
    for sector in rest.sort_values(ascending=False, kind="stable").index:
        if density[sector] <= 0 or len(rows) == top:
            break
        near = phi[sector].loc[own].sort_values(ascending=False, kind="stable")
        rows.append(
            {
                "sector": sector,
                "fit": float(density[sector]),
                "fit_rank": int(ranks[sector]),
                "crowding": float(busy[sector]),
                "crowded": bool(busy[sector] >= CROWDED),
                "stated": bool(stated.loc[adcode, sector] > 0),
                "city_stated": sector in city_stated,
                "n": float(matrix.loc[adcode, sector]),
                "related": ";".join(near.index[near > 0][:3]),
            }
        )
    return pd.DataFrame(rows)
