"""How many requests a client may send: one table for all processes of the server.

A token bucket a client, kept in memory that the processes share, so that ``--workers 4`` does not mean
four times the rate. Nothing is locked: two processes that take a token in the same microsecond may
count it once, which lets through a request in many thousands.
"""

import hashlib
import mmap
import os
import struct
import tempfile
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Final

SLOTS: Final = 65_536
WAYS: Final = 8
"""A client may lie in any of so many slots; the one that was quiet longest gives way."""

TABLE_VARIABLE: Final = "CLUSTERATLAS_RATE_TABLE"
"""Environment variable by which the workers find the table."""

_SLOT: Final = struct.Struct("=Qdd")  # who, tokens left, when they were counted (monotonic seconds)
_SALT: Final = 16
_BYTES: Final = _SALT + SLOTS * _SLOT.size


def make_table(folder: str) -> str:
    """Make an empty table in a folder and return its path."""
    path = Path(folder, "rate")
    path.write_bytes(os.urandom(_SALT) + bytes(_BYTES - _SALT))
    return str(path)


def _open(path: str | None) -> mmap.mmap:
    if path is None:
        with tempfile.TemporaryDirectory() as folder:
            return _open(make_table(folder))
    with Path(path).open("r+b") as file:
        return mmap.mmap(file.fileno(), _BYTES)


def client_key(address: str) -> str:
    """Return whom an address stands for: an IPv4 address, or the /64 network of an IPv6 one.

    >>> client_key("2001:db8:1:2:aaaa::1") == client_key("2001:db8:1:2:bbbb::2")
    True
    >>> client_key("::ffff:10.0.0.1")
    '10.0.0.1'
    """
    if ":" not in address:
        return address
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return parsed.packed[:8].hex()


class RateLimit:
    """A token bucket a client: ``rate`` requests a second, twice that at once; 0 is no limit.

    Parameters
    ----------
    table
        Path of the table that several processes share; None for one of this process alone.
    """

    def __init__(self, rate: float, table: str | None = None) -> None:
        self._rate = rate
        self._burst = max(1.0, 2.0 * rate)
        self._table = _open(table) if rate > 0 else None

    def allows(self, client: str, now: float) -> bool:
        """Take one token of a client; False if there is none."""
        if self._table is None:
            return True
        place, who, left, then = self._find(self._table, client_key(client), now)
        left = min(self._burst, left + max(0.0, now - then) * self._rate)
        allowed = left >= 1
        _SLOT.pack_into(self._table, place, who, left - 1 if allowed else left, now)
        return allowed

    def _find(self, table: mmap.mmap, key: str, now: float) -> tuple[int, int, float, float]:
        """Return the place of a client's slot, who it is, its tokens, and when they were counted."""
        digest = hashlib.blake2b(key.encode(), digest_size=16, key=table[:_SALT]).digest()
        who = int.from_bytes(digest[:8], "big")
        bucket = int.from_bytes(digest[8:], "big") % (SLOTS // WAYS)
        quiet, oldest = 0, float("inf")
        for number in range(bucket * WAYS, bucket * WAYS + WAYS):
            place = _SALT + number * _SLOT.size
            holder, left, then = _SLOT.unpack_from(table, place)
            if holder == who:
                return place, who, left, then
            if then < oldest:
                quiet, oldest = place, then
        return quiet, who, self._burst, now
