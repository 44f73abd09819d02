"""Names in the full-text index of a file."""

from clusteratlas.store.names import match_expression
from clusteratlas.store.sql.frames import COLUMN_LIST
from clusteratlas.store.sql.search import BEST_FIRST
from clusteratlas.store.sql.session import Record, Session


def term_matches(session: Session, text: str, most: int) -> list[Record]:
    """Return the enterprises whose names hold a text; of more than ``most`` the first by order."""
    expression = match_expression(text)
    if not expression:
        return []
    return session.rows(
        f"SELECT {COLUMN_LIST} FROM (SELECT e.fid AS id FROM enterprise_terms t"
        " CROSS JOIN enterprises e ON e.fid = t.rowid WHERE enterprise_terms MATCH ?"
        f" ORDER BY {BEST_FIRST} LIMIT ?) t CROSS JOIN enterprises e ON e.fid = t.id",
        (expression, most),
    )
