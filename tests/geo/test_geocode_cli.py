"""``clusteratlas geocode``: columns, encodings, review, overrides, errors in one line."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from clusteratlas.cli.app import build_app
from clusteratlas.errors import AtlasError
from clusteratlas.geo.datum import convert

TABLE = (
    "企业名称,注册地址,地区\n"
    "甲公司,沈阳市和平区三好街55号,沈阳\n"
    "乙公司,沈抚新区,沈阳\n"
    '丙公司,"上海市浦东新区, 和平路",\n'
)


def run(*arguments: object) -> str:
    result = CliRunner().invoke(build_app(), ["geocode", *map(str, arguments)])
    if isinstance(result.exception, AtlasError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return str(result.output)


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def point(table: pd.DataFrame) -> tuple[float, float]:
    return float(str(table["lon"].iat[0])), float(str(table["lat"].iat[0]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_columns_are_recognised_and_kept(tmp_path: Path, encoding: str) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(TABLE, encoding)
    assert "3 rows: 1 ok" in run(source, out)
    table = read(out)
    assert table.columns[:3].tolist() == ["企业名称", "注册地址", "地区"]
    assert table["注册地址"].tolist()[2] == "上海市浦东新区, 和平路"
    assert table["adcode"].tolist()[0] == "210102"
    assert table["geocode_status"].tolist() == ["ok", "ambiguous", "failed"]
    assert table["lon"].tolist()[2] == ""
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_an_input_column_of_the_same_name_is_kept_beside(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("address,lon\n沈阳市和平区三好街55号,mine\n", "utf-8")
    run(source, out)
    table = read(out)
    assert table["lon_in"].tolist() == ["mine"]
    assert point(table)[0] == pytest.approx(123.4, abs=0.1)


def test_named_columns_win_and_absent_ones_are_explained(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("where,address\n大连经济技术开发区,沈阳市和平区\n", "utf-8")
    run(source, out, "--address-col", "where")
    assert read(out)["adcode"].tolist() == ["210213"]
    with pytest.raises(AtlasError, match="no column 'elsewhere'; there are: where, address"):
        run(source, out, "--address-col", "elsewhere")


def test_a_table_without_addresses_is_explained_and_nothing_written(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(AtlasError, match="no address column among a, b"):
        run(source, out)
    assert not out.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xff\xff\x00", b'a,"b\n1'])
def test_what_is_no_table_is_explained(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(content)
    with pytest.raises(AtlasError):
        run(source, tmp_path / "out.csv")


def test_the_output_datum_is_the_one_asked_for(tmp_path: Path) -> None:
    source, here, there = tmp_path / "in.csv", tmp_path / "wgs.csv", tmp_path / "gcj.csv"
    source.write_text(TABLE, "utf-8")
    run(source, here)
    run(source, there, "--datum", "gcj02")
    lon, lat = convert(*point(read(here)), source="wgs84", target="gcj02")
    assert point(read(there)) == pytest.approx((float(lon), float(lat)), abs=2e-6)
    with pytest.raises(AtlasError, match="unknown datum 'nad27'"):
        run(source, here, "--datum", "nad27")


def test_an_unknown_provider_is_explained(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(TABLE, "utf-8")
    with pytest.raises(AtlasError, match="unknown provider"):
        run(source, tmp_path / "out.csv", "--provider", "nobody")


def test_doubtful_rows_go_to_review_and_come_back_as_overrides(tmp_path: Path) -> None:
    source, out, review = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "review.csv"
    source.write_text(TABLE, "utf-8")
    run(source, out, "--review", review)
    doubts = read(review)
    assert doubts["row"].tolist() == ["2", "3"]
    assert doubts["reason"].str.contains("区县有多种可能|无法定位").all()
    doubts.loc[0, ["lon_new", "lat_new", "author", "date", "note"]] = [
        "123.70", "41.82", "测绘院王工", "2026-03-01", "现场核对",
    ]  # fmt: skip
    doubts.to_csv(review, index=False)
    run(source, out, "--overrides", review)
    table = read(out)
    assert table["provider"].tolist() == ["offline", "override", "offline"]
    assert (table["lon"].iat[1], table["lat"].iat[1]) == ("123.7", "41.82")
    assert "测绘院王工，2026-03-01" in str(table["evidence"].iat[1])
    assert table["geocode_status"].iat[1] == "ok"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("沈抚新区,0,0,王工,2026-03-01", "no point of Liaoning"),
        ("沈抚新区,123.7,41.8,,2026-03-01", "needs an author and a date"),
        ("沈抚新区,123.7,41.8,王工,March", "needs an author and a date"),
    ],
)
def test_corrections_without_place_author_or_date_are_refused(
    tmp_path: Path, line: str, reason: str
) -> None:
    source, overrides = tmp_path / "in.csv", tmp_path / "overrides.csv"
    source.write_text(TABLE, "utf-8")
    overrides.write_text(f"address,lon,lat,author,date\n{line}\n", "utf-8")
    with pytest.raises(AtlasError, match=reason):
        run(source, tmp_path / "out.csv", "--overrides", overrides)


def test_the_latest_correction_wins(tmp_path: Path) -> None:
    source, out, overrides = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "over.csv"
    source.write_text(TABLE, "utf-8")
    overrides.write_text(
        "address,lon,lat,author,date\n"
        "沈抚新区,123.72,41.82,李工,2026-05-01\n"
        "沈抚新区,123.70,41.80,王工,2026-03-01\n",
        "utf-8",
    )
    run(source, out, "--overrides", overrides)
    assert read(out)["lon"].iat[1] == "123.72"
