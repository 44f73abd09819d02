"""Write data/parks.geojson from the table below and the shipped district boundaries.

Run from the top of the repository: ``python scripts/build_parks.py``. A place is drawn as a polygon
only where its extent can be defended; here those are the three agglomeration areas, which the
Shenyang document names by their districts. Everything else is a point with the radius that holds
the place with about 90 % probability, or has no geometry at all where no source says where it lies.
Coordinates are WGS-84 and rounded to what they are worth (0.001 degrees and coarser).
"""

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"
PROVINCE = "liaoning-2015-25"
CITY = "shenyang-emerging-industries-opinion"
UNVERIFIED = "public knowledge, unverified"
DOCUMENT = "named in the document; no other source"

Park = dict[str, Any]


def park(
    park_id: str,
    name: str,
    kind: str,
    *,
    aliases: str = "",
    city: str = "沈阳市",
    adcode: str = "",
    district: str = "",
    sectors: str = "",
    documents: str = PROVINCE,
    point: tuple[float, float] | None = None,
    radius_m: int | None = None,
    district_shape: bool = False,
    source: str = DOCUMENT,
    note: str = "",
) -> Park:
    """Return one row; ``point`` is (lon, lat), None where no source gives a place."""
    return {
        "park_id": park_id,
        "name": name,
        "aliases": aliases,
        "kind": kind,
        "city": city,
        "adcode": adcode,
        "district": district,
        "sectors": sectors,
        "documents": documents,
        "boundary_status": "approximate" if district_shape else "point",
        "radius_m": radius_m,
        "source": source,
        "note": note,
        "point": point,
    }


