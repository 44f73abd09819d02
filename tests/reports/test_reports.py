"""Reports of three real districts: rich, small, almost empty; in three formats and two languages."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from docx import Document
from matplotlib.figure import Figure as Canvas
from pypdf import PdfReader

from clusteratlas.analysis.frames import load_frames
from clusteratlas.analysis.profile import region_stagger
from clusteratlas.errors import InputError
from clusteratlas.maps.themes import LINKS_MAX
from clusteratlas.reports import ReportBlocks, build_report, gather, write_report
from clusteratlas.reports.blocks import Block, Figure, Heading, Paragraph, Table
from clusteratlas.reports.charts import quotient_limit, structure_chart
from clusteratlas.reports.gather import ReportData
from clusteratlas.reports.html import to_html
from clusteratlas.reports.stagger_figure import (
    _names,
    _network_title,
    overlap_matrix,
    save_stagger_figure,
)
from clusteratlas.reports.write import render_report
from clusteratlas.store import open_store
from clusteratlas.store.base import Store
from clusteratlas.store.build import build_store

DAY = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("report") / "atlas.gpkg"
    with open_store(str(path), writable=True) as opened:
        build_store(opened)
        yield opened


@pytest.fixture(scope="module")
def hunnan(store: Store) -> ReportBlocks:
    return build_report(gather(store, "210112"), date=DAY)


def texts(report: ReportBlocks) -> str:
    parts = [report.title, *report.key]
    for block in report.blocks:
        if isinstance(block, Heading | Paragraph):
            parts.append(block.text)
        elif isinstance(block, Table):
            parts += [cell for row in block.rows for cell in row]
    return "\n".join(parts)


def test_report_of_hunnan_says_what_plan_and_firms_say(hunnan: ReportBlocks) -> None:
    whole = texts(hunnan)
    assert hunnan.title == "浑南区战略性新兴产业定位报告"
    assert "新松机器人自动化股份有限公司" in whole
    assert "规划点名且有支撑" in whole
    assert "辽政发〔2015〕25号（2015）" in whole


def test_report_without_registry_says_so_instead_of_zero(hunnan: ReportBlocks) -> None:
    assert "尚无本区登记企业数据" in hunnan.key[0]
    assert "没有登记企业数据，无法判断链条缺口。" in texts(hunnan)


def test_report_of_a_district_with_almost_nothing(store: Store) -> None:
    report = build_report(gather(store, "210181"), date=DAY)
    whole = texts(report)
    assert "不等于为零" in whole
    assert "没有找到对本区产业定位的明文表述" in whole
    assert not any("0.00" in item for item in report.key)


def test_every_figure_has_a_text_for_those_who_do_not_see_it(hunnan: ReportBlocks) -> None:
    figures = [block for block in hunnan.blocks if isinstance(block, Figure)]
    assert len(figures) >= 3
    assert all(figure.alt and figure.caption for figure in figures)


def test_tables_are_rectangular(hunnan: ReportBlocks) -> None:
    for block in hunnan.blocks:
        if isinstance(block, Table):
            assert {len(row) for row in block.rows} == {len(block.head)}


def test_pdf_holds_the_text_and_embeds_its_fonts(hunnan: ReportBlocks) -> None:
    reader = PdfReader(io.BytesIO(render_report(hunnan, "pdf")))
    assert 2 <= len(reader.pages) <= 8
    text = "".join(page.extract_text() for page in reader.pages)
    assert "浑南区战略性新兴产业定位报告" in text
    resources: Any = reader.pages[0]["/Resources"]
    for font in resources["/Font"].values():
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = descendant["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys())


def test_html_asks_the_network_for_nothing(hunnan: ReportBlocks) -> None:
    page = to_html(hunnan)
    assert "http:" not in page
    assert "https:" not in page
    assert "<script" not in page


def test_hostile_text_is_shown_as_text() -> None:
    name = "<img src=x onerror=alert(1)>#set page()"
    report = ReportBlocks(
        name, name, "zh", [name], [Heading(name), Table((name,), ((name,),))], name
    )
    assert "<img src=x" not in to_html(report)
    text = PdfReader(io.BytesIO(render_report(report, "pdf"))).pages[0].extract_text()
    assert "onerror=alert(1)" in text
    assert "#set page()" in text
    assert zipfile.is_zipfile(io.BytesIO(render_report(report, "docx")))


def test_control_characters_do_not_break_word() -> None:
    report = ReportBlocks("a\x00b", "", "zh", ["\x0bkey"], [Paragraph("x\x1fy")])
    assert zipfile.is_zipfile(io.BytesIO(render_report(report, "docx")))


def test_english_report_has_english_headings(store: Store) -> None:
    report = build_report(gather(store, "210112"), lang="en", date=DAY)
    headings = [block.text for block in report.blocks if isinstance(block, Heading)]
    assert "Stated and revealed" in headings
    with pytest.raises(InputError, match="allowed are zh, en"):
        build_report(gather(store, "210112"), lang="fr")


def test_unknown_format_is_refused_and_leaves_no_file(hunnan: ReportBlocks, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="allowed are html, pdf, docx"):
        write_report(hunnan, tmp_path / "report.odt")
    assert list(tmp_path.iterdir()) == []


def test_file_appears_whole(hunnan: ReportBlocks, tmp_path: Path) -> None:
    write_report(hunnan, tmp_path / "report.docx")
    assert [path.name for path in tmp_path.iterdir()] == ["report.docx"]


def test_stagger_figure_shows_every_compared_district(store: Store, tmp_path: Path) -> None:
    frames = load_frames(store)
    result = region_stagger(frames, "沈阳", simulations=19)
    table = overlap_matrix(result)
    assert set(table.index) == set(result.pairs["a"]) | set(result.pairs["b"])
    assert (table.to_numpy() == table.T.to_numpy())[table.notna().to_numpy()].all()
    for form in (".png", ".svg", ".pdf"):
        save_stagger_figure(result, frames.region("沈阳"), tmp_path / f"s{form}", title="沈阳市")
        assert (tmp_path / f"s{form}").stat().st_size > 10_000
    with pytest.raises(InputError, match=r"allowed are \.png, \.svg, \.pdf"):
        save_stagger_figure(result, frames.region("沈阳"), tmp_path / "s.gif", title="沈阳市")


def test_priorities_that_nobody_found_are_unknown_not_different(store: Store) -> None:
    report = build_report(gather(store, "210112"), date=DAY)
    tables = [block for block in report.blocks if isinstance(block, Table)]
    stated = next(table for table in tables if "规划重合度" in table.head)
    at = stated.head.index("规划重合度")
    by_district = {row[0]: row[at] for row in stated.rows}
    assert by_district["沈河区"] == "—"  # no statement of its government was found
    assert by_district["铁西区"] != "—"


def test_what_was_searched_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    data = gather(store, "210112")
    gaps = pd.DataFrame(
        {
            "sector": ["robotics"],
            "product": ["减速器"],
            "weight": [0.9],
            "nearest_m": [np.nan],
            "missing": [True],
        }
    )
    evidence = {**data.profile.evidence, "firms": 1}
    profile = replace(data.profile, evidence=evidence)
    asked = replace(data, leading=("robotics",), gaps=gaps, profile=profile)
    told = texts(build_report(asked, date=DAY))
    assert "30 公里内" in told
    assert "60 公里内未见" in told
    monkeypatch.setattr(import_module("clusteratlas.reports.gather"), "NEAREST_FIRMS", 3)
    near = gather(store, "210112")
    assert near.gap_radius_m == near.reach_m < 30_000


@pytest.fixture(scope="module")
def faku(tmp_path_factory: pytest.TempPathFactory) -> ReportData:
    """法库县: a document names its recycling firm, plans name aviation and ceramics; one kiln maker."""
    firm = pd.DataFrame(
        {
            "enterprise_id": ["kiln"],
            "origin": ["registry"],
            "name": ["法库窑业材料厂"],
            "city": ["沈阳市"],
            "adcode": ["210124"],
            "products": ["耐火材料"],
            "roles": ["maker"],
            "lon": [123.41],
            "lat": [42.51],
            "precision": ["street"],
            "radius_m": [800.0],
        }
    )
    with open_store(str(tmp_path_factory.mktemp("faku") / "a.gpkg"), writable=True) as opened:
        build_store(opened)
        with opened.writer() as writer:
            writer.upsert_enterprises(firm)
        return gather(opened, "210124")


def tables_under(report: ReportBlocks, heading: str) -> list[Table]:
    titles = [b.text if isinstance(b, Heading) else "" for b in report.blocks]
    start = titles.index(heading) + 1
    length = next((n for n, title in enumerate(titles[start:]) if title), None)
    stop = None if length is None else start + length
    return [b for b in report.blocks[start:stop] if isinstance(b, Table)]


def test_chain_of_a_stated_sector_is_examined_before_it_is_present(faku: ReportData) -> None:
    assert (faku.leading, faku.planned) == (("recycling",), ("aviation", "ceramics_glass"))
    report = build_report(faku, date=DAY)
    leading, planned = tables_under(report, "链条缺口")
    assert {row[1] for row in leading.rows} == {"资源综合利用"}
    assert {row[1] for row in planned.rows} == {"航空装备", "先进陶瓷和特种玻璃"}
    # The kiln maker's refractories serve ceramics; titanium for aircraft comes from nobody here.
    assert "耐火材料" not in {row[0] for row in planned.rows}
    assert "钛合金" in {row[0] for row in planned.rows}
    assert "规划点名、暂无支撑的产业（航空装备、先进陶瓷和特种玻璃）若要发展" in texts(report)


def test_chain_says_what_it_does_not_know(faku: ReportData) -> None:
    bare = replace(faku, leading=(), planned=())
    assert "无从判断链条缺口" in texts(build_report(bare, date=DAY))
    ceramics = faku.gaps[faku.gaps["sector"] != "aviation"]
    told = texts(build_report(replace(faku, gaps=ceramics), date=DAY))
    assert "关联表未列出这些产业所需的环节，无法判断链条缺口：航空装备。" in told
    made = texts(build_report(replace(faku, gaps=faku.gaps.assign(missing=False)), date=DAY))
    assert (
        "规划点名、暂无支撑的产业（航空装备、先进陶瓷和特种玻璃）所列配套环节在 30 公里内均有"
        in made
    )


@pytest.mark.parametrize("adcode", ["210112", "210106", "210124"])
def test_no_direction_has_support_already(store: Store, adcode: str) -> None:
    report = build_report(gather(store, adcode), date=DAY)
    (cells,) = tables_under(report, "规划与现实对照")
    held = {row[0] for row in cells.rows if "有支撑" in row[1]}
    directions = {row[0] for table in tables_under(report, "可考虑的方向") for row in table.rows}
    assert held
    assert not held & directions


def test_nothing_left_to_consider_is_not_nothing_to_infer(store: Store) -> None:
    data = gather(store, "210112")
    none = replace(data.profile, opportunities=pd.DataFrame())
    assert "本区均已有支撑" in texts(build_report(replace(data, profile=none), date=DAY))
    weak = replace(none, cells=none.cells.assign(lq=0.5))
    assert "没有区位商达到 1" in texts(build_report(replace(data, profile=weak), date=DAY))


def test_tables_of_word_break_between_rows_under_a_repeated_head(hunnan: ReportBlocks) -> None:
    document = Document(io.BytesIO(render_report(hunnan, "docx")))
    assert document.tables
    for table in document.tables:
        xml = [row._tr.xml for row in table.rows]
        assert ["w:tblHeader" in text for text in xml] == [True] + [False] * (len(xml) - 1)
        assert all("w:cantSplit" in text for text in xml)


@pytest.mark.parametrize("before", [22, 23, 24, 25])
@pytest.mark.parametrize("rows", [2, 7, 31])
def test_no_row_of_a_table_stands_alone_on_a_page(before: int, rows: int) -> None:
    body = tuple((f"row{row}", "x") for row in range(rows))
    note = Paragraph("What introduces the table", note=True)
    filler = [Paragraph("filler")] * before
    blocks: list[Block] = [Heading("One"), *filler, note, Table(("A", "B"), body)]
    report = ReportBlocks("t", "s", "en", ["k"], blocks, "f")
    pages = PdfReader(io.BytesIO(render_report(report, "pdf"))).pages
    texts_of = [page.extract_text() for page in pages]
    counts = [text.count("row") for text in texts_of]
    assert sum(counts) == rows
    assert all(count == 0 or count >= min(3, rows) for count in counts)
    introduced = next(n for n, text in enumerate(texts_of) if "introduces" in text)
    assert counts[introduced] > 0


def test_districts_of_one_name_are_told_apart_on_the_figure(store: Store) -> None:
    region = load_frames(store).region("辽宁")
    names = _names(region, "zh")
    assert (names["210106"], names["210303"], names["210112"]) == (
        "沈阳铁西区",
        "鞍山铁西区",
        "浑南区",
    )
    assert names.is_unique
    assert _names(region, "en")["210106"] == "Shenyang Tiexi District"


def test_network_of_a_province_is_no_felt_of_lines() -> None:
    assert _network_title(12, "zh").startswith("最相近的四分之一")
    assert _network_title(400, "zh").startswith(f"最相近的 {LINKS_MAX} 对")


def sectors_drawn(*rows: tuple[int, float, float, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["n", "lq", "lq_high", "verdict"])


def test_axis_of_quotients_holds_every_estimate_of_enough_firms() -> None:
    # 13 firms with a quotient of 13.6 are what the district is known for: never off the chart.
    known = sectors_drawn((13, 13.6, 23.3, "strong"), (45, 0.7, 0.9, "weak"))
    assert 13.6 < quotient_limit(known) <= 20
    # One firm with 19.6 (0.5-109) must not squeeze the rest; it becomes an arrow.
    few = sectors_drawn((1, 19.6, 109.3, "too few"), (9, 2.1, 4.1, "strong"))
    assert quotient_limit(few) == 12
    assert quotient_limit(sectors_drawn((9, 0.5, 0.9, "weak"))) == 2
    assert quotient_limit(sectors_drawn((1, np.nan, np.inf, "too few"))) == 2


def test_estimate_beyond_the_axis_is_told_as_a_number() -> None:
    cells = sectors_drawn((1, 19.6, 109.3, "too few")).assign(sector="ic", lq_low=0.5)
    canvas = Canvas()
    structure_chart(canvas, cells, {"ic": "集成电路"}, {"ic": "next_gen_it"}, "zh")
    left, right = canvas.axes
    assert "19.6" in {text.get_text() for text in right.texts}
    assert all(float(tick).is_integer() for tick in left.get_xticks())


def test_chart_says_when_it_leaves_sectors_out(store: Store) -> None:
    data = gather(store, "210112")

    def caption(held: int) -> str:
        cells = data.profile.cells.assign(n=0.0)
        cells.loc[cells.index[:held], "n"] = 1.0
        changed = replace(data, profile=replace(data.profile, cells=cells))
        charts = [b for b in build_report(changed, date=DAY).blocks if isinstance(b, Figure)]
        return charts[1].caption

    assert "16 个" not in caption(16)
    assert "只画企业最多的 16 个产业，全部见下表。" in caption(17)


def test_a_district_of_one_sector_has_no_negative_diversity(faku: ReportData) -> None:
    assert "-0.00" not in texts(build_report(faku, date=DAY))


def test_parks_are_listed_and_drawn(faku: ReportData) -> None:
    report = build_report(faku, date=DAY)
    (table,) = tables_under(report, "园区与基地（文件所列）")
    assert {row[0]: row[2] for row in table.rows} == {
        "法库通用航空产业基地": "点位，约九成在 9.0 公里内",
        "法库陶瓷产业园": "点位，约九成在 8.0 公里内",
        "沈阳通航国家综合示范基地": "点位，约九成在 12.0 公里内",
    }
    assert all(row[3] for row in table.rows)
    caption = next(b.caption for b in report.blocks if isinstance(b, Figure))
    assert "绿色方框为园区" in caption


def test_caption_counts_the_dots(faku: ReportData) -> None:
    near, far = {"lon": 123.4, "lat": 42.5, "radius_m": 900.0}, {"lon": 123.4, "lat": 42.5}
    firms = pd.DataFrame([near, {**far, "radius_m": 12_000.0}, {"lon": None, "lat": None}])
    report = build_report(replace(faku, firms=firms), date=DAY)
    caption = next(b.caption for b in report.blocks if isinstance(b, Figure))
    assert "登记企业 3 家中位置误差不超过 3 公里的 1 家" in caption


def test_table_of_sectors_leaves_none_out(store: Store) -> None:
    data = gather(store, "210112")
    tables = [b for b in build_report(data, date=DAY).blocks if isinstance(b, Table)]
    cells = next(table for table in tables if "状态" in table.head)
    counted = sum(float(row[cells.head.index("企业数")]) for row in cells.rows)
    assert counted == data.profile.evidence["in_sectors"]


def test_english_report_names_districts_in_english(store: Store) -> None:
    report = build_report(gather(store, "210112"), lang="en", date=DAY)
    assert report.title.startswith("Hunnan District (浑南区)")
    assert "Tiexi District" in texts(report)
