"""The abstract tests of CQL2 (OGC 21-065r2, annex A) for the classes that the server declares.

Each is asked of every queryable of every collection, as the annex says, and what it claims about the
result sets is asserted.
"""

import itertools
import json
import random
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from clusteratlas.api.cql2 import evaluate, read_filter
from clusteratlas.api.cql2_text import parse_text
from clusteratlas.api.crs import find_crs
from clusteratlas.api.routers.catalogue import CONFORMANCE
from clusteratlas.api.routers.queryables import column_type
from clusteratlas.errors import InputError
from clusteratlas.store.index import Layer

VALUES = {"string": "'foo'", "boolean": "true", "number": "3.14", "integer": "1"}
OPERATORS = ("=", "<>", ">", "<", ">=", "<=")
CRS84 = find_crs("CRS84")

Ask = Callable[[Layer, str], set[int]]


@pytest.fixture(scope="module")
def layers(client: TestClient, app: FastAPI) -> list[Layer]:
    served = list(app.state.atlas.served.snapshot.layers.values())
    # The boolean of the clusters, which the shipped data alone do not have.
    truths = pa.table({"cluster_id": ["a", "b", "c"], "significant": [True, False, None]})
    corners = np.array([120.0, 121.0, np.nan]), np.array([40.0, 41.0, np.nan])
    extra = Layer("clusters", truths, np.arange(1, 4), *corners)
    return [layer for layer in [*served, extra] if len(layer)]


def found(layer: Layer, text: str) -> set[int]:
    return set(np.flatnonzero(evaluate(layer, read_filter(text, "cql2-text"), CRS84)).tolist())


def queryables(layers: list[Layer], *kinds: str) -> Iterator[tuple[Layer, str, str]]:
    for layer in layers:
        for field in layer.table.schema:
            kind = column_type(field.type)
            if not kinds or kind in kinds:
                yield layer, field.name, kind


def test_comparisons_with_a_value_part_the_rows(layers: list[Layer]) -> None:
    for layer, name, kind in queryables(layers):
        value = VALUES[kind]
        sets = {op: found(layer, f"{name} {op} {value}") for op in OPERATORS}
        for one, other in (("=", "<>"), (">", "<="), ("<", ">=")):
            assert not sets[one] & sets[other]
            assert sets[one] | sets[other] == found(layer, f"{name} IS NOT NULL")
        mirrored = {"=": "=", "<>": "<>", ">": "<", "<": ">", ">=": "<=", "<=": ">="}
        for op in OPERATORS:
            assert found(layer, f"{value} {mirrored[op]} {name}") == sets[op]


def test_null_and_not_null_part_the_rows(layers: list[Layer]) -> None:
    for layer, name, _ in [*queryables(layers), *((one, "geometry", "") for one in layers)]:
        unknown, known = found(layer, f"{name} IS NULL"), found(layer, f"{name} is not null")
        assert not unknown & known
        assert len(unknown) + len(known) == len(layer)


def test_property_compared_with_itself(layers: list[Layer]) -> None:
    for layer, name, _ in queryables(layers):
        known = found(layer, f"{name} IS NOT NULL")
        for op in OPERATORS:
            assert found(layer, f"{name} {op} {name}") == (known if "=" in op else set())


@pytest.mark.parametrize(
    "value",
    ["'foo'", "true", "3.14", "1", "TIMESTAMP('2022-04-14T14:48:46Z')", "DATE('2022-04-14')"],
)
def test_value_compared_with_itself(layers: list[Layer], value: str) -> None:
    for layer, op in itertools.product(layers, OPERATORS):
        assert len(found(layer, f"{value} {op} {value}")) == (len(layer) if "=" in op else 0)


def test_truth_values_are_filters(layers: list[Layer]) -> None:
    for layer in layers:
        assert len(found(layer, "true")) == len(layer)
        assert not found(layer, "FALSE")


def test_like(layers: list[Layer]) -> None:
    for layer, name, _ in queryables(layers, "string"):
        assert not found(layer, f"{name} like '_%'") & found(layer, f"{name} like ''")
        every = found(layer, f"{name} LIKE '%'")
        assert every == found(layer, f"{name} like '%%'") == found(layer, f"{name} IS NOT NULL")
        assert found(layer, f"{name} like '\\%\\_'") == found(layer, f"{name} = '%_'")


