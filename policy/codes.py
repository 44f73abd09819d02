"""A text as an array of the codes of its characters."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Marks = dict[str, Ints]  # by name, one number per character


def codes_of(text: str) -> Ints:
    """Return the code of every character."""
    raw = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return raw.astype(np.int64)


def folded_codes_of(text: str) -> Ints:
    """Return the code of every character; all digits are ``0``, all Latin letters ``A``."""
    code = codes_of(text)
    code[(code >= 48) & (code <= 57)] = ord("0")
    code[((code >= 65) & (code <= 90)) | ((code >= 97) & (code <= 122))] = ord("A")
    return code


def among(codes: Ints, characters: Iterable[str]) -> Flags:
    """Return which codes are those of some characters."""
    return np.isin(codes, [ord(character) for character in characters])
