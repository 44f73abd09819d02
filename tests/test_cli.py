"""Wrong input gets one clear line and exit code 1 or 2, never a traceback."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clusteratlas", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        check=False,
    )


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "atlas.gpkg"
    done = run("build", "--store", str(path))
    assert done.returncode == 0, done.stderr
    return path


def assert_one_line(done: subprocess.CompletedProcess[str], code: int, words: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert words in done.stderr
    if code == 1:
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_version_and_help() -> None:
    assert run("--version").stdout.startswith("clusteratlas 0.")
    assert run("--help").returncode == 0


def test_unknown_command_and_option_are_usage_errors() -> None:
    assert_one_line(run("fly"), 2, "No such command")
    assert_one_line(run("stagger", "沈阳", "--wings"), 2, "No such option")


@pytest.mark.parametrize(
    "arguments",
    [
        ["geocode", "nowhere.csv", "out.csv"],
        ["classify", "nowhere.csv", "out.csv"],
        ["extract", "nowhere.txt", "--out", "x.json"],
        ["ingest", "nowhere.csv", "--store", "x.gpkg"],
    ],
    ids=lambda arguments: str(arguments[0]),
)
def test_missing_file(arguments: list[str], tmp_path: Path) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert "nowhere" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["geocode", "in.csv", "in.csv"], "this is the input"),
        (["geocode", "in.csv", "out.csv", "--review", "./in.csv"], "this is the input"),
        (["geocode", "in.csv", "out.csv", "--review", "out.csv"], "named for two results"),
        (["classify", "in.csv", "link.csv"], "this is the input"),
        (["extract", "in.csv", "--out", "in.csv"], "this is the input"),
        (["extract", "in.csv", "--out", "x.json", "--text", "x.json"], "named for two results"),
        (["diff", "in.csv", "x.json", "--out", "x.json"], "this is the input"),
        (["ingest", "in.csv", "--store", "x.gpkg", "--rejects", "in.csv"], "this is the input"),
    ],
)
def test_an_input_is_never_overwritten(arguments: list[str], words: str, tmp_path: Path) -> None:
    content = "企业名称,地址\n甲公司,沈阳市浑南区世纪路1号\n"
    (tmp_path / "in.csv").write_text(content, "utf-8")
    (tmp_path / "link.csv").symlink_to("in.csv")
    assert_one_line(run(*arguments, cwd=tmp_path), 1, words)
    assert (tmp_path / "in.csv").read_text("utf-8") == content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "link.csv"]


@pytest.mark.parametrize("command", ["geocode", "classify"])
def test_wrong_columns(command: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("colour,size\nred,1\n", encoding="utf-8")
    done = run(command, "in.csv", "out.csv", cwd=tmp_path)
    assert_one_line(done, 1, "colour")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    "arguments",
    [["stagger", "沈阳"], ["report", "浑南区", "r.pdf"], ["map", "m.html"], ["check"]],
    ids=lambda arguments: str(arguments[0]),
)
def test_store_that_is_not_there(arguments: list[str], tmp_path: Path) -> None:
    done = run(*arguments, "--store", "missing.gpkg", cwd=tmp_path)
    assert_one_line(done, 1, "missing.gpkg")
    assert list(tmp_path.iterdir()) == []


def test_store_that_is_no_geopackage(tmp_path: Path) -> None:
    (tmp_path / "fake.gpkg").write_text("this is not a database", encoding="utf-8")
    assert_one_line(run("check", "--store", "fake.gpkg", cwd=tmp_path), 1, "fake.gpkg")


def test_store_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    done = run("stagger", "沈阳", "--store", "no/such/folder/a.gpkg", cwd=tmp_path)
    assert_one_line(done, 1, "no/such/folder")


def test_unknown_district_city_and_sector(atlas: Path, tmp_path: Path) -> None:
    store = ["--store", str(atlas)]
    assert_one_line(run("report", "浑男区", "r.pdf", *store, cwd=tmp_path), 1, "浑男区")
    assert_one_line(run("stagger", "哈尔滨", *store, cwd=tmp_path), 1, "沈阳市")
    assert_one_line(run("map", "m.html", "--sector", "magic", *store, cwd=tmp_path), 1, "magic")
    assert list(tmp_path.iterdir()) == []


def test_district_of_two_cities_asks_which(atlas: Path) -> None:
    done = run("compare", "浑南区", "铁西区", "--store", str(atlas))
    assert_one_line(done, 1, "鞍山市铁西区")


def test_output_of_unknown_kind(atlas: Path, tmp_path: Path) -> None:
    done = run("report", "浑南区", "r.odt", "--store", str(atlas), cwd=tmp_path)
    assert_one_line(done, 1, ".pdf")


def test_port_in_use(atlas: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert_one_line(run("serve", "--store", str(atlas), "--port", port), 1, port)


def test_stagger_and_compare_print_tables(atlas: Path, tmp_path: Path) -> None:
    done = run("stagger", "沈阳", "--store", str(atlas))
    assert done.returncode == 0, done.stderr
    assert "浑南区" in done.stdout
    done = run(
        "compare", "浑南区", "大东区", "--store", str(atlas), "--out", "c.json", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "c.json").stat().st_size > 500


def test_tables_follow_the_language_of_the_settings(
    atlas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTERATLAS_LANG", "en")
    pair = ("compare", "浑南区", "大东区", "--store", str(atlas))
    assert run(*pair).stdout.startswith("measure")
    assert run(*pair, "--lang", "zh").stdout.startswith("指标")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--weight", "capital", "--basis", "anchors"], "leave --basis"),
        (["--fractional", "--year", "2010"], "--year"),
        (["--basis", "priorities", "--year", "2010"], "--year"),
        (["--measure", "revenue"], "--statistics"),
        (["--statistics", "own.csv", "--weight", "capital"], "leave --basis, --weight"),
    ],
)
def test_options_that_would_be_ignored_are_refused(
    atlas: Path, options: list[str], says: str
) -> None:
    assert_one_line(run("stagger", "沈阳", *options, "--store", str(atlas)), 1, says)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["enterprises", "o.csv", "--adcode", "999999"], "999999"),
        (["enterprises", "o.csv", "--sector", "robots"], "robotics"),
        (["enterprises", "o.csv", "--origin", "both"], "anchor, registry"),
        (["parks", "o.csv", "--sector", "robotics"], "enterprises only"),
    ],
)
def test_export_of_what_nothing_can_match(
    atlas: Path, tmp_path: Path, options: list[str], says: str
) -> None:
    done = run("export", *options, "--store", str(atlas), cwd=tmp_path)
    assert_one_line(done, 1, says)
    assert list(tmp_path.iterdir()) == []


def test_empty_store_and_sector_that_nobody_has(atlas: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.gpkg"
    from clusteratlas.store import open_store

    open_store(str(empty), writable=True).close()
    for arguments in (
        ["stagger", "沈阳"],
        ["report", "浑南区", "r.pdf"],
        ["compare", "浑南区", "大东区"],
    ):
        assert_one_line(
            run(*arguments, "--store", str(empty), cwd=tmp_path), 1, "clusteratlas build"
        )
    assert not (tmp_path / "r.pdf").exists()
    # No anchor belongs to it and no registry is in the store: the layer is empty, and says so.
    done = run(
        "clusters", "--store", str(atlas), "--sector", "internet_ecology", "--simulations", "0"
    )
    assert done.returncode == 0, done.stderr
    assert "0 firms, 0 clusters" in done.stderr
