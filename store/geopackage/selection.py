"""A Selection as SQLite finds it fastest."""

from collections.abc import Sequence

from clusteratlas.store.sql.selection import Box, Condition, SelectionSql, within


class GeoPackageSelection(SelectionSql):
    """Conditions on the R-tree and the table of sectors."""

    beside_index = "+e.adcode"  # the + keeps the planner from driving the query by this index

    def one_of(self, column: str, texts: Sequence[str]) -> Condition:
        """Return the condition that a column is one of these texts."""
        return f"{column} IN ({', '.join('?' * len(texts))})", [*texts]

    def in_box(self, box: Box) -> Condition:
        """Ask the R-tree first, whose boxes are rounded outwards, then the exact coordinates."""
        west, south, east, north = box
        exact, values = within(box)
        rough = (
            "e.fid IN (SELECT id FROM rtree_enterprises_geom"
            " WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?)"
        )
        return f"{rough} AND {exact}", [west, east, south, north, *values]

    def of_sectors(self, sectors: Sequence[str]) -> Condition:
        """Return the condition that a firm has any of these sectors."""
        condition, values = self.one_of("sector", sectors)
        return f"e.fid IN (SELECT fid FROM enterprise_sectors WHERE {condition})", values

    def of_origin(self, origin: str) -> Condition:
        """Return the condition that an enterprise is an anchor, or of the registry."""
        return "e.origin = ?", [origin]


SELECTION = GeoPackageSelection()
