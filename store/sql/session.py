"""One connection to a database, in the few words in which both kinds of store are written."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

Record = tuple[Any, ...]


class Session(Protocol):
    """Runs statements, with ``?`` for each value, inside whatever transaction is open.

    A method that ends in ``_among`` takes a statement that ends with a column: that column has to be
    one of the keys. There may be any number of keys.
    """

    def rows(self, sql: str, values: Sequence[Any] = (), /) -> list[Record]:
        """Return what a statement answers."""

    def rows_among(self, sql: str, keys: Sequence[Any], order: str = "", /) -> list[Record]:
        """Return what a statement answers; ``order`` sorts the rows of one key."""

    def run(self, sql: str, values: Sequence[Any] = (), /) -> None:
        """Run a statement that answers nothing."""

    def run_among(self, sql: str, keys: Sequence[Any], /) -> None:
        """Run a statement that answers nothing on those whose column is one of the keys."""

    def run_many(self, sql: str, records: Sequence[Sequence[Any]], /) -> None:
        """Run a statement once for each record."""

    def insert(self, table: str, columns: str, records: Iterable[Sequence[Any]], /) -> None:
        """Add records to a table in the fastest way that the database has."""

    def has_table(self, name: str, /) -> bool:
        """Tell whether a small table beside the firms is there."""

    def claim_table(self, name: str, columns: str, /) -> None:
        """Make sure of a small table, and keep others from writing to it until the transaction ends.

        Parameters
        ----------
        columns
            What ``CREATE TABLE`` of the embedded store has between its brackets.
        """
