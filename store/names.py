"""Names as keys and as search terms: one normal form, pinyin initials, character pairs."""

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Final

_CJK: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_WORD: Final = re.compile(r"[0-9a-z]+")
_NOT_NAME: Final = re.compile(r"[^0-9a-z\u3400-\u9fff\uf900-\ufaff]+")
# What stands before the name proper: province and city, with or without their generic.
_PLACE: Final = re.compile(
    r"^(辽宁省?|中国)?(沈阳|大连|鞍山|抚顺|本溪|丹东|锦州|营口|阜新|辽阳|盘锦|铁岭|朝阳|葫芦岛)?市?"
)
MAX_NAME: Final = 400
"""Longest name that is indexed in full; longer ones are cut for search only."""


def normal_name(name: str) -> str:
    """Return the form under which two spellings of a name are the same.

    Full-width letters become ASCII (NFKC), case folds, brackets, dots and spaces go.

    Examples
    --------
    >>> normal_name("沈阳新松（机器人） ＡＢ股份有限公司")
    '沈阳新松机器人ab股份有限公司'
    """
    return _NOT_NAME.sub("", unicodedata.normalize("NFKC", name).casefold())


def without_place(name: str) -> str:
    """Return a normalised name without the province and city that it begins with.

    Examples
    --------
    >>> without_place("沈阳市新松机器人")
    '新松机器人'
    """
    return _PLACE.sub("", name)


def name_key(name: str, city: str) -> int:
    """Return a signed 63-bit key of normalised name and city, for firms without a code."""
    text = f"{normal_name(name)}|{city.removesuffix('市')}"
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def firm_id(name: str, city: str) -> str:
    """Return the id of a firm whose code is unknown, ``n-`` and 16 hexadecimal digits."""
    return f"n-{name_key(name, city):016x}"


@lru_cache(maxsize=20_000)
def _letter(character: str) -> str:
    # Takes half a second to import, and a server that only reads asks for no letter.
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(character, style=Style.FIRST_LETTER, errors="ignore"))[:1]


def initials(text: str) -> str:
    """Return the pinyin initials of the Chinese characters; letters and digits stay.

    Examples
    --------
    >>> initials("新松机器人")
    'xsjqr'
    """
    cleaned = normal_name(text[:MAX_NAME])
    return "".join(c if c.isascii() else _letter(c) for c in cleaned)


def initial_terms(*names: str) -> str:
    """Return the initials of each name, with and without the place in front, for the index."""
    terms: dict[str, None] = {}
    for name in names:
        if name and _CJK.search(name):
            whole = normal_name(name[:MAX_NAME])
            terms[initials(whole)] = None
            terms[initials(without_place(whole))] = None
    return " ".join(term for term in terms if term)


def pair_terms(*names: str) -> str:
    """Return the overlapping character pairs of the names, for the full-text index.

    A pair index finds any substring of two or more characters by a phrase, and one character as
    a prefix; a trigram index would miss the two-character names (沈飞, 新松) that people type.

    Examples
    --------
    >>> pair_terms("沈阳机床 A3")
    '沈阳 阳机 机床 床 a3'
    """
    terms: list[str] = []
    for name in names:
        folded = unicodedata.normalize("NFKC", name[:MAX_NAME]).casefold()
        for run in _CJK.finditer(folded):
            text = run.group()
            terms.extend(text[at : at + 2] for at in range(len(text)))
        terms.extend(_WORD.findall(folded))
    return " ".join(terms)


def chinese_runs(folded: str) -> list[str]:
    """Return the unbroken runs of Chinese characters."""
    return _CJK.findall(folded)


def latin_words(folded: str) -> list[str]:
    """Return the words of lower-case letters and digits."""
    return _WORD.findall(folded)


def match_expression(text: str) -> str:
    """Return the FTS5 query that finds ``text`` anywhere in a name or as initials; "" if empty."""
    folded = unicodedata.normalize("NFKC", text[:MAX_NAME]).casefold()
    parts: list[str] = []
    for run in _CJK.finditer(folded):
        word = run.group()
        pairs = [word[at : at + 2] for at in range(len(word) - 1)]
        parts.append(f'terms : "{" ".join(pairs)}"' if pairs else f'terms : "{word}"*')
    for found in _WORD.findall(folded):
        parts.append(f'{{terms initials}} : "{found}"*')
    return " AND ".join(parts)
