"""Title, number, issuer and date of a policy document, wherever in the text they stand."""

import re
from dataclasses import dataclass
from typing import Final

from clusteratlas.policy.fact_box import TITLE_END, read_box
from clusteratlas.policy.structure import BREADCRUMB, half_width

_NUMBER: Final = re.compile(
    r"^[ \t　]*([\u4e00-\u9fff]{1,12}[〔\[（(【]\s*(?:19|20)\d\d\s*[〕\]）)】]\s*\d{1,4}\s*号)[ \t　]*$"
)
_NUMBER_ANYWHERE: Final = re.compile(
    r"(?:文号|发文字号)[：:][ 　]*([\u4e00-\u9fff]{1,12}[〔\[（(](?:19|20)\d\d[〕\]）)]\d{1,4}号)"
)
_NUMBER_FIRST: Final = re.compile(  # 盘政发〔2022〕6号 发布日期：2022-04-18
    r"^([\u4e00-\u9fff]{1,12}[〔\[（(【](?:19|20)\d\d[〕\]）)】]\d{1,4}号)[ \t　]+"
    r"(?=(?:发布|成文|印发|公布|信息|来源)[\u4e00-\u9fff]{0,4}[：:])"
)
_ISSUER: Final = re.compile(
    r"(?:[\u4e00-\u9fff]{1,14}?(?:省|市|县|区|州|盟|旗|自治区|自治州|新区)(?:人民政府(?:办公厅|"
    r"办公室)?|委员会?|委办公厅|委办公室|管理委员会|发展和改革委员会|发展改革委|工业和信息化[厅局])|"
    r"国务院(?:办公厅)?)"
)
# 二〇一五年九月十三日, as documents were dated until 2012; the nought is written in many ways
_HAN_DATE: Final = re.compile(
    "([一二][〇○Ｏ零O0一二三四五六七八九]{3})\\s*年\\s*([一二三四五六七八九十]{1,2})\\s*月"
    "\\s*([一二三四五六七八九十]{1,3})\\s*日"
)
_HAN_DIGITS: Final = {
    **dict.fromkeys("〇○零OＯ", "0"),
    **{c: str(n) for n, c in enumerate("一二三四五六七八九", 1)},
}
_DATE: Final = re.compile(r"((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_DATE_LINE: Final = re.compile(
    rf"^[ \t　]*(?:(?:发布|成文|印发|公布)?(?:日期|时间)[：:])?[ 　]*{_DATE.pattern}[ \t　]*(?:印发)?$"
)
# A date that is a line, and 发布日期：2022-04-18 within one
_ISO_LINE: Final = re.compile(
    r"((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?:[ 　]+\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?"
)
_DATE_LABELLED: Final = re.compile(
    r"(?:发布|成文|印发|公布)(?:日期|时间)[：:][ 　]*((?:19|20)\d\d)(?:\s*年\s*|[-/.])(\d{1,2})"
    r"(?:\s*月\s*|[-/.])(\d{1,2})(?!\d)"
)
_PUBLISHED: Final = re.compile("(?:发布|公布|公开)(?:日期|时间)")
_ISSUE_LINE: Final = re.compile(r"^[ \t　]*([\u4e00-\u9fff、 　]{4,40}?)关于印发[ \t　]*$")
MAX_TITLE_CHARS: Final = 120
MAX_LABELLED_CHARS: Final = 200
MAX_DATE_CHARS: Final = 60
MAX_END_LINES: Final = 15  # in which a signature stands


@dataclass(frozen=True)
class DocumentFacts:
    """What a document says of itself; "" is unknown. ``date`` is ISO."""

    title: str = ""
    number: str = ""
    issuer: str = ""
    date: str = ""


def find_facts(text: str) -> DocumentFacts:
    """Return title, number, issuer and date of a document."""
    lines = [line.strip(" \t　\ufeff") for line in half_width(text).split("\n")]
    box = read_box(lines)
    number_line, number = _number(lines)
    title, boxed = _issued_title(lines, number_line), box.get("title", "")
    title = title if boxed in title else boxed
    title = title or _first_title(lines)
    return DocumentFacts(
        title,
        box.get("number") or number,
        _issuer(title, lines, box),
        box.get("date") or _date(lines),
    )


