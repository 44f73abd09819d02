"""Answers in the recorded form of each service; values made up but for the documented fields."""

from typing import Any

from clusteratlas.geo.datum import Datum, convert

# A point in 和平区 (三好街, Shenyang) and one in 皇姑区, WGS-84.
HEPING = (123.4265, 41.7690)
HUANGGU = (123.4060, 41.8230)
ADDRESS = "沈阳市和平区三好街55号"


def shifted(point: tuple[float, float], datum: Datum) -> tuple[float, float]:
    lon, lat = convert(*point, source="wgs84", target=datum)
    return round(float(lon), 6), round(float(lat), 6)


def amap(
    point: tuple[float, float] = HEPING,
    *,
    level: str = "门牌号",
    adcode: str = "210102",
    datum: Datum = "gcj02",
) -> dict[str, Any]:
    lon, lat = shifted(point, datum)
    return {
        "status": "1", "info": "OK", "infocode": "10000", "count": "1",
        "geocodes": [
            {
                "formatted_address": "辽宁省沈阳市和平区三好街55号", "country": "中国",
                "province": "辽宁省", "citycode": "024", "city": "沈阳市", "district": "和平区",
                "township": [], "neighborhood": {"name": [], "type": []},
                "building": {"name": [], "type": []}, "adcode": adcode, "street": "三好街",
                "number": "55号", "location": f"{lon},{lat}", "level": level,
            }
        ],
    }  # fmt: skip


AMAP_EMPTY = {"status": "1", "info": "OK", "infocode": "10000", "count": "0", "geocodes": []}


def amap_error(code: str, info: str) -> dict[str, Any]:
    return {"status": "0", "info": info, "infocode": code}


def baidu(
    point: tuple[float, float] = HEPING, *, level: str = "门址", confidence: int = 80
) -> dict[str, Any]:
    lon, lat = shifted(point, "bd09")
    return {
        "status": 0,
        "result": {
            "location": {"lng": lon, "lat": lat}, "precise": 1, "confidence": confidence,
            "comprehension": 100, "level": level,
        },
    }  # fmt: skip


BAIDU_EMPTY = {"status": 1, "msg": "Internal Service Error:无相关结果", "results": []}


def tianditu(
    point: tuple[float, float] = HEPING, *, level: str = "门址", score: int = 100
) -> dict[str, Any]:
    return {
        "msg": "ok",
        "location": {
            "score": score, "level": level, "lon": str(point[0]), "lat": str(point[1]),
            "keyWord": ADDRESS,
        },
        "searchVersion": "6.4.9V", "status": "0",
    }  # fmt: skip


TIANDITU_EMPTY = {"msg": "结果为空", "searchVersion": "6.4.9V", "status": "101"}


def tencent(
    point: tuple[float, float] = HEPING,
    *,
    level: int = 9,
    reliability: int = 8,
    adcode: str = "210102",
) -> dict[str, Any]:
    lon, lat = shifted(point, "gcj02")
    return {
        "status": 0, "message": "Success", "request_id": "0",
        "result": {
            "title": "三好街55号", "location": {"lng": lon, "lat": lat},
            "ad_info": {"adcode": adcode},
            "address_components": {
                "province": "辽宁省", "city": "沈阳市", "district": "和平区",
                "street": "三好街", "street_number": "55号",
            },
            "similarity": 0.99, "deviation": 1000, "reliability": reliability, "level": level,
        },
    }  # fmt: skip


TENCENT_EMPTY = {"status": 347, "message": "查询无结果"}


def nominatim(point: tuple[float, float] = HEPING, *, rank: int = 26) -> list[dict[str, Any]]:
    lon, lat = point
    return [
        {
            "place_id": 1, "licence": "Data © OpenStreetMap contributors, ODbL 1.0",
            "osm_type": "way", "osm_id": 1, "lat": str(lat), "lon": str(lon),
            "class": "highway", "type": "secondary", "place_rank": rank, "importance": 0.05,
            "addresstype": "road", "name": "三好街",
            "display_name": "三好街, 和平区, 沈阳市, 辽宁省, 中国",
            "boundingbox": [
                str(lat - 0.01), str(lat + 0.01), str(lon - 0.001), str(lon + 0.001),
            ],
        }
    ]  # fmt: skip
