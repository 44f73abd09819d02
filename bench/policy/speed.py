"""Time extraction on one megabyte of text: real prose if a folder is given, and hostile inputs.

Usage: python bench/policy/speed.py [FOLDER_OF_TEXTS]
"""

import sys
import time
from pathlib import Path

from clusteratlas.policy import extract

MEGABYTE = 1_000_000


def main() -> None:
    """Time every case and print its wall and processor time."""
    cases = {
        "one character": "中" * (MEGABYTE // 3),
        "digits": "1" * MEGABYTE,
        "full stops": "。" * (MEGABYTE // 3),
        "enumeration commas": "、" * (MEGABYTE // 3),
        "commas": "，" * (MEGABYTE // 3),
        "open brackets": "（" * (MEGABYTE // 3),
        "closed brackets": "）" * (MEGABYTE // 3),
        "nested brackets": "（甲" * 80_000 + "）" * 80_000,
        "公司": "公司" * (MEGABYTE // 6),
        "a list without end": "甲乙、" * (MEGABYTE // 9),
        "a list of firms": "甲乙公司、" * (MEGABYTE // 15) + "等企业",
        "firms in clauses": "甲乙公司，" * (MEGABYTE // 15),
        "firms in prose": "支持三一重工、东软医疗、沈阳机床集团等企业做大做强，引进宁德时代二期项目。"
        * (MEGABYTE // 111),
        "a district's parks": "沈阳市：浑南产业园发展机器人；" * (MEGABYTE // 45),
        "a district's clusters": "沈阳市机器人产业集群；" * (MEGABYTE // 33),
        "a table": "浑南区\t沈阳机床集团、新松机器人\t智能制造产业园\t高端装备、机器人\n"
        * (MEGABYTE // 96),
        "产业园": "产业园" * (MEGABYTE // 9),
        "a district's long lists": ("浑南区重点发展" + "机器人、" * 70 + "。") * (MEGABYTE // 860),
        "a district's endless list": "浑南区重点发展" + "机器人、" * (MEGABYTE // 12),
        "districts in a list": "浑南区、" * (MEGABYTE // 12),
        "districts": "浑南区" * (MEGABYTE // 9),
        "develop": "重点发展" * (MEGABYTE // 12),
        "以…为": "以" * (MEGABYTE // 6) + "为龙头" * (MEGABYTE // 18),
        "等": "等" * (MEGABYTE // 3),
        "tabs": "\t" * MEGABYTE,
        "line ends": "\n" * MEGABYTE,
        "headings": "（一）发展。\n" * (MEGABYTE // 20),
        "spaces": "　" * (MEGABYTE // 3),
        "letters": "a" * MEGABYTE,
    }
    if len(sys.argv) > 1:
        prose = "\n".join(p.read_text("utf-8") for p in sorted(Path(sys.argv[1]).glob("*.txt")))
        wanted = prose * (MEGABYTE // max(1, len(prose.encode())) + 1)
        cases["real prose"] = wanted.encode()[:MEGABYTE].decode("utf-8", "ignore")
    extract("预热")
    for name, text in cases.items():
        start, used = time.perf_counter(), time.process_time()
        extract(text)
        wall, cpu = time.perf_counter() - start, time.process_time() - used
        size = len(text.encode()) / MEGABYTE
        print(f"{name:20} {size:5.2f} MB {wall:6.2f} s, CPU {cpu:6.2f} s", flush=True)


if __name__ == "__main__":
    main()
