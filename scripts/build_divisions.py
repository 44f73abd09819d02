"""Build ``data/gazetteer/divisions.csv``: the names of Liaoning's divisions, now and before.

Current names and codes come from the Ministry of Civil Affairs' list (end of 2025, MIT-licensed copy
``divisions_2026.json``); former names are written down below with the year of the State Council's
approval. The yearly code books in ``division_changes_liaoning.json`` show most of them a year or two
late (浑南区 2016 instead of 2014, 调兵山市 and others as listed), which is why they are not read
blindly: the script only checks that every change in them is known here.

Usage: python scripts/build_divisions.py SHARED_GAZETTEER_DIR
"""

import csv
import json
import sys
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "data" / "gazetteer" / "divisions.csv"
COLUMNS = ("adcode", "name", "form", "level", "city_adcode", "valid_from", "valid_to", "note")

# former name, code of the division that holds the place today, first year, last year, note
FORMER = """
旅大市|210200|1950|1981|renamed 大连市
锦西市|211400|1989|1994|renamed 葫芦岛市
铁岭地区|211200||1984|became 铁岭市
朝阳地区|211300||1984|became 朝阳市
东陵区|210112|1964|2014|renamed 浑南区
浑南新区|210112|2001|2014|functional zone, merged into 浑南区
新城子区|210113|1964|2006|became 沈北新区
辽中县|210115||2016|became 辽中区
新民县|210181||1993|became 新民市
金县|210213||1987|became 金州区
金州新区|210213|2010|2016|functional zone over 金州区 and the development zone
新金县|210214||1991|became 普兰店市
普兰店市|210214|1991|2015|became 普兰店区
复县|210281||1985|became 瓦房店市
庄河县|210283||1992|became 庄河市
旧堡区|210311|1984|1996|renamed 千山区
海城县|210381||1985|became 海城市
岫岩县|210323||1985|became 岫岩满族自治县
露天区|210403||1999|renamed 东洲区
新宾县|210422||1985|became 新宾满族自治县
清原县|210423||1989|became 清原满族自治县
本溪县|210521||1989|became 本溪满族自治县
桓仁县|210522||1989|became 桓仁满族自治县
宽甸县|210624||1989|became 宽甸满族自治县
东沟县|210681||1993|became 东港市
凤城县|210682||1985|became 凤城满族自治县
凤城满族自治县|210682|1985|1994|became 凤城市
锦县|210781||1993|became 凌海市
北镇县|210782||1989|became 北镇满族自治县
北镇满族自治县|210782|1989|1995|became 北宁市
北宁市|210782|1995|2006|renamed 北镇市
盖县|210881||1992|became 盖州市
营口县|210882||1992|became 大石桥市
灯塔县|211081||1996|became 灯塔市
盘山区|211102|1984|1986|renamed 双台子区
大洼县|211104||2016|became 大洼区
铁法市|211281|1981|2002|renamed 调兵山市
铁法区|211281|1984|1986|became 铁法市
开原县|211282||1988|became 开原市
北票县|211381||1985|became 北票市
凌源县|211382||1991|became 凌源市
喀左县|211324|||short for 喀喇沁左翼蒙古族自治县
喀左蒙古族自治县|211324|||short for 喀喇沁左翼蒙古族自治县
喀喇沁左翼县|211324|||short for 喀喇沁左翼蒙古族自治县
阜蒙县|210921|||short for 阜新蒙古族自治县
阜新县|210921|||short for 阜新蒙古族自治县
阜新蒙古自治县|210921|||miswritten 阜新蒙古族自治县
锦西县|211402||1985|became 锦西市
葫芦岛区|211403|1982|1994|became 龙港区
兴城县|211481||1986|became 兴城市
沈北区|210113|||miswritten 沈北新区
旅顺区|210212|||miswritten 旅顺口区
甘井区|210211|||miswritten 甘井子区
"""

# Names of two characters that are also common words or parts of many other names get no short form.
SHORT_SUFFIXES = ("蒙古族自治县", "满族自治县", "新区", "区", "县", "市")
SPOKEN = {
    "210323": "岫岩", "210422": "新宾", "210423": "清原", "210521": "", "210522": "桓仁",
    "210624": "宽甸", "210921": "", "211324": "喀左", "210113": "沈北", "210727": "", "210212": "旅顺",
    "210421": "", "211021": "", "211221": "", "211321": "", "210904": "", "211204": "",
}  # fmt: skip

