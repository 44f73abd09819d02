"""Three people use the page to the end: a planner, a district official, a client of the API."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clusteratlas.store import open_store

pytestmark = pytest.mark.browser


def firms_of(store: Path, sector: str, adcode: str) -> pd.DataFrame:
    with open_store(str(store)) as opened:
        rows = pd.concat(list(opened.batches()), ignore_index=True)
    own = rows["sectors"].str.split(";").map(lambda found: sector in found)
    return rows[own & (rows["adcode"] == adcode)]


def test_planner_finds_the_robot_cluster_filters_and_shares(
    visit: Callable[..., Any], web_store: Path
) -> None:
    expected = firms_of(web_store, "robotics", "210112")
    placed = int(expected["lon"].notna().sum())
    assert len(expected) > placed > 20

    planner = visit()
    planner.search("jiqiren", "sector")
    planner.page.select_option("#city", "沈阳市")
    planner.page.select_option("#adcode", "210112")
    status = f"显示 {len(expected)} 家，其中 {placed} 家有位置"
    planner.wait(status, "#map-status")
    assert planner.page.is_checked("input[data-sector=robotics]")
    planner.page.click("label:has(input[name=origin][value=anchor])")
    anchors = expected[expected["origin"] == "anchor"]
    planner.wait(f"显示 {len(anchors)} 家", "#map-status")

    siasun = anchors[anchors["enterprise_id"] == "siasun"].iloc[0]
    planner.search("siasun", "enterprise")  # its id; brings it into view and opens its card
    planner.wait(siasun["name"])
    planner.page.click(".detail-close")
    planner.page.wait_for_timeout(700)
    planner.page.mouse.click(*planner.spot(siasun["lon"], siasun["lat"]))
    planner.wait(siasun["name"])
    card = planner.text("#detail")
    assert "工业机器人" in card
    assert "机器人等智能制造" in card
    assert "辽政发〔2015〕25号" in card

    planner.page.click("#share")
    planner.page.wait_for_selector("#toast:not([hidden])")
    address = planner.page.evaluate("navigator.clipboard.readText()")
    assert address == planner.page.url

    colleague = visit(address)
    colleague.wait(siasun["name"])
    assert colleague.text("#map-status") == planner.text("#map-status")
    assert colleague.text("#detail") == card
    assert colleague.page.is_checked("input[data-sector=robotics]")
    assert colleague.page.input_value("#adcode") == "210112"
    assert colleague.spot(123.4, 41.7) == planner.spot(123.4, 41.7)


def test_official_reads_the_card_compares_and_takes_the_report(
    visit: Callable[..., Any], server: Any
) -> None:
    profile = server.get("/v1/districts/210124/positioning")
    official = visit()
    official.search("法库", "district")
    official.wait("规划与现实")
    card = official.text("#detail")
    assert "法库县" in card
    assert f"样本：登记企业 {profile['evidence']['firms']} 家" in card
    for title in ("产业结构", "与同市区县的重合", "缺口", "可考虑的方向"):
        assert title in card
    named = [c for c in profile["cells"] if c["state"].startswith("named")]
    assert named
    assert card.count("规划点名") >= len(named)
    assert "航空装备" in card

    official.page.select_option("#compare-with", "210113")
    official.wait("按产业")
    assert official.text("#compare-title") == "法库县 × 沈北新区"
    pair = server.get("/v1/compare?a=210124&b=210113")
    if pair["overlap"] is not None:
        assert f"{round(pair['overlap'] * 100)}%" in official.text("#detail .figures")

    official.page.go_back()
    official.wait("规划与现实")
    with official.page.expect_download(timeout=60_000) as waiting:
        official.page.click("#report-pdf")
    report = Path(waiting.value.path()).read_bytes()
    assert report.startswith(b"%PDF-")
    assert len(report) > 10_000


def test_client_copies_the_call_and_gets_the_same_firms(
    visit: Callable[..., Any], server: Any
) -> None:
    client = visit("?at=123.42,41.733,11&open=firm:siasun")
    client.wait("谁能为它配套")
    client.page.click("#suppliers")
    client.wait("由近到远")
    client.page.select_option("#near-radius", "50")
    client.until("location.search.includes('radius%3D50')")
    client.wait("radius_m=50000")
    client.wait("由近到远")
    shown = client.page.eval_on_selector_all(
        "#nearby-results li", "items => items.map(item => item.dataset.id)"
    )
    client.page.click("#near-copy")
    client.wait("已复制", "#toast")
    call = client.page.evaluate("navigator.clipboard.readText()")
    assert call.startswith(f"{server.url}/v1/nearby?")
    answer = server.get(call)
    assert [item["enterprise_id"] for item in answer["items"]] == shown
    assert shown
    assert {item["role"] for item in answer["items"]} == {"supplier"}
    assert all(item["distance_m"] <= 50_000 for item in answer["items"])
