"""Pages as governments publish them: what belongs to the site is no part of the document."""

from pathlib import Path
from typing import Any

import pytest

from clusteratlas.policy import PolicyText, extract, read_document

TITLE = "铁岭市人民政府关于印发铁岭市制造业高质量发展规划的通知"
MENU = "<ul><li><a>首页</a></li><li><a>政务公开</a></li><li><a>规划计划</a></li></ul>"
TRAIL = "<a>首页</a> &gt; <a>政务公开</a> &gt; <a>发展规划</a>"
BODY = (
    '<div class="TRS_Editor"><style>P{margin:0}</style><p>　　各县（市）区人民政府：</p>'
    "<p>　　<strong>一、产业布局</strong></p><p>　　开原市重点发展专用车。</p>"
    "<table border=1><tr><td>县区</td><td>主导产业</td></tr>"
    "<tr><td><p>银州区</p></td><td><p>阀门、</p><p>橡塑</p></td></tr></table>"
    "<p>　　以辽宁陆平机器股份有限公司为龙头，建设铁岭专用车产业园。</p></div>"
)
TABLE_BOX = (
    "<table><tr><td>索 引 号：</td><td>11210000-2023-00321</td><td>主题分类：</td><td>工业</td></tr>"
    "<tr><td>发文机关：</td><td>铁岭市人民政府</td><td>成文日期：</td><td>2023年05月08日</td></tr>"
    f"<tr><td>标　　题：</td><td colspan=3>{TITLE}</td></tr>"
    "<tr><td>发文字号：</td><td>铁政发〔2023〕9号</td><td>发布日期：</td><td>2023年05月12日</td></tr></table>"
)
LIST_BOX = (
    "<ul><li><span>索引号：</span>TL-0018</li><li><span>发布机构：</span>铁岭市人民政府</li>"
    f"<li>文　　号：铁政发〔2023〕9号</li><li>成文日期：2023-05-08</li><li>名　　称：{TITLE}</li></ul>"
)
PAIRS_BOX = (
    "<dl><dt>发文机关</dt><dd>铁岭市人民政府</dd><dt>发文字号</dt><dd>铁政发〔2023〕 9 号</dd>"
    f"<dt>发文日期</dt><dd>2023.5.8</dd></dl><h1>{TITLE}</h1>"
)
MODERN = (
    f"<header><div>铁岭市政府门户网站</div>{MENU}</header><nav>{MENU}</nav>"
    f'<div class="dqwz">当前位置：{TRAIL}</div><aside><h3>产业规划</h3></aside>'
    "<main><article>{box}<header><h1>" + TITLE + "</h1></header>" + BODY + "</article></main>"
    "<footer><p>主办：铁岭市人民政府办公室</p></footer>"
)
IN_TABLES = (
    "<table><tr><td><table><tr><td><a>网站首页</a></td><td><a>政策文件</a></td><td><a>发展规划</a></td></tr>"
    f'</table></td></tr><tr><td><div id="crumbs">{TRAIL.replace("&gt;", "&raquo;")}</div></td></tr>'
    "<tr><td>{box}</td></tr><tr><td><font size=5>" + TITLE + "</font></td></tr>"
    "<tr><td>" + BODY + "</td></tr></table>"
)
PLAIN = (
    f'<div class="header"><div class="menu">{MENU}</div></div><p>首页 / 政务公开 / 发展规划</p>'
    "<p>{box}</p><h1>" + TITLE + "</h1>" + BODY
)


def _read(folder: Path, body: str) -> PolicyText:
    path = folder / "page.html"
    page = f"<!DOCTYPE html><html><head><title>x_铁岭规划</title></head><body>{body}</body></html>"
    path.write_text(page, encoding="utf-8")
    return read_document(path)


def _facts(document: PolicyText) -> tuple[Any, ...]:
    facts = extract(document)["document"]
    return facts["title"], facts["number"], facts["issuer"], facts["date"]


