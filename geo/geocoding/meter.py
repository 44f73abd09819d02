"""Progress on stderr, once a batch takes longer than two seconds."""

import sys
import time
from typing import Final

_AFTER_S: Final = 2.0
_EVERY_S: Final = 0.5


class Meter:
    """Write how many of a batch's addresses are done, at most twice a second.

    Parameters
    ----------
    total
        Addresses of the batch.
    shown
        False writes nothing.
    """

    def __init__(self, total: int, *, shown: bool) -> None:
        self._total = total
        self._done = 0.0
        self._shown = shown
        self._due = time.monotonic() + _AFTER_S
        self._written = False

    def add(self, count: float) -> None:
        """Count addresses that are done, and write the figure if it is time to."""
        self._done += count
        if self._shown and time.monotonic() >= self._due:
            sys.stderr.write(f"\rgeocoded {self._done:,.0f} of {self._total:,} addresses")
            sys.stderr.flush()
            self._due = time.monotonic() + _EVERY_S
            self._written = True

    def finish(self) -> None:
        """Write the last figure and end the line, if any was written."""
        if self._written:
            sys.stderr.write(f"\rgeocoded {self._total:,} of {self._total:,} addresses\n")
