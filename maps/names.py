"""English names of districts and cities: pinyin of the name and the word for its rank."""

from typing import Final

# Suffixes as in the official romanisation; the longer one wins.
_RANKS: Final = (
    ("满族蒙古族自治县", "Manchu and Mongol Autonomous County"),
    ("蒙古族自治县", "Mongol Autonomous County"),
    ("满族自治县", "Manchu Autonomous County"),
    ("新区", "New District"),
    ("市", ""),
    ("区", "District"),
    ("县", "County"),
)

# Names whose romanisation is not the pinyin of their characters, or of two words.
_SPECIAL: Final = {
    "喀喇沁左翼蒙古族自治县": "Harqin Left Wing Mongol Autonomous County",
    "沈北新区": "Shenbei New District",
    "朝阳市": "Chaoyang",
    "朝阳县": "Chaoyang County",
    "长海县": "Changhai County",
    "弓长岭区": "Gongchangling District",
    "旅顺口区": "Lushunkou District",
    "义县": "Yi County",
    "台安县": "Tai'an County",
    "振安区": "Zhen'an District",
}


def english_name(name: str) -> str:
    """Return the English form of a district's or city's Chinese name.

    Examples
    --------
    >>> english_name("法库县"), english_name("沈阳市")
    ('Faku County', 'Shenyang')
    """
    if name in _SPECIAL:
        return _SPECIAL[name]
    for suffix, rank in _RANKS:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return f"{_romanise(name.removesuffix(suffix))} {rank}".strip()
    return _romanise(name)


def label_name(name: str) -> str:
    """Return the English form for a label on a map: short, so without the word "District".

    Examples
    --------
    >>> label_name("浑南区"), label_name("铁岭县")
    ('Hunnan', 'Tieling County')
    """
    return english_name(name).removesuffix(" District")


def _romanise(text: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(text)).capitalize()
