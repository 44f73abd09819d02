"""``clusteratlas geocode --provider``: keys, fallback, resuming, one line for every error."""

from pathlib import Path

import pandas as pd
import pytest
from tests.geo.providers import replies
from tests.geo.providers.conftest import MapService
from typer.testing import CliRunner

from clusteratlas.cli.app import build_app
from clusteratlas.errors import AtlasError, InputError
from clusteratlas.geo.geocoding.providers import NAMES, make_chain, make_provider
from clusteratlas.geo.geocoding.providers.building import KEYED
from clusteratlas.settings import Settings

TABLE = "企业名称,注册地址\n甲公司,沈阳市和平区三好街55号\n乙公司,沈阳市和平区三好街57号\n"


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: MapService) -> Path:
    monkeypatch.setenv("CLUSTERATLAS_NOMINATIM_URL", f"http://{service.domain}/own")
    monkeypatch.setenv("CLUSTERATLAS_GEOCODE_CACHE", str(tmp_path / "cache.sqlite"))
    monkeypatch.setenv("CLUSTERATLAS_GEOCODE_RATE_PER_S", "100")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in KEYED:
        monkeypatch.delenv(f"CLUSTERATLAS_{name.upper()}_KEY", raising=False)
    path = tmp_path / "in.csv"
    path.write_text(TABLE, "utf-8")
    return path


def run(*arguments: object) -> str:
    result = CliRunner().invoke(build_app(), ["geocode", *map(str, arguments)])
    if isinstance(result.exception, AtlasError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return str(result.output)


def test_a_table_goes_through_a_chain_and_is_not_asked_twice(
    table: Path, tmp_path: Path, service: MapService
) -> None:
    service.say(replies.nominatim())
    out = tmp_path / "out.csv"
    output = run(table, out, "--provider", "nominatim,offline")
    assert "2 rows: 2 ok" in output
    assert "nominatim: 2 asked, 0 from the cache, 0 rejected, 0 failed" in output
    answers = pd.read_csv(out, dtype="str", keep_default_na=False)
    # The gazetteer knows these house numbers, Nominatim only the street.
    assert answers["provider"].tolist() == ["offline", "offline"]
    assert "nominatim: 0 asked, 2 from the cache" in run(table, out, "--provider", "nominatim")
    answers = pd.read_csv(out, dtype="str", keep_default_na=False)
    assert answers["provider"].tolist() == ["nominatim", "nominatim"]
    assert set(service.paths) == {"/own/search"}
    assert len(service.asked) == 2


@pytest.mark.parametrize("name", KEYED)
def test_without_a_key_one_line_names_the_variable(
    table: Path, tmp_path: Path, service: MapService, name: str
) -> None:
    with pytest.raises(InputError) as caught:
        run(table, tmp_path / "out.csv", "--provider", f"{name},offline")
    assert str(caught.value) == (
        f"provider {name} needs a key: set the environment variable CLUSTERATLAS_{name.upper()}_KEY"
    )
    assert not (tmp_path / "out.csv").exists()
    assert service.asked == []


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("google", "unknown provider 'google'; allowed: offline, amap, baidu, tianditu, tencent"),
        ("offline,", None),
        (" , ", "unknown provider"),
        ("offline,offline", "stands twice"),
    ],
)
def test_names_are_checked(names: str, message: str | None) -> None:
    if message is None:
        assert make_chain(names, Settings()).name == "offline"
        return
    with pytest.raises(InputError, match=message):
        make_chain(names, Settings())


def test_the_offline_geocoder_alone_contacts_nobody(
    table: Path, tmp_path: Path, service: MapService
) -> None:
    run(table, tmp_path / "out.csv")
    assert service.asked == []
    assert not (tmp_path / "cache.sqlite").exists()


def test_hosts_are_the_services_own_and_encrypted() -> None:
    settings = Settings(amap_key="k", baidu_key="k", tianditu_key="k", tencent_key="k")
    apis = {name: make_provider(name, settings).api for name in NAMES if name != "offline"}  # type: ignore[attr-defined]
    assert apis == {
        "amap": "https://restapi.amap.com/v3/geocode/geo",
        "baidu": "https://api.map.baidu.com/geocoding/v3/",
        "tianditu": "https://api.tianditu.gov.cn/geocoder",
        "tencent": "https://apis.map.qq.com/ws/geocoder/v1/",
        "nominatim": "https://nominatim.openstreetmap.org/search",
    }


@pytest.mark.parametrize("url", ["", "ftp://host", "host", "http://"])
def test_the_url_of_nominatim_is_checked(url: str) -> None:
    with pytest.raises(InputError, match="CLUSTERATLAS_NOMINATIM_URL"):
        make_chain("nominatim", Settings(nominatim_url=url))


def test_keys_are_not_shown_with_the_settings() -> None:
    assert "topsecret" not in repr(Settings(amap_key="topsecret", tencent_key="topsecret"))


def test_nominatims_public_server_is_asked_once_a_second() -> None:
    (asker,) = make_chain("nominatim", Settings()).links
    assert asker.limits.rate_per_s == 1.0  # type: ignore[union-attr]
    (own,) = make_chain("nominatim", Settings(nominatim_url="http://osm.example/n")).links
    assert own.limits.rate_per_s == 3.0  # type: ignore[union-attr]