# Short names of urban districts that mean nothing else; those of counties never do.
DISTINCT = {
    "旅顺", "浑南", "沈北", "于洪", "苏家屯", "辽中", "沙河口", "甘井子", "金州", "普兰店", "鲅鱼圈",
    "大洼", "弓长岭", "双台子", "兴隆台", "南芬", "溪湖", "调兵山", "清河门", "新邱", "皇姑", "沈河",
}  # fmt: skip


def short_form(name: str, adcode: str) -> str:
    """Return the name without its generic ending; "" where that would be another place's name."""
    if adcode in SPOKEN:
        return SPOKEN[adcode]
    for suffix in SHORT_SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return ""


OURS_TOO = {"滨海新区"}


def elsewhere_rows(counties: dict[str, str], city_code: str) -> list[tuple[str, ...]]:
    """Return counties and county-level cities elsewhere: 昆山市 is said to be outside, not sought.

    Of districts (区) only those with long names are: 浦东新区, 石景山区. 向阳区 or 新华区 is also what
    people call a quarter of their own town, and 滨海新区 a zone of 锦州.
    """
    return [
        (code[:6], name, "current", "district", city_code, "", "", "")
        for name, code in counties.items()
        if (len(name) >= 3 and name.endswith(("市", "县", "旗")))
        or (len(name) >= 4 and name.endswith("区") and name not in OURS_TOO)
    ]


def current_rows(provinces: dict[str, dict[str, object]]) -> list[tuple[str, ...]]:
    """Return Liaoning's present divisions, and the provinces and cities elsewhere by name."""
    rows: list[tuple[str, ...]] = []
    for province, entry in provinces.items():
        code = str(entry["code"])[:6]
        rows.append((code, province, "current", "province", "", "", "", ""))
        cities = entry["cities"]
        assert isinstance(cities, dict)
        for city, city_entry in cities.items():
            city_code = str(city_entry["code"] or "")[:6]
            if not city:
                rows += elsewhere_rows(city_entry["counties"], "")
                continue
            rows.append((city_code, city, "current", "city", city_code, "", "", ""))
            if province != "辽宁省":
                rows += elsewhere_rows(city_entry["counties"], city_code)
                continue
            rows.append((city_code, city[:-1], "short", "city", city_code, "", "", ""))
            for name, county in city_entry["counties"].items():
                adcode = county[:6]
                rows.append((adcode, name, "current", "district", city_code, "", "", ""))
                short = short_form(name, adcode)
                if short:
                    plain = int(adcode[4:]) < 20 and short not in DISTINCT
                    form = "short" if plain else "distinct"
                    rows.append((adcode, short, form, "district", city_code, "", "", ""))
    return rows


def former_rows() -> list[tuple[str, ...]]:
    """Return the former names of ``FORMER`` as rows."""
    rows = []
    for line in FORMER.strip().splitlines():
        name, adcode, first, last, note = line.split("|")
        if not note:
            continue
        level = "city" if adcode.endswith("00") else "district"
        form = "former" if last else "alias"
        rows.append((adcode, name, form, level, adcode[:4] + "00", first, last, note))
    return rows


def main() -> None:
    """Write the table, after checking the former names against the yearly code books."""
    folder = Path(sys.argv[1])
    provinces = json.loads((folder / "divisions_2026.json").read_text("utf-8"))["provinces"]
    changes = json.loads((folder / "division_changes_liaoning.json").read_text("utf-8"))["events"]
    rows = current_rows(provinces) + former_rows()
    ours = {row[1] for row in rows if row[0].startswith("21")}
    rows = [row for row in rows if row[0].startswith("21") or row[1] not in ours]
    known = {row[1] for row in rows}
    for event in changes:
        name = (event["old"] or {}).get("name")
        if name and name not in known:
            print(f"not taken over: {event['year']} {event['type']} {name}", file=sys.stderr)
    with OUT.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    print(f"{OUT}: {len(rows)} names")


if __name__ == "__main__":
    main()
