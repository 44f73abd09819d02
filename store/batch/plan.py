"""Decide which rows of a data set go into which file."""

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np

from clusteratlas.store.batch.geoparquet import NOWHERE
from clusteratlas.store.batch.tasks import BlockDone, PartWork

PART_ROWS: Final = 100_000
"""About so many rows go into a file."""


def plan_parts(
    done: Sequence[BlockDone], folder: Path, *, digest: str, part_rows: int = PART_ROWS
) -> list[PartWork]:
    """Return the files to make: every city cut along the Hilbert curve into equal lots.

    Where very many rows stand at one place (the middle of a district), they are cut by their
    numbers instead. The plan follows from the rows alone, not from who worked on them.

    Parameters
    ----------
    done
        All blocks, by number.
    folder
        Where the data set is made.
    digest
        What the blocks were made of.
    part_rows
        Rows per file, about.
    """
    firsts = np.concatenate([[0], np.cumsum([block.rows for block in done])]).tolist()
    blocks = [(block.number, first) for block, first in zip(done, firsts[:-1], strict=True)]
    counts: Counter[str] = Counter()
    for block in done:
        counts.update(block.counts)
    works: list[PartWork] = []
    for city, total in sorted(counts.items()):
        if not total:
            continue
        keys = np.sort(np.concatenate([block.samples.get(city, ()) for block in done]))
        own = [place for place, block in zip(blocks, done, strict=True) if block.counts.get(city)]
        lots = _lots(keys, total, own, part_rows)
        for number, (low, high, looked) in enumerate(lots):
            text = f"{digest}:{city}:{low}:{high}:{looked[0]}:{looked[-1]}"
            own_digest = blake2b(text.encode(), digest_size=16).hexdigest()
            works.append(PartWork(city, number, low, high, looked, folder, own_digest))
    return works


_Lot = tuple[int, int, list[tuple[int, int]]]


def _lots(
    keys: np.ndarray, total: int, blocks: list[tuple[int, int]], part_rows: int
) -> list[_Lot]:
    """Return ``(lowest key, first key beyond, blocks to look into)`` of each file."""
    wanted = max(1, -(-total // part_rows))
    cuts = np.unique(keys[(np.arange(1, wanted) * len(keys)) // wanted]).astype(np.int64)
    bounds = [0, *(cut for cut in cuts.tolist() if cut > 0), NOWHERE + 1]
    held = np.diff(np.searchsorted(keys, bounds)) / len(keys) * total
    lots: list[_Lot] = []
    for low, high, rows in zip(bounds[:-1], bounds[1:], held.tolist(), strict=True):
        pieces = min(len(blocks), max(1, round(rows / part_rows)))
        size = -(-len(blocks) // pieces)
        for at in range(0, len(blocks), size):
            lots.append((low, high, blocks[at : at + size]))
    return lots
