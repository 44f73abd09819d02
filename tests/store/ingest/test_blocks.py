"""Blocks that are cut unread hold the same rows as the table that is read."""

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusteratlas.store.ingest.readers import RawRow, open_tables

LINE = st.sampled_from(
    [
        "甲公司,1,沈阳",
        '"乙,公司",2,沈阳',
        '"丙\n公司",3,"沈""阳"',
        '"开始,4,沈阳',
        'a"b,5,c',
        "",
        ",,",
        "少,一",
        "nul\x00,6,x",
        '尾",7,"x',
        '"',
    ]
)


def read(path: Path) -> list[RawRow]:
    with open_tables(path) as tables:
        return [row for table in tables.tables for row in table.rows]


def cut(path: Path, size: int) -> list[RawRow]:
    with open_tables(path) as tables:
        blocks = [block for table in tables.tables for block in table.blocks(size)]
    assert len({block.digest() for block in blocks}) == len(blocks)
    return [row for block in blocks for row in block.rows()]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    lines=st.lists(LINE, max_size=40),
    size=st.integers(1, 9),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
def test_cut_and_read_give_the_same_rows(
    lines: list[str], size: int, encoding: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv.gz"
    text = "\n".join(["名称,代码,地区", *lines]) + "\n"
    path.write_bytes(gzip.compress(text.encode(encoding), compresslevel=1))
    assert cut(path, size) == read(path)


def test_long_lines_are_refused_in_a_block_too(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    long = "甲" * 600_000
    path.write_text(f"名称,代码\n一公司,1\n{long},2\n二公司,3\n", encoding="utf-8")
    rows = cut(path, 2)
    assert [row.problem for row in rows] == ["", "line_too_long", ""]
    assert rows == read(path)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_formats_that_must_be_read_are_cut_by_rows(size: int, tmp_path: Path) -> None:
    import pandas as pd

    path = tmp_path / "x.parquet"
    pd.DataFrame({"名称": [f"公司{n}" for n in range(20)]}).to_parquet(path)
    assert cut(path, size) == read(path)


@pytest.mark.parametrize("count", [19, 20, 21, 22, 50])
def test_no_row_of_a_workbook_is_lost_where_the_search_for_the_header_ends(
    count: int, tmp_path: Path
) -> None:
    import pandas as pd

    path = tmp_path / "x.xlsx"
    names = [f"第{number}公司" for number in range(count)]
    pd.DataFrame({"名称": names}).to_excel(path, index=False)
    assert [row.cells[0] for row in read(path)] == names
