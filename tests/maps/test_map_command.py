"""``clusteratlas map`` as a user types it."""

import math
import re
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clusteratlas.analysis.frames import load_frames
from clusteratlas.analysis.profile import region_stagger
from clusteratlas.cli.app import build_app
from clusteratlas.errors import AtlasError
from clusteratlas.maps.command import MapRequest, run_map
from clusteratlas.maps.content import find_region, find_sectors, read_frames
from clusteratlas.maps.district_values import district_values
from clusteratlas.maps.kinds import KINDS, KindRequest
from clusteratlas.settings import load_settings
from clusteratlas.store import open_store


def run(*arguments: str) -> tuple[int, str]:
    """Return the exit code and the one line of the error, as the entry point would print it."""
    result = CliRunner().invoke(build_app(), ["map", *arguments])
    if isinstance(result.exception, AtlasError):
        return result.exception.exit_code, str(result.exception)
    return result.exit_code, result.output


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"growth", "support"}])
def test_every_kind_writes_one_file(built_store: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out.html"
    options = ["--district", "浑南区"] if kind == "district" else []
    code, said = run(str(out), "--store", str(built_store), "--kind", kind, *options)
    assert code == 0, said
    assert "MB" in said
    assert out.stat().st_size > 500_000
    assert list(tmp_path.iterdir()) == [out]


def test_support_lists_firms_around_an_anchor(built_store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    code, said = run(
        str(out), "--store", str(built_store), "--kind", "support", "--around", "siasun"
    )
    assert code == 0, said


@pytest.mark.parametrize("measure", ["firms", "anchors", "stagger", "specialisation"])
def test_choropleth_of_every_measure(built_store: Path, tmp_path: Path, measure: str) -> None:
    out = tmp_path / "out.html"
    code, said = run(
        str(out), "--store", str(built_store), "--kind", "choropleth", "--measure", measure
    )
    assert code == 0, said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--kind", "treemap"], "expected one of clusters"),
        (["--kind", "choropleth", "--measure", "beauty"], "expected one of firms"),
        (["--kind", "choropleth", "--measure", "lq"], "needs --sector"),
        (["--kind", "growth"], "ingest a registry file first"),
        (["--kind", "support"], "needs --around"),
        (["--kind", "support", "--around", "不存在公司"], "no enterprise"),
        (["--kind", "district"], "needs --district"),
        (["--city", "沈阴"], "did you mean"),
        (["--district", "浑难区"], "did you mean 浑南区"),
        (["--sector", "robots"], "did you mean robotics"),
        (["--sector", "robotics", "--field", "biology"], "not both"),
        (["--basemap", "google"], "expected one of none"),
        (["--basemap", "tianditu"], "CLUSTERATLAS_TIANDITU_KEY"),
        (["--png", "figure.gif"], "figure 'figure.gif'"),
        (["--png", "/nowhere/at/all.png"], "no folder /nowhere/at"),
    ],
)
def test_wrong_option_is_one_clear_line(
    built_store: Path, tmp_path: Path, options: list[str], says: str
) -> None:
    out = tmp_path / "out.html"
    code, said = run(str(out), "--store", str(built_store), *options)
    assert code == 1
    assert says in said
    assert "\n" not in said.strip()
    assert not out.exists()


def test_a_picture_is_not_written_as_a_page(built_store: Path, tmp_path: Path) -> None:
    code, said = run(str(tmp_path / "out.png"), "--store", str(built_store))
    assert code == 1
    assert "expected an ending of .html" in said
    assert "--png" in said
    assert not (tmp_path / "out.png").exists()


def test_missing_store_says_what_to_run(tmp_path: Path) -> None:
    code, said = run(str(tmp_path / "out.html"), "--store", str(tmp_path / "none.gpkg"))
    assert code == 1
    assert "clusteratlas build" in said


def test_missing_folder_is_named(built_store: Path, tmp_path: Path) -> None:
    code, said = run(str(tmp_path / "a" / "out.html"), "--store", str(built_store))
    assert code == 1
    assert "no folder" in said


def test_same_input_writes_the_same_bytes(built_store: Path, tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        assert run(str(tmp_path / name), "--store", str(built_store))[0] == 0
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_amap_tiles_allow_only_their_host(built_store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    assert run(str(out), "--store", str(built_store), "--basemap", "amap")[0] == 0
    page = out.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    assert "img-src data: blob: https://*.is.autonavi.com;" in policy[1]
    assert "connect-src" not in policy[1]  # default-src 'none' holds


def test_drawing_opens_no_socket(
    built_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    request = MapRequest(out=tmp_path / "out.html", basemap="osm")
    assert len(list(run_map(request, load_settings(store=str(built_store))))) == 1


def wanted(store: Path, **chosen: str) -> tuple[dict[str, float], dict[str, str]]:
    """Return the values by district code and the label of a choropleth of Shenyang."""
    with open_store(str(store)) as opened:
        frames = read_frames(opened)
        region = find_region(frames.districts, city=chosen.get("city", "沈阳"))
        sectors = find_sectors(frames.sectors, field=chosen.get("field", ""))
        request = KindRequest(region, sectors, measure=chosen["measure"])
        values, label, _, _ = district_values(opened, request)
    return values, dict(label)


def test_stagger_map_agrees_with_the_command(built_store: Path) -> None:
    values, label = wanted(built_store, measure="stagger")
    with open_store(str(built_store)) as opened:
        told = region_stagger(load_frames(opened), "沈阳", simulations=19).districts
    enough = told[told["total"] >= 10]
    assert 0 < len(enough) < len(told)
    assert values == pytest.approx(
        {code: told["index"][code] if code in enough.index else math.nan for code in told.index},
        nan_ok=True,
    )
    assert "不足 10 家" in label["zh"]


def test_few_firms_have_no_colour_of_specialisation(built_store: Path) -> None:
    values, _ = wanted(built_store, measure="specialisation")
    assert math.isnan(values["210124"])  # 法库 has one anchor
    assert values["210112"] > 0


def test_firm_of_two_sectors_of_a_field_counts_once(built_store: Path) -> None:
    values, _ = wanted(built_store, measure="firms", field="high_end_equipment")
    with open_store(str(built_store)) as opened:
        firms = read_frames(opened)
    ids = set(find_sectors(firms.sectors, field="high_end_equipment"))
    own = firms.enterprises[firms.enterprises["adcode"] == "210112"]
    assert values["210112"] == sum(bool(ids & set(text.split(";"))) for text in own["sectors"])


def test_title_says_when_firms_of_no_sector_count_too(built_store: Path, tmp_path: Path) -> None:
    titles = {}
    for name, options in {"all": [], "robots": ["--sector", "robotics"]}.items():
        out = tmp_path / f"{name}.html"
        run(str(out), "--store", str(built_store), "--kind", "choropleth", *options)
        titles[name] = re.findall(r"<title>([^<]*)", out.read_text(encoding="utf-8"))[0]
    assert titles == {"all": "辽宁省各行业企业数", "robots": "辽宁省机器人等智能制造企业数"}
