"""CQL2 filters over a layer of six rows whose answers are worked by hand."""

import numpy as np
import orjson
import pyarrow as pa
import pytest

from clusteratlas.api.cql2 import evaluate, read_filter
from clusteratlas.api.crs import CRS84, EPSG4326, find_crs
from clusteratlas.errors import InputError
from clusteratlas.store.index import Layer


@pytest.fixture(scope="module")
def layer() -> Layer:
    names = ["沈阳机床", "Siemens AG", "O'Hara_Ltd", "Café 100%", None, "neusoft"]
    return Layer(
        "enterprises",
        pa.table(
            {
                "name": pa.array(names, pa.large_string()),
                "city": pa.array(
                    ["沈阳", "沈阳", "大连", None, "大连", "沈阳"]
                ).dictionary_encode(),
                "capital": pa.array([100.0, 5.0, None, 7.5, 1e6, 100.0]),
                "registered": pa.array(
                    ["1995-12-18", "2001-01-01", None, "2015-07-01", "2019-01-01", "1991-06-17"],
                    pa.large_string(),
                ),
            }
        ),
        np.arange(1, 7),
        np.array([123.4, 123.5, 121.6, np.nan, 121.5, 123.4]),
        np.array([41.8, 41.7, 38.9, np.nan, 39.0, 41.8]),
    )


CASES = [
    ("name = '沈阳机床'", {1}),
    ("name = 'O''Hara_Ltd'", {3}),
    ("name <> 'neusoft'", {1, 2, 3, 4}),  # unknown is neither equal nor unequal
    ("NOT name = 'neusoft'", {1, 2, 3, 4}),
    ("name LIKE '%soft'", {6}),
    (r"name LIKE '%\_Ltd'", {3}),
    (r"name LIKE '%100\%'", {4}),
    ("name NOT LIKE '%e%'", {1, 3, 4}),
    ("casei(name) = casei('SIEMENS ag')", {2}),
    ("CASEI(name) LIKE casei('NEU%')", {6}),
    ("accenti(name) LIKE 'Cafe%'", {4}),
    ("city = '沈阳' AND capital >= 100", {1, 6}),
    ("city = '沈阳' OR capital > 1000 AND name IS NULL", {1, 2, 5, 6}),
    ("(city = '沈阳' OR capital > 1000) AND name IS NULL", {5}),
    ("capital BETWEEN 5 AND 7.5", {2, 4}),
    ("capital NOT BETWEEN 5 AND 7.5", {1, 5, 6}),
    ("capital IN (100, 5)", {1, 2, 6}),
    ("city NOT IN ('沈阳')", {3, 5}),
    ("capital IS NULL", {3}),
    ("capital IS NOT NULL", {1, 2, 4, 5, 6}),
    ("capital * 2 + 1 = 201", {1, 6}),
    ("(capital + 5) / 2 = 5", {2}),
    ("-capital < -1000", {5}),
    ("capital / 0 > 1", set()),  # unknown, not infinite
    ("NOT capital / 0 > 1", set()),
    ("capital / (capital - 5) IS NULL", {2, 3}),
    ("capital % 0 = 0", set()),
    ("100 = capital", {1, 6}),
    ("registered > DATE('2001-01-01')", {4, 5}),
    ("T_AFTER(registered, TIMESTAMP('2001-01-01T00:00:00Z'))", {4, 5}),
    ("t_during(registered, INTERVAL('1995-01-01','2001-12-31'))", {1, 2}),
    ("t_before(registered, DATE('1992-01-01'))", {6}),
    ("S_INTERSECTS(geometry, BBOX(123,41,124,42))", {1, 2, 6}),
    ("S_INTERSECTS(geometry, POLYGON((121 38, 122 38, 122 39.5, 121 39.5, 121 38)))", {3, 5}),
    ("s_disjoint(geometry, BBOX(123,41,124,42))", {3, 5}),
    ("S_WITHIN(geometry, BBOX(121.55,38,124,42))", {1, 2, 3, 6}),
    ("S_EQUALS(geometry, POINT(123.4 41.8))", {1, 6}),
    ("geometry IS NULL", {4}),
    ("TRUE", {1, 2, 3, 4, 5, 6}),
    ('"capital" = 5', {2}),
]


@pytest.mark.parametrize(("text", "fids"), CASES, ids=[case[0] for case in CASES])
def test_text_filter_finds_the_rows_worked_by_hand(layer: Layer, text: str, fids: set[int]) -> None:
    mask = evaluate(layer, read_filter(text, "cql2-text"), find_crs(CRS84))
    assert set(layer.fid[mask].tolist()) == fids


def test_json_filter_finds_the_same(layer: Layer) -> None:
    node = {
        "op": "and",
        "args": [
            {"op": "=", "args": [{"property": "city"}, "沈阳"]},
            {"op": "not", "args": [{"op": "in", "args": [{"property": "capital"}, [5]]}]},
        ],
    }
    mask = evaluate(layer, read_filter(orjson.dumps(node).decode(), "cql2-json"), find_crs(CRS84))
    assert set(layer.fid[mask].tolist()) == {1, 6}


def test_filter_crs_swaps_the_axes(layer: Layer) -> None:
    node = read_filter("S_INTERSECTS(geometry, BBOX(41,123,42,124))", "cql2-text")
    assert set(layer.fid[evaluate(layer, node, find_crs(EPSG4326))].tolist()) == {1, 2, 6}


@pytest.mark.parametrize(
    "text",
    [
        "name =",
        "name = 5",
        "nobody = 'x'",
        "capital LIKE '5%'",
        "name = 'open",
        "name ; DROP TABLE enterprises",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))",
        "S_INTERSECTS(geometry, geometry)",
        "(" * 50 + "capital = 1" + ")" * 50,
        "NOT " * 60 + "capital = 1",
        "capital = 1e999",
        "unheard_of(name) = 1",
        "t_meets(registered, DATE('2001-01-01'))",
        "registered > DATE('yesterday')",
        "capital IN ()",
        "",
    ],
)
def test_wrong_filter_is_refused_in_one_line(layer: Layer, text: str) -> None:
    with pytest.raises(InputError) as caught:
        evaluate(layer, read_filter(text, "cql2-text"), find_crs(CRS84))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["[", "{}", "5", '{"op":5,"args":[]}', '{"op":"and","args":[]}', "[" * 200 + "]" * 200]
)
def test_wrong_json_filter_is_refused(layer: Layer, text: str) -> None:
    with pytest.raises(InputError):
        evaluate(layer, read_filter(text, "cql2-json"), find_crs(CRS84))


@pytest.mark.parametrize(
    "text",
    ["(" * 40 + "a = 1" + ")" * 40, "NOT " * 40 + "a = 1", "a = " + "-" * 2_000 + "1"],
)
def test_what_is_nested_too_deep_is_refused_before_it_is_read_whole(text: str) -> None:
    with pytest.raises(InputError, match="nested deeper than 32"):
        read_filter(text, "cql2-text")