def _number(lines: list[str]) -> tuple[int, str]:
    for index, line in enumerate(lines):
        if not line:
            continue
        head = line[:MAX_LABELLED_CHARS]
        match = _NUMBER.match(line) or _NUMBER_ANYWHERE.search(head) or _NUMBER_FIRST.match(head)
        if match:
            return index, re.sub(r"\s", "", match.group(1))
    return -1, ""


def _issued_title(lines: list[str], number_line: int) -> str:
    """Return a title of the form ``…关于印发…的通知`` that may be broken over lines."""
    for index, line in enumerate(lines):
        if line and _ISSUE_LINE.match(line):
            parts = [line]
            for following in lines[index + 1 : index + 6]:
                if following:
                    parts.append(following)
                if "".join(parts).endswith("通知"):
                    return "".join(parts)[:MAX_TITLE_CHARS]
    for line in lines[: max(40, number_line + 1)]:
        if re.match(
            r"[\u4e00-\u9fff、 　]{2,40}关于[^。；]{4,90}的(?:通知|(?:若干|实施)?意见|决定|批复|函|"
            r"若干措施)$",
            line,
        ):
            return line
    return ""


def _first_title(lines: list[str]) -> str:
    seen = 0
    for index, line in enumerate(lines):
        if not line or "\t" in line or BREADCRUMB.search(line):
            continue
        seen += 1
        if seen > 15:
            break
        if (
            len(line) <= MAX_TITLE_CHARS
            and TITLE_END.search(line)
            and not re.search(r"[。；，]", line)
        ):
            before = lines[index - 1] if index else ""
            if BREADCRUMB.search(before):
                before = ""
            joins = 2 <= len(before) <= 24 and not re.search(r"[。；，：:]|号$", before)
            return f"{before}{line}" if joins and not TITLE_END.search(before) else line
    return ""


def _issuer(title: str, lines: list[str], box: dict[str, str]) -> str:
    match = _ISSUER.match(title)
    if match:
        return match.group()
    if "issuer" in box:
        return box["issuer"]
    for line in lines[-MAX_END_LINES:]:
        if len(line) <= 40 and _ISSUER.fullmatch(line):
            return line
    for line in lines[:12]:
        if len(line) <= 40 and _ISSUER.fullmatch(line):
            return line
    if "publisher" in box:
        return box["publisher"]
    match = re.match(r"([\u4e00-\u9fff]{2,9}?(?:省|市|县|区|州|盟|旗))(?=[“\u4e00-\u9fff])", title)
    return f"{match.group(1)}人民政府" if match and "关于" in title else ""


def _with_figures(date: re.Match[str]) -> str:
    """Return a date in Chinese numerals in figures: 2015年9月13日 for 二〇一五年九月十三日."""
    year, month, day = date.groups()
    figures = "".join(_HAN_DIGITS.get(digit, digit) for digit in year)
    return f"{figures}年{_count(month)}月{_count(day)}日"


def _count(numeral: str) -> int:
    """Return a number up to 99 in Chinese numerals, 0 if it is none."""
    tens, ten, ones = numeral.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        return 0
    many = int(_HAN_DIGITS[tens]) if tens else 1 if ten else 0
    return many * 10 + (int(_HAN_DIGITS[ones]) if ones else 0)


def _date(lines: list[str]) -> str:
    """Return the date of a document: that it was signed on goes before that it was put up on."""
    dated = [_HAN_DATE.sub(_with_figures, line[:MAX_LABELLED_CHARS]) for line in lines]
    signed = [*dated[:12], *reversed(dated[12:][-MAX_END_LINES:])]
    signed = [line for line in signed if not _PUBLISHED.search(line)]
    for line in [*signed, *dated[:12], *reversed(dated[12:])]:
        match = _DATE_LINE.match(line) if 0 < len(line) <= MAX_DATE_CHARS else None
        match = match or _ISO_LINE.fullmatch(line)
        match = match or _DATE_LABELLED.search(line[:MAX_LABELLED_CHARS])
        if match:
            year, month, day = (int(part) for part in match.groups()[-3:])
            if 1 <= month <= 12 and 1 <= day <= 31:
                return f"{year:04d}-{month:02d}-{day:02d}"
    return ""
