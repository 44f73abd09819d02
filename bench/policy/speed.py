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
