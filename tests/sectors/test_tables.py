import gzip
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from clusteratlas.cli.app import build_app
from clusteratlas.errors import FileFormatError, InputError
from clusteratlas.sectors.tables import classify_file

TABLE = "企业名称,经营范围,note\n沈阳云帆软件有限公司,软件开发,\n大连宝丰贸易有限公司,服装销售,x\n"


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_adds_the_columns_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    source = write(tmp_path / "in.csv", TABLE, encoding)
    assert classify_file(source, tmp_path / "out.csv") == (2, 1)
    out = pd.read_csv(tmp_path / "out.csv", keep_default_na=False)
    assert list(out.columns) == [
        "企业名称", "经营范围", "note", "sectors", "sector_scores", "sector_evidence",
    ]  # fmt: skip
    assert list(out["sectors"]) == ["software", ""]
    assert list(out["note"]) == ["", "x"]


def test_named_columns_and_products(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", "a,b\n某某机械厂,轴承制造\n")
    classify_file(source, tmp_path / "out.csv", name_col="a", scope_col="b", products=True)
    out = pd.read_csv(tmp_path / "out.csv", keep_default_na=False)
    assert out.loc[0, "products"] == "轴承"
    assert out.loc[0, "roles"] == "maker"


def test_industry_code_column_is_read(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", "name,scope,行业代码\n某某有限公司,见许可证,3720\n")
    classify_file(source, tmp_path / "out.csv")
    assert pd.read_csv(tmp_path / "out.csv").loc[0, "sectors"] == "rail"


def test_may_overwrite_its_source_and_read_gz(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", TABLE)
    classify_file(source, source)
    assert "sectors" in source.read_text(encoding="utf-8").splitlines()[0]
    packed = tmp_path / "in.csv.gz"
    packed.write_bytes(gzip.compress(TABLE.encode()))
    assert classify_file(packed, tmp_path / "out.csv") == (2, 1)


def test_header_only_gives_header_only(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", "name,scope\n")
    assert classify_file(source, tmp_path / "out.csv") == (0, 0)
    expected = "name,scope,sectors,sector_scores,sector_evidence\n"
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("", FileFormatError, "empty"),
        ("a,b\n1,2\n", InputError, "--name-col"),
        ("name,b\n1,2\n", InputError, "--scope-col"),
        ('name,scope\n"a,b\n', FileFormatError, "not a CSV table"),
    ],
)
def test_bad_file_is_explained_and_leaves_nothing(
    tmp_path: Path, text: str, error: type[Exception], words: str
) -> None:
    source = write(tmp_path / "in.csv", text)
    with pytest.raises(error, match=words):
        classify_file(source, tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes("name,scope\n软件,开发\n".encode("utf-16"))
    with pytest.raises(InputError):
        classify_file(source, tmp_path / "out.csv")


def test_missing_file_column_and_directory(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file"):
        classify_file(tmp_path / "none.csv", tmp_path / "out.csv")
    source = write(tmp_path / "in.csv", TABLE)
    with pytest.raises(InputError, match="no column 'x'"):
        classify_file(source, tmp_path / "out.csv", name_col="x")
    with pytest.raises(InputError, match="no directory"):
        classify_file(source, tmp_path / "no" / "out.csv")


def test_command_writes_the_file(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", TABLE)
    target = tmp_path / "out.csv"
    result = CliRunner().invoke(build_app(), ["classify", str(source), str(target)])
    assert result.exit_code == 0, result.output
    assert "software" in target.read_text(encoding="utf-8")


def test_target_named_gz_is_compressed(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("企业名称,经营范围\n甲机器人公司,工业机器人制造\n", encoding="utf-8")
    classify_file(source, tmp_path / "out.csv.gz")
    read = pd.read_csv(tmp_path / "out.csv.gz", dtype="str")
    assert read["sectors"].tolist() == ["robotics"]