@pytest.mark.parametrize("box", [TABLE_BOX, LIST_BOX, PAIRS_BOX], ids=["table", "list", "pairs"])
@pytest.mark.parametrize("page", [MODERN, IN_TABLES, PLAIN], ids=["modern", "tables", "plain"])
def test_facts_and_sections_are_those_of_the_document(tmp_path: Path, page: str, box: str) -> None:
    document = _read(tmp_path, page.replace("{box}", box))
    assert _facts(document) == (TITLE, "铁政发〔2023〕9号", "铁岭市人民政府", "2023-05-08")
    found, text = extract(document), document.text
    assert [(one["district"], one["sectors"]) for one in found["positionings"]] == [
        ("开原市", ["专用车"]),
        ("银州区", ["阀门", "橡塑"]),
    ]
    assert [one["name"] for one in found["enterprises"]] == ["辽宁陆平机器股份有限公司"]
    assert [one["name"] for one in found["parks"]] == ["铁岭专用车产业园"]
    assert found["sectors"] == []
    for one in (*found["enterprises"], *found["parks"]):
        assert text[one["start"] : one["end"]] == one["name"]
        assert one["section"] == "一、产业布局"
    for one in found["positionings"]:
        assert text[one["start"] : one["end"]] == one["quote"]
        assert one["section"] == "一、产业布局"


def test_navigation_head_and_foot_of_the_site_are_left_out(tmp_path: Path) -> None:
    page = (
        f'<header><h1>门户</h1></header><nav>{MENU}</nav><div class="BreadcrumbNav">{TRAIL}</div>'
        "<article><header><h1>规划</h1></header><p>正文</p><footer>落款</footer><aside>广告</aside>"
        '</article><div role="contentinfo">备案</div><footer>主办</footer>'
    )
    assert _read(tmp_path, page).text.splitlines() == ["规划", "正文", "落款"]


def test_a_part_with_the_name_of_a_menu_stays_if_it_is_text_or_large(tmp_path: Path) -> None:
    text = '<div class="left"><p>浑南区重点发展<a>机器人</a>。</p></div>'
    large = f'<div id="nav-content"><a>{"<b>园</b>" * 500}</a></div>'
    assert _read(tmp_path, text + large).text.splitlines() == ["浑南区重点发展机器人。", "园" * 500]


@pytest.mark.parametrize(
    "trail",
    [
        "首页 > 政务公开 > 发展规划",
        "您当前的位置 首页 政务公开 规划",
        "政务公开 » 文件 » 产业规划",
        "首页 / 政务公开 / 产业规划",
    ],
)
def test_a_copied_breadcrumb_is_neither_title_nor_section(trail: str) -> None:
    found = extract(f"{trail}\n法库县陶瓷产业发展规划\n浑南区重点发展机器人。\n")
    assert found["document"]["title"] == "法库县陶瓷产业发展规划"
    assert [one["section"] for one in found["positionings"]] == ["法库县陶瓷产业发展规划"]


def test_the_day_of_the_signature_goes_before_the_day_of_publication(tmp_path: Path) -> None:
    page = (
        f"<h2>{TITLE}</h2><div><span>来源：市发改委</span><span>发布日期：2023-05-30</span></div>"
        + BODY
        + "<p>各地要抓好落实。</p>" * 20
        + "END<div>主办：铁岭市人民政府</div>"
    )
    end = "<p>铁岭市人民政府</p><p>2023年5月8日</p>"
    assert _facts(_read(tmp_path, page.replace("END", end)))[3] == "2023-05-08"
    assert _facts(_read(tmp_path, page.replace("END", "")))[3] == "2023-05-30"


def test_a_box_without_values_tells_nothing(tmp_path: Path) -> None:
    box = "<table><tr><td>发文字号：</td><td>无</td><td>成文日期：</td><td></td></tr>"
    rest = (
        "<tr><td>标题</td><td>名称</td></tr><tr><td>发文机关：</td><td>2023-13-45</td></tr></table>"
    )
    assert _facts(_read(tmp_path, box + rest + "<p>正文。</p>")) == ("", "", "", "")


def test_hostile_nesting_of_menus_is_read(tmp_path: Path) -> None:
    nested = '<div class="nav"><header>' * 5_000 + "正文" + "</header></div>" * 5_000
    assert _read(tmp_path, f"<article>{nested}</article>").text.strip() == "正文"
