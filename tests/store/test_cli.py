"""The commands, run as a user runs them."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from clusteratlas.cli.app import build_app
from clusteratlas.errors import AtlasError

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    app = build_app()

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return invoke


def failure(result: Result) -> str:
    """Return the one line that the command line shows for this result."""
    assert isinstance(result.exception, AtlasError), result.output
    text = str(result.exception)
    assert "\n" not in text
    return text


def test_build_makes_folders_and_says_what_is_there(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "new" / "atlas.gpkg"
    result = run("build", "--store", path)
    assert result.exit_code == 0
    assert "districts 100" in result.output
    assert path.is_file()


def test_ingest_prints_the_balance_and_writes_rejects(
    run: Run, atlas_path: Path, tmp_path: Path
) -> None:
    extract = tmp_path / "x.csv"
    extract.write_text("名称,地址\n沈阳甲乙公司,沈阳市和平区\n,沈阳\n", encoding="gb18030")
    rejects = tmp_path / "out" / "rejects.csv"
    result = run("ingest", extract, "--store", atlas_path, "--rejects", rejects, "--workers", 0)
    assert result.exit_code == 0
    assert "read 2 = stored 1 + updated 0 + unchanged 0 + rejected 1" in result.output
    assert pd.read_csv(rejects)["reason"].tolist() == ["missing_name"]


def test_check_ends_well_and_names_what_is_missing(run: Run, atlas_path: Path) -> None:
    result = run("check", "--store", atlas_path)
    assert result.exit_code == 0
    assert "missing:" in result.output


def test_export_writes_the_file(run: Run, atlas_path: Path, tmp_path: Path) -> None:
    out = tmp_path / "parks.csv"
    result = run("export", "parks", out, "--store", atlas_path, "--datum", "gcj02")
    assert result.exit_code == 0
    assert set(pd.read_csv(out)["datum"]) == {"gcj02"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "--store", "none.gpkg"), "no store at none.gpkg"),
        (("build", "--store", "atlas.db"), "expected a path ending in .gpkg"),
        (("export", "parks", "p.pdf", "--store", "ATLAS"), "expected a name ending in"),
        (("export", "rivers", "p.csv", "--store", "ATLAS"), "no collection 'rivers'"),
        (("export", "parks", "p.csv", "--store", "ATLAS", "--datum", "x"), "datum 'x'"),
        (("ingest", "none.csv", "--store", "ATLAS"), "no such file"),
        (("ingest", "none.csv", "--store", "ATLAS", "--map", "x"), "expected FIELD=TITLE"),
        (("ingest", "x.csv", "--store", "ATLAS", "--cluster", "x"), "expected tcp://HOST:PORT"),
    ],
)
def test_wrong_input_gets_one_line(
    run: Run, atlas_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    given = [str(atlas_path) if part == "ATLAS" else part for part in arguments]
    assert message in failure(run(*given))


def test_usage_error_is_two(run: Run) -> None:
    assert run("ingest").exit_code == 2
    assert run("build", "--nonsense").exit_code == 2