PARKS: list[Park] = [
    park(
        "hunnan-aviation-park",
        "沈阳浑南航空产业园",
        "industrial_park",
        aliases="浑南航空产业园;沈阳民用航空产业园",
        adcode="210112",
        district="浑南区",
        sectors="aviation",
        point=(123.47, 41.67),
        radius_m=5000,
        source="新浪军事 2008-02-26（国家高技术产业基地批复报道：规划28平方公里及四至）",
        note="规划28平方公里：东临沈本高速，西至沈丹铁路，北靠苏抚灌渠，南至桃仙机场用地；"
        "点为该四至的大致中心，四至线位未测绘，不画多边形",
    ),
    park(
        "shenbei-aerospace-park",
        "沈北航空航天产业园",
        "industrial_park",
        aliases="沈北航空产业园;沈北航空园",
        adcode="210113",
        district="沈北新区",
        sectors="aviation",
        point=(123.48, 42.0),
        radius_m=13000,
        source="新华网 2014-05-04（沈北航空产业园规划面积26.2平方公里）；位置 " + UNVERIFIED,
        note="规划26.2平方公里，通用航空为主；公开材料未给四至，"
        "点为沈北新区产业用地的大致中部，半径覆盖道义、虎石台、新城子",
    ),
    park(
        "faku-general-aviation-base",
        "法库通用航空产业基地",
        "industry_base",
        aliases="法库通用航空产业园;沈阳法库通用航空产业基地;沈阳通用航空产业基地",
        adcode="210124",
        district="法库县",
        sectors="aviation",
        documents=f"{PROVINCE};{CITY}",
        point=(123.34, 42.37),
        radius_m=9000,
        source="新华社 2018-08-21（位于法库县十间房镇）；"
        "中新网 2014-09-02（核心区68平方公里）；点位 " + UNVERIFIED,
        note="两个文件所称的基地与产业园是同一处，依财湖机场而建",
    ),
    park(
        "dengshahe-general-aviation-base",
        "大连登沙河通用航空产业基地",
        "industry_base",
        aliases="登沙河通用航空产业基地;大连航空产业园;大连通用航空产业园",
        city="大连市",
        adcode="210213",
        district="金州区",
        sectors="aviation",
        point=(122.06, 39.2),
        radius_m=6000,
        source="中国工业报 2012-05-31（登沙河临港工业区内，约13.29平方公里）；"
        "点位由同区特钢厂（GEM, CC BY 4.0）推估",
        note="在金州区登沙河临港工业区；后机场工程称太山通航机场",
    ),
    park(
        "faku-ceramics-park",
        "法库陶瓷产业园",
        "industrial_park",
        aliases="法库陶瓷产业集群;法库陶瓷产业园区",
        adcode="210124",
        district="法库县",
        sectors="ceramics_glass",
        point=(123.40, 42.47),
        radius_m=8000,
        source="公开报道 2010-2015（法库经济开发区内，建成约20平方公里）；点位 " + UNVERIFIED,
        note="文件把它列在依托重点企业中，它是园区；在法库经济开发区",
    ),
    park(
        "fushun-hengde-rare-earth-park",
        "抚顺恒德稀土深加工产业园",
        "industrial_park",
        aliases="恒德稀土深加工产业园",
        city="抚顺市",
        adcode="210404",
        district="望花区",
        sectors="rare_earth",
        point=(123.72, 41.83),
        radius_m=8000,
        source="公开报道 2009-05-25（辽宁恒德磁业有限公司的厂在辽宁（抚顺）先进装备制造业基地，"
        "抚顺经济开发区内）；点位 " + UNVERIFIED,
        note="文件把它列在依托重点企业中，它是园区；产业园在该公司厂址一带是推定，点为抚顺经济开发区的大致中部",
    ),
    park(
        "shenbei-location-service-base",
        "沈北位置服务基地",
        "industry_base",
        aliases="位置服务基地",
        adcode="210113",
        district="沈北新区",
        sectors="software",
        note="文件以“沈北”定其区；基地的确切位置未找到，不落点",
    ),
    park(
        "dalian-digital-home-base",
        "大连国家级数字家庭应用示范基地",
        "demonstration_base",
        aliases="国家级数字家庭应用示范基地;大连“国家级数字家庭应用示范基地”",
        city="大连市",
        sectors="digital_av",
        note="文件只说在大连；称号授予城市产业群，没有四至，不落点",
    ),
    park(
        "shenyang-two-integration-zone",
        "沈阳国家级两化融合试验区",
        "pilot_zone",
        aliases="国家级两化融合试验区;沈阳市国家级信息化和工业化融合试验区",
        sectors="communications",
        note="覆盖沈阳全市的试验区称号，没有园区界线，不落点",
    ),
    park(
        "shenyang-innovation-reform-zone",
        "沈阳市全面创新改革试验区",
        "pilot_zone",
        aliases="全面创新改革试验区;创新改革试验区",
        documents=PROVINCE,
        note="覆盖沈阳全市的改革试验区称号，没有园区界线，不落点；沈阳文件称“系统推进全面创新改革试验”",
    ),
    park(
        "china-germany-equipment-park",
        "中德装备园",
        "industrial_park",
        aliases="中德（沈阳）高端装备制造产业园;中德(沈阳)高端装备制造产业园;中德园",
        adcode="210106",
        district="铁西区",
        sectors="smart_manufacturing;robotics;nev;env_equipment;rail",
        documents=CITY,
        point=(123.18, 41.71),
        radius_m=7000,
        source="国务院2015年12月批复建设方案；"
        "园区简介（规划48平方公里，核心区20平方公里，铁西区西南部，宝马铁西工厂在内）；点位 "
        + UNVERIFIED,
        note="在沈阳经济技术开发区内；四至线位未取得，不画多边形",
    ),
    park(
        "shenyang-env-park",
        "节能环保产业园",
        "industrial_park",
        aliases="沈阳节能环保产业园",
        sectors="env_equipment;recycling",
        documents=CITY,
        note="沈阳文件点名但未说在哪个区；公开材料中有几处环保类园区，无法确认是哪一处，不落点",
    ),
    park(
        "tiexi-agglomeration",
        "铁西产业集聚区",
        "agglomeration_area",
        aliases="铁西集聚区",
        adcode="210106",
        district="铁西区",
        sectors="smart_manufacturing;major_equipment",
        documents=CITY,
        source="boundary of 铁西区 (data/districts.geojson)",
        note="文件“铁西、浑南、沈北3大产业集聚区”以区名称之，以区界为最大范围；主导产业取自公开定位，非文件所列",
        district_shape=True,
    ),
    park(
        "hunnan-agglomeration",
        "浑南产业集聚区",
        "agglomeration_area",
        aliases="浑南集聚区",
        adcode="210112",
        district="浑南区",
        sectors="robotics;aviation;software;ic",
        documents=CITY,
        source="boundary of 浑南区 (data/districts.geojson)",
        note="文件“铁西、浑南、沈北3大产业集聚区”以区名称之，以区界为最大范围；主导产业取自公开定位，非文件所列",
        district_shape=True,
    ),
    park(
        "shenbei-agglomeration",
        "沈北产业集聚区",
        "agglomeration_area",
        aliases="沈北集聚区",
        adcode="210113",
        district="沈北新区",
        sectors="aviation;software",
        documents=CITY,
        source="boundary of 沈北新区 (data/districts.geojson)",
        note="文件“铁西、浑南、沈北3大产业集聚区”以区名称之，以区界为最大范围；主导产业取自公开定位，非文件所列",
        district_shape=True,
    ),
    park(
        "shenyang-germany-pilot-zone",
        "沈阳对德合作先行区",
        "pilot_zone",
        aliases="对德合作先行区",
        sectors="smart_manufacturing;nev",
        documents=CITY,
        note="责任单位括注铁西区、沈北新区政府；跨两区的合作区，没有界线，不落点，不归一区",
    ),
    park(
        "shenyang-general-aviation-demo-base",
        "沈阳通航国家综合示范基地",
        "demonstration_base",
        aliases="通航国家综合示范基地;沈阳通用航空产业综合示范区",
        adcode="210124",
        district="法库县",
        sectors="aviation",
        documents=CITY,
        point=(123.34, 42.37),
        radius_m=12000,
        source="文件该条责任单位为苏家屯区、法库县政府，通航在法库；点位同法库通用航空产业基地",
        note="区由责任单位推定；核心在法库通用航空产业基地",
    ),
    park(
        "shenyang-materials-base",
        "沈阳材料国家高技术产业基地",
        "industry_base",
        aliases="材料国家高技术产业基地;沈阳金属新材料产业园",
        adcode="210111",
        district="苏家屯区",
        sectors="light_alloy;special_steel;rare_metals",
        documents=CITY,
        point=(123.34, 41.645),
        radius_m=6000,
        source="中国工业报 2015-08-26（沈阳金属新材料产业园，雪松经济开发区，一期8平方公里）；"
        "文件该条责任单位为苏家屯区；点位 " + UNVERIFIED,
        note="区由责任单位推定；点为苏家屯城区南侧产业用地的大致中心",
    ),
]


def feature(row: Park, shapes: dict[str, Any]) -> dict[str, Any]:
    """Return one GeoJSON feature; the geometry is null where the place is unknown."""
    properties = {name: value for name, value in row.items() if name != "point"}
    geometry = None
    if row["boundary_status"] == "approximate":
        geometry = shapes[row["adcode"]]
    elif row["point"] is not None:
        geometry = {"type": "Point", "coordinates": list(row["point"])}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def main() -> None:
    """Write the file whole or not at all."""
    districts = json.loads((DATA / "districts.geojson").read_text(encoding="utf-8"))
    shapes = {f["properties"]["adcode"]: f["geometry"] for f in districts["features"]}
    lines = [
        json.dumps(feature(row, shapes), ensure_ascii=False, separators=(",", ":")) for row in PARKS
    ]
    text = (
        '{"type":"FeatureCollection","name":"parks","features":[\n' + ",\n".join(lines) + "\n]}\n"
    )
    target = DATA / "parks.geojson"
    temporary = target.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(target)


if __name__ == "__main__":
    main()