def test_between_and_in(layers: list[Layer]) -> None:
    for layer, name, kind in queryables(layers, "number", "integer", "boolean", "string"):
        if kind in {"number", "integer"}:
            both = found(layer, f"{name} >= 0 AND {name} <= 100")
            assert found(layer, f"{name} BETWEEN 0 AND 100") == both
            assert not found(layer, f"{name} between 100.0 and 1.0")
            either = found(layer, f"{name} = 1 OR {name} = 2 OR {name} = 3")
            assert found(layer, f"{name} IN (1, 2, 3)") == either
        elif kind == "boolean":
            assert found(layer, f"{name} in (true)") == found(layer, f"{name} = TRUE")
            assert found(layer, f"{name} not in (false)") == found(layer, f"{name} = true")
        else:
            either = found(layer, f"{name} = 'foo' OR {name} = '沈阳市'")
            assert found(layer, f"{name} in ('foo', '沈阳市')") == either


def test_case_and_accents(layers: list[Layer]) -> None:
    for layer, name, _ in queryables(layers, "string"):
        for wrap, one, other in (
            ("CASEI({})", "foo", "FOO"),
            ("ACCENTI({})", "Ä", "A"),
            ("ACCENTI(CASEI({}))", "ÄÉ", "ae"),
        ):
            left, a, b = (wrap.format(part) for part in (name, f"'{one}'", f"'{other}'"))
            assert found(layer, f"{left} = {a}") == found(layer, f"{left} = {b}")
            assert not found(layer, f"{left} = {a}") & found(layer, f"{left} <> {b}")
            a, b = (wrap.format(f"'{part}%'") for part in (one, other))
            assert found(layer, f"{left} LIKE {a}") == found(layer, f"{left} LIKE {b}")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1038280+8", 1038288),
        ("1038290-2*2^0", 1038288),
        ("1038290-20/10", 1038288),
        ("1038290-21 div 10", 1038288),
        ("1038290-5%2", 1038289),
        ("1038200+8*11", 1038288),
        ("1038280+2^3", 1038288),
        ("3*(900000+100000)", 3000000),
        ("-7 div 2", -3),
        ("-7 % 2", -1),
    ],
)
def test_arithmetic(expression: str, value: float) -> None:
    column = pa.table({"n": pa.array([value, value + 1.0, None, -value + 0.5])})
    layer = Layer("clusters", column, np.arange(1, 5), np.zeros(4), np.zeros(4))
    assert found(layer, f"n = {expression}") == {0}
    assert found(layer, f"{expression} = n") == {0}
    assert found(layer, f"n IN ({expression}, 5)") == {0}
    assert found(layer, f"n + 0 <> {expression}") == {1, 3}


WORLD = "BBOX(-180,-90,180,90)"
WORLD_POLYGON = "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))"
AREAS = (
    "POLYGON((-180 -90, -90 -90, -90 90, -180 90, -180 -90), "
    "(-120 -50, -100 -50, -100 -40, -120 -40, -120 -50))",
    "MULTIPOLYGON(((120 40, 123 40, 123 42, 120 42, 120 40)),((0 0, 10 0, 10 10, 0 10, 0 0)))",
    "GEOMETRYCOLLECTION(POINT(123.4 41.8), POLYGON((120 40, 121 40, 121 41, 120 41, 120 40)))",
)
LINES = ("LINESTRING(7 50, 124 41)", "MULTILINESTRING((-180 -45, 0 -45), (0 41.5, 180 41.5))")
POINTS = ("POINT(7.02 49.92)", "MULTIPOINT(7 50,123.4 41.8)")
SHAPES = (*AREAS, *LINES, *POINTS)
FUNCTIONS = (
    "INTERSECTS",
    "DISJOINT",
    "EQUALS",
    "TOUCHES",
    "CROSSES",
    "OVERLAPS",
    "WITHIN",
    "CONTAINS",
)


def test_spatial_functions(layers: list[Layer]) -> None:
    for layer in layers:
        placed = found(layer, "geometry IS NOT NULL")
        for name in FUNCTIONS:
            by_box = found(layer, f"S_{name}(geometry,{WORLD})")
            assert by_box == found(layer, f"S_{name}(geometry,{WORLD_POLYGON})")
            assert by_box == (placed if name in {"INTERSECTS", "WITHIN"} else set())
        for shape in SHAPES:
            sets = {name: found(layer, f"S_{name}(geometry,{shape})") for name in FUNCTIONS}
            assert not sets["INTERSECTS"] & sets["DISJOINT"]
            assert sets["INTERSECTS"] | sets["DISJOINT"] == placed
            assert sets["EQUALS"] <= sets["WITHIN"] & sets["CONTAINS"]
            for name in ("TOUCHES", "CROSSES", "OVERLAPS", "WITHIN", "CONTAINS", "EQUALS"):
                assert sets[name] <= sets["INTERSECTS"]
            assert found(layer, f"S_CONTAINS({shape},geometry)") == sets["WITHIN"]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("shape", ["POINT(90 180)", "MULTIPOINT(7.02 49.92, 90 180)"])
