"""The box of facts over a document on the web: 索引号, 发文机关, 成文日期, each with its value."""

import itertools
import re
from collections.abc import Iterator
from typing import Final

TITLE_END: Final = re.compile(
    r"(?:通知|意见|方案|规划|计划|办法|措施|纲要|报告|决定|指南|政策|规定|细则|行动|目录|批复|函|条例|"
    r"建议|要点|公告|工作方案)(?:[（(].{1,20}[)）])?$"
)
_LABELS: Final = {
    "title": ("标题", "文件标题", "文件名称", "信息名称", "公文名称", "政策名称", "名称"),
    "number": ("发文字号", "文件字号", "文件文号", "文件编号", "文号"),
    "issuer": ("发文机关", "发文单位", "发文机构", "制发机关", "制定机关", "公开机关"),
    "publisher": ("发布机构", "发布单位", "发布机关", "公开单位", "信息来源"),
    "date": ("成文日期", "成文时间", "发文日期", "发文时间", "印发日期", "生成日期", "签发日期"),
    "": ("索引号", "主题分类", "发布日期", "发布时间", "公开日期", "主题词", "有效性", "体裁分类",
         "组配分类", "公开方式", "公开时限", "公开范围", "废止日期", "生效日期", "关键词", "效力状态"),
}  # fmt: skip
_FACT_OF: Final = {label: fact for fact, labels in _LABELS.items() for label in labels}
_BLANKS: Final = "[ 　\xa0]*"
_LABEL: Final = re.compile(  # 索 引 号：, or a cell of its own
    rf"(?:^|(?<=[\t| 　\xa0]))({'|'.join(_BLANKS.join(label) for label in _FACT_OF)})"
    rf"{_BLANKS}(?:[：:][\t|]?|[\t|]|$){_BLANKS}"
)
_VALUE_END: Final = re.compile("[\t|]|[ 　\xa0]{2,}")
_VALUES: Final = {
    "title": re.compile("[^。；：]{6,120}"),
    "number": re.compile(
        r"[\u4e00-\u9fff]{1,12}[〔\[（(【]\s*(?:19|20)\d\d\s*[〕\]）)】]\s*第?\d{1,4}\s*号"
    ),
    "issuer": re.compile("[\u4e00-\u9fff、 　]{2,40}(?:政府|国务院|[厅局委会室部院处]|中心)"),
    "date": re.compile(r"((?:19|20)\d\d)(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?"),
}
_VALUES_OF: Final = {"publisher": "issuer"}
MAX_LINES: Final = 60
MAX_CHARS: Final = 500  # of a line that are looked at


def read_box(lines: list[str]) -> dict[str, str]:
    """Return title, number, issuer, publisher and date (ISO) that a box at the head of a text gives.

    Facts that it does not give, or whose value is no such thing, are left out.
    """
    facts: dict[str, str] = {}
    head = (line[:MAX_CHARS] for line in lines if line)
    for label, value in _labelled([*itertools.islice(head, MAX_LINES)]):
        fact = _FACT_OF[label]
        if fact and fact not in facts:
            read = _read(fact, value)
            if read:
                facts[fact] = read
    return facts


def _labelled(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield labels and values; the value of a label that ends its line is the next line."""
    for line, following in itertools.zip_longest(lines, lines[1:], fillvalue=""):
        labels = [*_LABEL.finditer(line)]
        for label, after in itertools.zip_longest(labels, labels[1:]):
            stop = after.start() if after else len(line)
            end = _VALUE_END.search(line, label.end(), stop)
            value = line[label.end() : end.start() if end else stop].strip()
            if not value and after is None and not _LABEL.match(following):
                value = following.strip()
            yield re.sub(r"\s", "", label.group(1)), value


def _read(fact: str, value: str) -> str:
    """Return the value of a fact as it is written out, "" if it is no such thing."""
    kind = _VALUES_OF.get(fact, fact)
    bare = value if kind == "title" else re.sub(r"\s", "", value)
    match = _VALUES[kind].fullmatch(bare)
    if match is None or (kind == "title" and not TITLE_END.search(bare)):
        return ""
    if kind != "date":
        return bare
    year, month, day = map(int, match.groups())
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else ""
