"""A small atlas that can be checked by eye: a city of three districts and one outside it."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from clusteratlas.analysis.frames import AtlasFrames

SECTORS = ["robotics", "aviation", "software"]


@pytest.fixture
def frames() -> AtlasFrames:
    """Districts a, b, c of 甲市 in a row, d of 乙市 beyond.

    Firms (robotics, aviation, software): a 20 0 20, b 20 0 20, c 0 30 0, d 1 1 1. Stated: a
    robotics core, b robotics leading, c aviation core and software supporting. One anchor of
    robotics in a.
    """
    boxes = [shapely.box(i, 0, i + 1, 1) for i in range(4)]
    districts = gpd.GeoDataFrame(
        {
            "adcode": ["a", "b", "c", "d"],
            "name": ["甲一区", "甲二区", "甲三县", "乙一区"],
            "city": ["甲市", "甲市", "甲市", "乙市"],
            "city_adcode": ["A", "A", "A", "B"],
            "lon": [0.5, 1.5, 2.5, 3.5],
            "lat": [0.5] * 4,
        },
        geometry=boxes,
        crs="EPSG:4326",
    )
    sectors = pd.DataFrame(
        {
            "sector_id": ["f", *SECTORS],
            "parent": ["", "f", "f", "f"],
            "name_zh": ["领域", "机器人", "航空", "软件"],
            "name_en": ["Field", "Robots", "Aviation", "Software"],
            "products": [""] * 4,
        }
    )
    firms = {"a": [20, 0, 20], "b": [20, 0, 20], "c": [0, 30, 0], "d": [1, 1, 1]}
    cells = [
        (code, sector, 2000, "registry", float(n), float(10 * n))
        for code, row in firms.items()
        for sector, n in zip(SECTORS, row, strict=True)
        if n
    ]
    names = ["adcode", "sector", "year", "origin", "n", "capital"]
    counts = pd.DataFrame([*cells, ("a", "robotics", 0, "anchor", 1.0, 0.0)], columns=names)
    totals = counts.groupby(["adcode", "year", "origin"], as_index=False)[["n", "capital"]].sum()
    stated = [
        ("a", "robotics", "core"),
        ("b", "robotics", "leading"),
        ("c", "aviation", "core"),
        ("c", "software", "supporting"),
    ]
    positionings = pd.DataFrame(stated, columns=["adcode", "sector", "strength"]).assign(
        district="",
        document="plan",
        date="2015",
        quote_location="一、",
        source="text",
        grade="official",
    )
    anchors = pd.DataFrame(
        {
            "enterprise_id": ["robot-maker"],
            "name": ["甲机器人"],
            "sectors": ["robotics"],
            "city": ["甲市"],
            "adcode": ["a"],
        }
    )
    linkages = pd.DataFrame(
        [("supporting", "robotics", "轴承", 0.8, "text", "joints")],
        columns=["supplier", "customer", "product", "weight", "source", "reason"],
    )
    return AtlasFrames(districts, sectors, counts, totals, anchors, positionings, linkages)
