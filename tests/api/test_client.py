"""The Python client against a real server."""

import pytest
from tests.api.conftest import FIRMS

from clusteratlas.client import Atlas, ServiceError
from clusteratlas.errors import InputError, UnknownNameError


@pytest.fixture
def atlas(server: str) -> Atlas:
    return Atlas(server)


def test_items_are_a_frame_of_all_pages(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusteratlas.client.PAGE", 1000)
    firms = atlas.items("enterprises")
    assert len(firms) == firms["enterprise_id"].nunique() == FIRMS + 163
    assert firms.crs.to_epsg() == 4326
    assert len(atlas.items("enterprises", limit=1500)) == 1500


def test_items_are_narrowed_by_box_condition_and_column(atlas: Atlas) -> None:
    found = atlas.items(
        "enterprises", bbox=(123.3, 41.7, 123.5, 41.8), cql2="capital > 3000", adcode="210106"
    )
    assert len(found) > 0
    assert (found["capital"] > 3000).all()
    assert set(found["adcode"]) == {"210106"}
    assert found.geometry.x.between(123.3, 123.5).all()


def test_questions_answer_with_frames(atlas: Atlas) -> None:
    near = atlas.nearby(lon=123.4, lat=41.75, sectors=["nev"], k=5)
    assert list(near["distance_m"]) == sorted(near["distance_m"])
    assert atlas.search("沈鼓").iloc[0]["id"] == "shengu-group"
    places = atlas.geocode(["沈阳市铁西区", "不知何处"])
    assert places.geometry.iloc[0] is not None
    assert atlas.positioning("210112")["district"] == "浑南区"
    assert atlas.enterprise("shengu-group")["name"] == "沈鼓集团"


def test_refusals_become_our_errors(atlas: Atlas) -> None:
    with pytest.raises(InputError, match="outside"):
        atlas.nearby(lon=200, lat=41)
    with pytest.raises(UnknownNameError):
        atlas.items("nothing")
    with pytest.raises(UnknownNameError):
        atlas.enterprise("../../healthz")
    with pytest.raises(ServiceError) as caught:
        atlas.propose("shengu-group", "renamed", {"name": "新名"}, "x")
    assert caught.value.status == 401
    with pytest.raises(InputError, match="address of a server"):
        Atlas("file:///etc/passwd")
    with pytest.raises(ServiceError, match="does not answer"):
        Atlas("http://127.0.0.1:1").search("x")


def test_analyses_answer_with_frames(atlas: Atlas) -> None:
    by_name = atlas.compare("浑南区", "沈阳市铁西区")
    assert by_name.equals(atlas.compare("210112", "210106"))
    assert {"sector"} <= set(by_name.columns)
    with pytest.raises(InputError, match="沈阳市铁西区"):
        atlas.compare("浑南区", "铁西区")  # there are two
    assert 0 <= atlas.stagger("沈阳")["index"] <= 1
    clusters = atlas.clusters("robotics")
    assert clusters["significant"].dtype == bool
    assert atlas.reverse(123.45, 41.72)["adcode"] == "210112"


def test_nothing_found_is_a_frame_with_its_columns(atlas: Atlas) -> None:
    nothing = atlas.items("enterprises", adcode="999999")
    assert len(nothing) == 0
    assert {"fid", "enterprise_id", "capital"} <= set(nothing.columns)


def test_next_link_to_another_address_is_not_followed(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither this program nor the token goes where an answer points to."""
    asked: list[str] = []

    def answer(_: Atlas, url: str) -> dict[str, object]:
        asked.append(url)
        link = {"rel": "next", "href": "http://evil.example/x?cursor=1"}
        return {"features": [], "links": [link] if len(asked) == 1 else []}

    monkeypatch.setattr(Atlas, "_ask", answer)
    monkeypatch.setattr(Atlas, "_columns", lambda *_: [])
    atlas.items("enterprises")
    assert len(asked) == 2
    assert asked[1].startswith("http://127.0.0.1:")
    assert asked[1].endswith("/ogc/collections/enterprises/items?cursor=1")
