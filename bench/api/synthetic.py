"""A store of n made-up firms over the real districts: clustered around towns, with uneven sectors.

python bench/api/synthetic.py 100000 /tmp/bench/atlas-100k.gpkg
"""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from clusteratlas.api.vocabulary import FIELD_IDS, SECTOR_IDS
from clusteratlas.data import load_districts
from clusteratlas.store import open_store
from clusteratlas.store.build import build_store
from clusteratlas.store.schema import ENTERPRISE_COLUMNS

PLACES = [
    "沈阳",
    "大连",
    "鞍山",
    "抚顺",
    "本溪",
    "丹东",
    "锦州",
    "营口",
    "阜新",
    "辽阳",
    "盘锦",
    "铁岭",
    "朝阳",
    "葫芦岛",
]
WORDS = [
    "华",
    "东",
    "北",
    "新",
    "鑫",
    "恒",
    "瑞",
    "盛",
    "宏",
    "达",
    "兴",
    "隆",
    "金",
    "泰",
    "远",
    "航",
    "科",
    "创",
    "力",
    "源",
    "天",
    "宇",
    "海",
    "联",
    "通",
    "信",
    "诚",
]
TRADES = [
    "机床",
    "机器人",
    "航空",
    "软件",
    "医药",
    "陶瓷",
    "环保",
    "新材料",
    "电子",
    "装备",
    "船舶",
    "轨道交通",
    "信息",
    "生物",
    "能源",
]


def firms(n: int, *, seed: int = 2015, start: int = 0) -> pd.DataFrame:
    """Return n firms with the columns of the store, numbered from ``start``; 2 % have no position."""
    rng = np.random.default_rng(seed)
    districts = load_districts()
    place = rng.choice(len(districts), size=n, p=_weights(len(districts), rng))
    lon = districts["lon"].to_numpy()[place] + rng.normal(0, 0.06, n)
    lat = districts["lat"].to_numpy()[place] + rng.normal(0, 0.045, n)
    lost = rng.random(n) < 0.02
    lon[lost] = lat[lost] = np.nan
    sectors = np.array(SECTOR_IDS[len(FIELD_IDS) :])
    first = sectors[rng.choice(len(sectors), size=n, p=_weights(len(sectors), rng))]
    second = sectors[rng.integers(0, len(sectors), n)]
    two = rng.random(n) < 0.2
    none = rng.random(n) < 0.3
    texts = np.where(two, np.char.add(np.char.add(first, ";"), second), first)
    words = rng.integers(0, len(WORDS), (n, 3))
    names = [
        f"{PLACES[a]}{WORDS[b]}{WORDS[c]}{WORDS[d]}{TRADES[e]}（{i % 97}）有限公司"
        for i, (a, b, c, d, e) in enumerate(
            zip(
                rng.integers(0, len(PLACES), n),
                *words.T,
                rng.integers(0, len(TRADES), n),
                strict=True,
            )
        )
    ]
    codes = [f"91210{i:013d}" for i in range(start, start + n)]
    frame = pd.DataFrame(
        {
            "enterprise_id": codes,
            "origin": "registry",
            "name": names,
            "legal_name": names,
            "kind": "enterprise",
            "uscc": codes,
            "sectors": np.where(none, "", texts),
            "sector_scores": np.where(none, "", np.where(two, "0.8;0.4", "0.8")),
            "scope": "数控机床、工业机器人及零部件的研发、制造、销售；技术咨询、技术服务；货物进出口。",
            "roles": "maker",
            "city": districts["city"].to_numpy()[place],
            "adcode": districts["adcode"].to_numpy()[place],
            "district": districts["name"].to_numpy()[place],
            "address": [f"建设路{i % 900}号" for i in range(n)],
            "lon": lon,
            "lat": lat,
            "precision": np.where(lost, "none", "street"),
            "radius_m": np.where(lost, np.nan, 700.0),
            "confidence": np.where(lost, 0.0, rng.random(n).round(2)),
            "evidence": "road",
            "coord_source": "synthetic",
            "status": np.where(lost, "unresolved", "probable"),
            "registered": [f"{2000 + i % 20}-{1 + i % 12:02d}-15" for i in range(n)],
            "capital": rng.lognormal(5, 2, n).round(1),
        }
    )
    for column, kind in ENTERPRISE_COLUMNS.items():
        if column not in frame.columns and column != "fid":
            frame[column] = "" if kind == "str" else np.nan
    return frame


def _weights(n: int, rng: np.random.Generator) -> np.ndarray:
    weights = rng.pareto(1.5, n) + 0.1
    return weights / weights.sum()


def main(n: int, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    with open_store(str(path), writable=True) as store:
        build_store(store)
        rows = firms(n)
        for start in range(0, n, 100_000):
            with store.writer() as writer:
                counts = writer.upsert_enterprises(rows.iloc[start : start + 100_000])
            print(start, counts.stored, f"{time.perf_counter() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
