"""Read the cells of a registry: codes, dates, capital, names."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

# GB 32100-2015: 31 characters (no I, O, S, V, Z), weights 3^i mod 31 over the first 17 places.
USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_USCC_VALUE: Final = {character: value for value, character in enumerate(USCC_ALPHABET)}

UNKNOWN_MARKS: Final = frozenset(
    (
        "",
        "-",
        "--",
        "—",
        "——",
        "/",
        "N/A",
        "NA",
        "NULL",
        "NONE",
        "NAN",
        "无",
        "空",
        "暂无",
        "未知",
        "不详",
    )
)
EARLIEST_YEAR: Final = 1900
EXCEL_EPOCH: Final = date(1899, 12, 30)
MAX_CELL: Final = 20_000

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028\u2029\ufeff]")
_SPACES: Final = re.compile(r"\s+")
# The sign tells it from a code of a bank branch such as 91210882E504310978.
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?E\+\d{1,3}", re.IGNORECASE)
_OLD_NUMBER: Final = re.compile(r"\d{13}|\d{15}")
_ORGANISATION_CODE: Final = re.compile(r"[0-9A-Z]{8}-?[0-9X]")


def clean(value: object) -> str:
    """Return a cell as text without control characters and doubled spaces; unknown marks give ""."""
    if value is None:
        return ""
    text = str(value)
    if not text.isprintable() or "  " in text:  # most cells need no cleaning
        text = _SPACES.sub(" ", _CONTROL.sub("", text))
    text = text.strip()[:MAX_CELL]
    return "" if text.upper() in UNKNOWN_MARKS else text


# --- codes -------------------------------------------------------------------------------------
def uscc_check_character(code: str) -> str:
    """Return the check character of the first 17 places of a code (GB 32100-2015, 5.4).

    Raises
    ------
    KeyError
        If a place holds a character that the standard does not allow.

    Examples
    --------
    >>> uscc_check_character("91350100M000100Y4")  # the example of the standard
    '3'
    """
    total = sum(_USCC_VALUE[c] * w for c, w in zip(code[:17], USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def read_code(value: object) -> tuple[str, str]:
    """Return ``(code, problem)`` of a unified social credit code cell.

    Both are "" for an empty cell, an old 13- or 15-digit registration number or a nine-place
    organisation code: those identify no legal person by themselves, the name does. ``problem`` is
    ``code_in_scientific_notation``, ``bad_code`` or ``bad_check_digit``.
    """
    if isinstance(value, float):
        return _number_code(value)
    text = clean(value)
    if len(text) == 18 and text.isascii() and text.isalnum():
        return _verified(text.upper())
    text = unicodedata.normalize("NFKC", text).upper().replace(" ", "").lstrip("'`")
    if not text or text in UNKNOWN_MARKS:
        return "", ""
    if _SCIENTIFIC.fullmatch(text):
        return "", "code_in_scientific_notation"
    if _OLD_NUMBER.fullmatch(text) or _ORGANISATION_CODE.fullmatch(text):
        return "", ""
    return _verified(text.replace("-", ""))


def _number_code(value: float) -> tuple[str, str]:
    # A spreadsheet number keeps 15 digits: the last three of an 18-digit code are gone.
    if value != value:
        return "", ""
    if abs(value) >= 1e15:
        return "", "code_in_scientific_notation"
    return read_code(f"{value:.0f}")


def _verified(code: str) -> tuple[str, str]:
    if len(code) != 18 or any(c not in _USCC_VALUE for c in code):
        return "", "bad_code"
    if uscc_check_character(code) != code[17]:
        return "", "bad_check_digit"
    return code, ""


# --- dates -------------------------------------------------------------------------------------
_YMD: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ].*)?")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DMY: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_SERIAL: Final = re.compile(r"(\d{3,5})(?:\.\d+)?")


def read_date(value: object) -> tuple[str, bool]:
    """Return ``(ISO date, understood)``; an empty cell is ``("", True)``.

    Understood are year-month-day with any of ``- / . 年月日`` or none, with or without a time;
    day and month before the year where one of them is above 12; spreadsheet serial days. A year or
    a month alone, an ambiguous order, the future and years before 1900 are not: no date is made up.

    Examples
    --------
    >>> read_date("2010年3月5日"), read_date("40242"), read_date("03/04/2010")
    (('2010-03-05', True), ('2010-03-05', True), ('', False))
    """
    if isinstance(value, datetime):
        return _within(value.date())
    if isinstance(value, date):
        return _within(value)
    if isinstance(value, float | int) and not isinstance(value, bool):
        value = "" if value != value else f"{value:.0f}"
    return _read_date_text(unicodedata.normalize("NFKC", clean(value)))


@lru_cache(maxsize=50_000)
def _read_date_text(text: str) -> tuple[str, bool]:
    if not text:
        return "", True
    for pattern in (_YMD, _COMPACT):
        if found := pattern.fullmatch(text):
            year, month, day = (int(part) for part in found.groups())
            return _made(year, month, day)
    if found := _DMY.fullmatch(text):
        first, second, year = (int(part) for part in found.groups())
        if first == second or first > 12:
            return _made(year, second, first)
        return _made(year, first, second) if second > 12 else ("", False)
    if (found := _SERIAL.fullmatch(text)) and len(found.group(1)) == 5:
        return _within(EXCEL_EPOCH + timedelta(days=int(found.group(1))))
    return "", False


def _made(year: int, month: int, day: int) -> tuple[str, bool]:
    try:
        return _within(date(year, month, day))
    except ValueError:
        return "", False


def _within(found: date) -> tuple[str, bool]:
    if found.year < EARLIEST_YEAR or found > datetime.now().date() + timedelta(days=1):
        return "", False
    return found.isoformat(), True


# --- capital -----------------------------------------------------------------------------------
_AMOUNT: Final = re.compile(r"([\d,，]*\.?\d+)\s*\(?([^()\d]*)\)?")
_YUAN_UNITS: Final = {
    "元": 1e-4, "人民币": 1e-4, "人民币元": 1e-4, "元人民币": 1e-4,
    "千元": 0.1, "千元人民币": 0.1,
    "万元": 1.0, "万人民币": 1.0, "万元人民币": 1.0, "万人民币元": 1.0, "人民币万元": 1.0, "万元整": 1.0,
    "百万元": 100.0, "百万元人民币": 100.0, "百万人民币": 100.0,
    "亿元": 1e4, "亿元人民币": 1e4, "亿人民币": 1e4, "人民币亿元": 1e4, "亿人民币元": 1e4,
}  # fmt: skip
_FOREIGN: Final = re.compile(
    r"美|日元|日圆|港|欧|英镑|加元|加拿大|澳|法郎|马克|韩|新加坡|台币|卢布|泰|USD|JPY|HKD|EUR|GBP",
    re.I,
)
# CNY 10,000: more than every registered capital in China together would be a slip of columns.
MAX_CAPITAL: Final = 1e9


@dataclass(frozen=True, slots=True)
class Capital:
    """Registered capital in CNY 10,000, None if unknown; ``foreign`` is a sum in other money."""

    amount: float | None
    foreign: bool = False
    understood: bool = True


def read_capital(value: object, *, unit: str = "") -> Capital:
    """Return the registered capital of a cell.

    Parameters
    ----------
    value
        ``681(万元人民币)``, ``50.4万人民币``, ``1.2亿元``, a number.
    unit
        Unit that the column's title gives (``万元``), for numbers without one.

    Returns
    -------
    Capital
        Foreign currency is not converted (the day's rate is not known), and a number whose unit
        nobody gives stays unknown.

    Examples
    --------
    >>> read_capital("681(万元人民币)").amount, read_capital("1,000(万美元)").amount
    (681.0, None)
    """
    if isinstance(value, float | int) and not isinstance(value, bool):
        value = "" if value != value else repr(value)
    return _read_capital_text(unicodedata.normalize("NFKC", clean(value)), unit)


@lru_cache(maxsize=50_000)
def _read_capital_text(text: str, unit: str) -> Capital:
    if not text.strip("()"):
        return Capital(None)
    found = _AMOUNT.fullmatch(text.removeprefix("人民币").strip())
    if found is None:
        return Capital(None, foreign=bool(_FOREIGN.search(text)), understood=False)
    said = found.group(2).replace(" ", "") or unit
    if _FOREIGN.search(said):
        return Capital(None, foreign=True)
    factor = _YUAN_UNITS.get(said)
    if factor is None:
        return Capital(None, understood=False)
    amount = float(found.group(1).replace(",", "").replace("，", "")) * factor
    return Capital(round(amount, 6)) if amount <= MAX_CAPITAL else Capital(None, understood=False)


# --- names and places --------------------------------------------------------------------------
CITIES: Final = (
    "沈阳", "大连", "鞍山", "抚顺", "本溪", "丹东", "锦州", "营口", "阜新",
    "辽阳", "盘锦", "铁岭", "朝阳", "葫芦岛",
)  # fmt: skip
_HAS_LETTER: Final = re.compile(r"[A-Za-z\u3400-\u9fff]")
MAX_NAME: Final = 200


def read_city(text: str) -> str:
    """Return a city of Liaoning by its full name (沈阳 -> 沈阳市); other text comes back as it is."""
    short = text.removeprefix("辽宁省").removeprefix("辽宁").removesuffix("市")
    return f"{short}市" if short in CITIES else text


def name_problem(name: str) -> str:
    """Return why a text cannot be a firm's name: ``missing_name``, ``bad_name``, or ""."""
    if not name:
        return "missing_name"
    if len(name) > MAX_NAME or len(name) < 2 or not _HAS_LETTER.search(name):
        return "bad_name"
    return ""
