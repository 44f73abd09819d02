"""A Selection as PostgreSQL finds it fastest."""

from collections.abc import Sequence

from clusteratlas.store.sql.selection import Box, Condition, SelectionSql, within


class PostgisSelection(SelectionSql):
    """Conditions on the geometry's index and the array of sectors."""

    def one_of(self, column: str, texts: Sequence[str]) -> Condition:
        """Return the condition that a column is one of these texts."""
        return f"{column} = ANY(?)", [list(texts)]

    def in_box(self, box: Box) -> Condition:
        """Ask the index first, which holds float32 boxes, then the exact coordinates."""
        exact, values = within(box)
        return f"e.geom && ST_MakeEnvelope(?, ?, ?, ?, 4326) AND {exact}", [*box, *values]

    def of_sectors(self, sectors: Sequence[str]) -> Condition:
        """Return the condition that a firm has any of these sectors."""
        return "e.sector_list && ?::text[]", [[sector for sector in sectors if sector]]

    def of_origin(self, origin: str) -> Condition:
        """Write the origin out, so that the planner sees the partial index of the anchors."""
        known = origin in ("anchor", "registry")
        return (f"e.origin = '{origin}'" if known else "FALSE"), []


SELECTION = PostgisSelection()
