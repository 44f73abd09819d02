"""Write a registry extract of made-up firms: ``python bench/ingest/synthetic.py ROWS OUT.csv.gz``."""

import gzip
import random
import sys
from pathlib import Path

from clusteratlas.data import load_districts, load_sectors
from clusteratlas.store.ingest.values import uscc_check_character

HEADER = "企业名称,统一社会信用代码,注册日期,注册资金,经营范围,所在省份,地区,注册地址\n"
ACTIVITIES = ("制造", "加工", "研发", "销售", "安装", "维修", "批发、零售", "技术咨询")
TRADES = (
    "服装",
    "餐饮服务",
    "建筑材料",
    "五金交电",
    "道路货物运输",
    "农产品收购",
    "物业管理",
    "广告设计",
)
ROADS = ("中山路", "人民路", "建设大街", "长江街", "黄河北大街", "沈辽路", "胜利路", "开发大路")
SYLLABLES = "鑫宏达盛泰华瑞恒丰源兴隆海天博远东北方正信诚新光明安顺利通大成永昌金辉"


def write(rows: int, path: Path, seed: int = 1) -> None:
    """Write so many rows; the same seed writes the same file."""
    chance = random.Random(seed)
    districts = load_districts()
    places = list(zip(districts["adcode"], districts["city"], districts["name"], strict=True))
    products = [p for text in load_sectors()["products"] for p in text.split(";") if p]
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8", newline="") as stream:
        stream.write(HEADER)
        for number in range(rows):
            adcode, city, district = chance.choice(places)
            body = f"91{adcode}MA{number:07d}"
            code = body + uscc_check_character(body)
            core = "".join(chance.choices(SYLLABLES, k=3))
            subject = chance.choice(products if number % 10 == 0 else TRADES)
            scope = "；".join(subject + chance.choice(ACTIVITIES) for _ in range(3))
            day = f"{1990 + number % 30}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
            address = f"{city}{district}{chance.choice(ROADS)}{chance.randrange(1, 400)}号"
            stream.write(
                f"{city[:-1]}{core}{number}有限公司,{code},{day},{number % 900 + 1}(万元人民币),"
                f"{scope},辽宁,{city[:-1]},{address}\n"
            )


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
