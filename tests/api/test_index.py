"""What the server keeps in memory: the grid of points, neighbours, names, pages, parameters."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from clusteratlas.api.feature_bytes import RowBytes, json_strings, json_values
from clusteratlas.api.paging import decode_cursor, encode_cursor
from clusteratlas.api.params import Param, Params, bbox, integer, number, split_query
from clusteratlas.errors import InputError
from clusteratlas.store.name_codes import normalise_all
from clusteratlas.store.name_index import NameIndex, normalise
from clusteratlas.store.neighbours import Neighbours
from clusteratlas.store.point_grid import PointGrid, in_box

# Deadlines measure the machine, not the code.
free = settings(deadline=None, max_examples=60)
degrees = st.floats(min_value=-20, max_value=20)


@free
@given(
    hnp.arrays(np.float64, st.tuples(st.integers(0, 80), st.just(2)), elements=degrees),
    st.tuples(degrees, degrees, degrees, degrees),
    st.integers(0, 60),
    st.integers(1, 30),
)
def test_grid_finds_what_a_scan_finds(
    points: np.ndarray, edges: tuple[float, float, float, float], start: int, limit: int
) -> None:
    lon, lat = points[:, 0].copy(), points[:, 1].copy()
    lon[::7] = np.nan
    box = (edges[0], min(edges[1], edges[3]), edges[2], max(edges[1], edges[3]))
    grid = PointGrid.build(lon, lat)
    expected = np.flatnonzero(in_box(lon, lat, box))
    assert grid.count(box) == len(expected)
    assert sorted(set(grid.rows(box).tolist())) == expected.tolist()
    rows, matched = grid.window(box, start=start, limit=limit)
    assert rows.tolist() == expected[expected >= start][:limit].tolist()
    assert matched == len(expected)


@pytest.mark.parametrize("by_place", [False, True])
def test_grid_finds_the_first_of_many(by_place: bool) -> None:
    rng = np.random.default_rng(4)
    lon, lat = rng.normal(123.4, 0.5, 60_000), rng.normal(41.8, 0.5, 60_000)
    if by_place:
        order = np.argsort(lon)
        lon, lat = lon[order], lat[order]
    grid = PointGrid.build(lon, lat)
    for box in ((123.0, 41.0, 124.0, 42.0), (123.9, 41.0, 124.5, 42.5), (122.0, 40.0, 125.0, 43.0)):
        expected = np.flatnonzero(in_box(lon, lat, box))
        for start, limit in ((0, 10), (0, 3000), (40_000, 100), (59_990, 50)):
            rows, matched = grid.window(box, start=start, limit=limit)
            assert rows.tolist() == expected[expected >= start][:limit].tolist()
            assert matched == len(expected)


@pytest.fixture(scope="module")
def neighbours() -> tuple[Neighbours, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(119, 125, 4000), rng.uniform(39, 43, 4000)
    lon[:50] = np.nan
    rows = {"a": np.arange(0, 4000, 3), "b": np.arange(0, 4000, 4)}
    confidence = rng.random(4000)
    return Neighbours.build(lon, lat, sector_rows=rows, confidence=confidence), lon, lat


@pytest.mark.parametrize("sectors", [None, ("a",), ("a", "b"), ("nobody",)])
def test_nearest_are_those_of_the_geodesic(
    neighbours: tuple[Neighbours, np.ndarray, np.ndarray], sectors: tuple[str, ...] | None
) -> None:
    index, lon, lat = neighbours
    rows, metres = index.nearest(123.4, 41.8, k=20, sectors=sectors, skip=777)
    wanted = np.isfinite(lon)
    wanted[777] = False
    if sectors is not None:
        member = np.zeros(4000, dtype=bool)
        for sector in sectors:
            member[index.by_sector[sector].rows if sector in index.by_sector else []] = True
        wanted &= member
    candidates = np.flatnonzero(wanted)
    ones = np.ones(len(candidates))
    _, _, truth = Geod(ellps="WGS84").inv(
        123.4 * ones, 41.8 * ones, lon[candidates], lat[candidates]
    )
    order = np.argsort(truth, kind="stable")[:20]
    assert rows.tolist() == candidates[order].tolist()
    assert metres == pytest.approx(truth[order], rel=5e-5)


def test_nearest_respects_radius_and_confidence(
    neighbours: tuple[Neighbours, np.ndarray, np.ndarray],
) -> None:
    index, _, _ = neighbours
    rows, metres = index.nearest(123.4, 41.8, k=500, radius_m=20_000, min_confidence=0.5)
    assert len(rows) > 0
    assert (metres <= 20_000).all()
    assert (index.confidence[rows] >= 0.5).all()
    none, _ = index.nearest(0, 0, k=5, radius_m=1000)
    assert len(none) == 0


NAMES = [
    "沈阳市",
    "沈阳机床（集团）有限责任公司",
    "沈鼓集团",
    "沈阳鼓风机集团股份有限公司",
    "Siemens AG",
    "重工",
]


@pytest.fixture(scope="module")
def names() -> NameIndex:
    return NameIndex([pa.array(NAMES, pa.large_string())])


@pytest.mark.parametrize(
    ("query", "entry", "match"),
    [
        ("沈阳市", 0, "exact"),
        ("沈阳机床（集团）有限责任公司", 1, "exact"),
        ("沈阳机床(集团)", 1, "prefix"),
        ("机床", 1, "part"),
        ("沈鼓", 2, "prefix"),
        ("shengu", 2, "pinyin"),
        ("sgjt", 2, "initials"),
        ("SIEMENS", 4, "prefix"),
        ("沈姑集团", 2, "pinyin"),
        ("zhonggong", 5, "pinyin"),
    ],
)
def test_search_finds_the_name_by_its_kind_of_match(
    names: NameIndex, query: str, entry: int, match: str
) -> None:
    first = names.search(query, limit=5)[0]
    assert (first.entry, first.match) == (entry, match)


def test_search_by_characters_with_gaps_finds_the_short_name(names: NameIndex) -> None:
    assert 3 in [hit.entry for hit in names.search("沈鼓", limit=5)]


@free
@given(st.text(max_size=40))
def test_search_never_fails_and_scores_within_bounds(text: str) -> None:
    index = NameIndex([pa.array(NAMES, pa.large_string())])
    assert all(0 < hit.score <= 1 for hit in index.search(text, limit=10))


def test_normalising_one_and_many_agree() -> None:
    texts = ["（株）ＡＢＣ  公司", "a.b-c_d", "Ünïcode", "㈱東芝"]
    many = normalise_all(pa.array(texts, pa.large_string())).to_pylist()
    assert many == [normalise(text) for text in texts]


@free
@given(st.lists(st.one_of(st.none(), st.text(max_size=30)), min_size=1, max_size=10))
def test_json_strings_are_json(texts: list[str | None]) -> None:
    import orjson

    clean = [t if t is None else t.encode("utf-8", "ignore").decode() for t in texts]
    column = pa.array(clean, pa.large_string())
    for encoded in (json_strings(column), json_strings(column.dictionary_encode())):
        back = [None if e is None else orjson.loads(e) for e in encoded.to_pylist()]
        assert back == clean


def test_numbers_are_json_numbers_and_unknown_is_null() -> None:
    found = json_values(pa.array([1.5, float("nan"), float("inf"), None, 1e-9, 123.4567891]))
    assert found.to_pylist() == ["1.5", None, None, None, "1e-9", "123.4567891"]


def test_rows_join_with_commas_in_any_order() -> None:
    rows = RowBytes([(pa.array(["a,", "bb,", "ccc,"], pa.large_string()), None)])
    assert rows.many(np.array([2, 0])) == b"ccc,a"
    assert rows.many(np.array([0, 1, 2])) == b"a,bb,ccc"
    assert rows.many(np.array([], dtype=np.int64)) == b""
    assert rows.one(1) == b"bb"


def test_cursor_comes_back_and_strangers_are_refused() -> None:
    assert decode_cursor(encode_cursor([5, "沈阳", None, 1.5]), 3) == [5, "沈阳", None, 1.5]
    for wrong in ("", "!!!", "e30", encode_cursor(["x"]), encode_cursor([1, 2])):
        with pytest.raises(InputError):
            decode_cursor(wrong, 0)


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "1e999", " 1", "1_0", "١", "0x10"])
def test_number_takes_plain_finite_numbers_only(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # InputError is one too
        number(0, 10)(text)


def test_integer_clamps_only_where_asked() -> None:
    assert integer(1, 10, clamp=True)("9" * 40) == 10
    with pytest.raises(InputError):
        integer(1, 10)("11")


def test_parameters_refuse_unknown_repeated_and_missing_ones() -> None:
    params = Params.of(Param("a", number(), {"type": "number"}, "A", required=True))
    assert params.read(b"a=1.5") == {"a": 1.5}
    for query in (b"", b"a=1&a=2", b"a=1&b=2", b"a=%FF", b"a="):
        with pytest.raises(InputError):
            params.read(query)


def test_bbox_takes_heights_and_refuses_upside_down() -> None:
    assert bbox("1,2,0,3,4,9") == (1, 2, 3, 4)
    with pytest.raises(InputError):
        bbox("1,4,3,2")


def test_query_is_split_like_the_standard_library() -> None:
    assert split_query(b"a=1&b=%E6%B2%88&c=x+y") == [("a", "1"), ("b", "沈"), ("c", "x y")]
    assert split_query(b"a=1&&b") == [("a", "1"), ("b", "")]