def test_coordinates_outside_of_the_world_are_refused(
    layers: list[Layer], name: str, shape: str
) -> None:
    with pytest.raises(InputError, match="lies outside"):
        found(layers[0], f"S_{name}(geometry,{shape})")


def test_box_across_the_180th_meridian(layers: list[Layer]) -> None:
    for layer in layers:
        around = found(layer, "S_INTERSECTS(geometry,BBOX(122,-90,121,90))")
        parts = "S_INTERSECTS(geometry,BBOX(122,-90,180,90)) OR "
        assert around == found(layer, parts + "S_INTERSECTS(geometry,BBOX(-180,-90,121,90))")
        heights = found(layer, "S_INTERSECTS(geometry,BBOX(121,40,0,124,42,9000))")
        assert heights == found(layer, "S_INTERSECTS(geometry,BBOX(121,40,124,42))")


def test_combinations_of_predicates(layers: list[Layer]) -> None:
    """``((NOT p1 AND p2) OR (p3 and NOT p4) or not (p1 AND p4))``, with unknown left out."""
    chance = random.Random(1)
    predicates = [
        "name LIKE '%沈阳%'",
        "name > '大连'",
        "S_INTERSECTS(geometry,BBOX(121,40,124,42))",
        "casei(name) = casei('x')",
        "geometry IS NULL",
        "TRUE",
    ]
    for layer in [one for one in layers if "name" in one.columns]:
        sets = {p: found(layer, p) for p in predicates}
        negated = {p: found(layer, f"NOT ({p})") for p in predicates}
        for _ in range(10):
            p1, p2, p3, p4 = (chance.choice(predicates) for _ in range(4))
            text = f"((NOT ({p1}) AND {p2}) OR ({p3} and NOT ({p4})) or not ({p1} AND {p4}))"
            expected = (negated[p1] & sets[p2]) | (sets[p3] & negated[p4])
            expected |= negated[p1] | negated[p4]
            assert found(layer, text) == expected


TEXT_AND_JSON = [
    ("a = 1", {"op": "=", "args": [{"property": "a"}, 1]}),
    (
        "NOT a LIKE 'x%' AND b IS NOT NULL",
        {
            "op": "and",
            "args": [
                {"op": "not", "args": [{"op": "like", "args": [{"property": "a"}, "x%"]}]},
                {"op": "not", "args": [{"op": "isNull", "args": [{"property": "b"}]}]},
            ],
        },
    ),
    (
        "casei(a) IN (casei('X'), 'y')",
        {
            "op": "in",
            "args": [
                {"op": "casei", "args": [{"property": "a"}]},
                [{"op": "casei", "args": ["X"]}, "y"],
            ],
        },
    ),
    ("a BETWEEN 1 AND 2", {"op": "between", "args": [{"property": "a"}, 1, 2]}),
    (
        "T_METBY(d, INTERVAL('2001-01-01', '..'))",
        {"op": "t_metBy", "args": [{"property": "d"}, {"interval": ["2001-01-01", ".."]}]},
    ),
    (
        "S_WITHIN(geometry, BBOX(1,2,3,4)) OR d > DATE('2001-01-01')",
        {
            "op": "or",
            "args": [
                {"op": "s_within", "args": [{"property": "geometry"}, {"bbox": [1, 2, 3, 4]}]},
                {"op": ">", "args": [{"property": "d"}, {"date": "2001-01-01"}]},
            ],
        },
    ),
    (
        "S_DISJOINT(geometry, POINT(1 2))",
        {
            "op": "s_disjoint",
            "args": [{"property": "geometry"}, {"type": "Point", "coordinates": [1, 2]}],
        },
    ),
    (
        "a = 2 + 3 * b ^ 2",
        {
            "op": "=",
            "args": [
                {"property": "a"},
                {
                    "op": "+",
                    "args": [
                        2,
                        {"op": "*", "args": [3, {"op": "^", "args": [{"property": "b"}, 2]}]},
                    ],
                },
            ],
        },
    ),
]


@pytest.mark.parametrize(("text", "node"), TEXT_AND_JSON, ids=[text for text, _ in TEXT_AND_JSON])
def test_text_is_read_into_the_json_of_the_standard(text: str, node: object) -> None:
    assert json.loads(json.dumps(parse_text(text))) == node


def test_only_what_holds_is_declared() -> None:
    declared = {uri.rpartition("/")[2] for uri in CONFORMANCE if "/cql2/" in uri}
    assert declared == {
        "cql2-text",
        "cql2-json",
        "basic-cql2",
        "advanced-comparison-operators",
        "case-insensitive-comparison",
        "accent-insensitive-comparison",
        "basic-spatial-functions",
        "basic-spatial-functions-plus",
        "spatial-functions",
        "property-property",
        "arithmetic",
    }  # not array-functions, functions, temporal-functions
