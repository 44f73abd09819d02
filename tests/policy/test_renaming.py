"""Headings that a new edition calls otherwise are told once, not with all that stands under them."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clusteratlas.policy import diff, extract
from clusteratlas.policy.diffing import KEYS

OLD = (
    "一、空间布局\n浑南区重点发展机器人。康平县重点发展塑编。\n二、重点产业\n（一）航空装备\n"
    "骨干企业：沈飞公司、黎明航发集团。\n到2025年，产业规模达到500亿元。\n"
    "加快整机研制。（责任单位：市发展改革委、浑南区政府）\n（二）机器人\n骨干企业：新松公司。\n"
)
NEW = (
    "一、错位格局\n浑南区重点发展机器人。康平县重点发展塑编、新能源。\n二、支柱产业\n（一）机器人\n"
    "骨干企业：新松公司。\n（二）航空航天装备\n骨干企业：沈飞公司、黎明航发集团、长河集团。\n"
    "到2025年，产业规模达到800亿元。\n加快整机研制。（责任单位：市发展改革委、浑南区政府）\n"
)


def _edition(**sections: str) -> dict[str, Any]:
    """Return an edition with enterprises by the title of their heading, named by their letters."""
    edition: dict[str, Any] = {key: [] for key in KEYS}
    for title, names in sections.items():
        edition["enterprises"] += [
            {"name": name, "section": f"一、{title}", "field": title.rsplit("）")[-1], "start": at}
            for at, name in enumerate(names, start=len(edition["enterprises"]))
        ]
    return edition


def _renamed(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["from"], one["to"]) for one in diff(old, new)["headings"]]


def test_what_stands_under_a_renamed_heading_is_compared_as_before() -> None:
    difference = diff(extract(OLD), extract(NEW))
    assert difference["headings"] == [
        {"from": "空间布局", "to": "错位格局"},
        {"from": "重点产业", "to": "支柱产业"},
        {"from": "重点产业 / 航空装备", "to": "支柱产业 / 航空航天装备"},
    ]
    assert difference["sectors"] == {"added": [], "dropped": []}
    assert difference["enterprises"] == {"added": ["长河集团"], "dropped": [], "moved": []}
    assert difference["responsibilities"] == []
    assert difference["targets"] == {
        "added": [],
        "dropped": [],
        "moved": [
            {
                "name": "支柱产业 / 航空航天装备: 产业规模",
                "from": ["500亿元 (2025)"],
                "to": ["800亿元 (2025)"],
            }
        ],
    }
    assert difference["positionings"] == [
        {"district": "康平县", "gains": ["新能源"], "losses": [], "strengths": []}
    ]


def test_more_than_half_must_be_the_same() -> None:
    old = _edition(航空="甲乙丙")
    assert _renamed(old, _edition(低空="甲乙丁")) == [("航空", "低空")]  # 4 of 6
    assert _renamed(old, _edition(低空="甲丁戊")) == []
    assert _renamed(old, _edition(低空="甲乙丁戊己")) == []  # 4 of 8


def test_one_thing_alone_needs_titles_that_are_alike() -> None:
    old = _edition(航空装备="甲")
    assert _renamed(old, _edition(航空航天装备="甲")) == [("航空装备", "航空航天装备")]
    assert _renamed(old, _edition(机器人="甲")) == []
    [move] = diff(old, _edition(机器人="甲"))["enterprises"]["moved"]
    assert (move["from"], move["to"]) == (["航空装备"], ["机器人"])


def test_a_heading_that_stays_is_not_renamed_though_its_firms_go() -> None:
    old, new = _edition(航空="甲乙丙", 汽车="丁"), _edition(航空="戊", 机器人="甲乙丙")
    assert _renamed(old, new) == []


def test_the_likeliest_pair_goes_first_and_each_heading_once() -> None:
    old = _edition(航空="甲乙丙", 汽车="甲乙丁戊")
    new = _edition(低空="甲乙丁戊", 高空="甲乙丙己")
    assert _renamed(old, new) == [("航空", "高空"), ("汽车", "低空")]


def test_what_moved_out_of_a_renamed_heading_is_told_with_its_old_name() -> None:
    old = _edition(航空="甲乙丙", 汽车="丁")
    difference = diff(old, _edition(低空="甲乙", 汽车="丁丙"))
    assert difference["headings"] == [{"from": "航空", "to": "低空"}]
    assert difference["enterprises"]["moved"] == [{"name": "丙", "from": ["航空"], "to": ["汽车"]}]


def test_a_heading_that_moved_under_another_parent_is_told_once() -> None:
    old = _edition(**{"重点产业 / （一）机器人": "甲乙丙", "重点产业 / （二）航空": "丁"})
    new = _edition(**{"主要任务 / （三）机器人": "甲乙戊", "重点产业 / （一）航空": "丁"})
    difference = diff(old, new)
    assert difference["headings"] == [{"from": "重点产业 / 机器人", "to": "主要任务 / 机器人"}]
    assert difference["enterprises"] == {"added": ["戊"], "dropped": ["丙"], "moved": []}
    other = _edition(**{"主要任务 / （三）机器人": "戊己", "重点产业 / （一）航空": "丁"})
    assert _renamed(old, other) == []


def test_that_a_sector_is_mentioned_too_is_no_change() -> None:
    one = {"district": "浑南区", "sectors": ["机器人"], "section": "", "start": 0}
    both = [{**one, "strength": "leading"}, {**one, "strength": "mentioned"}]
    old, new = _edition(), _edition()
    old["positionings"], new["positionings"] = both, both[:1]
    assert diff(old, new)["positionings"] == []
    new["positionings"] = both[1:]
    [change] = diff(old, new)["positionings"]
    assert change["strengths"] == [{"sector": "机器人", "from": ["leading"], "to": ["mentioned"]}]


def test_editions_of_one_title_are_told_apart_by_their_numbers() -> None:
    title = "铁岭市人民政府关于印发铁岭市制造业发展规划的通知"
    difference = diff(
        extract(f"{title}\n铁政发〔2023〕9号\n"), extract(f"{title}\n铁政发〔2026〕4号\n")
    )
    assert (difference["old"], difference["new"]) == (
        f"{title} (铁政发〔2023〕9号)",
        f"{title} (铁政发〔2026〕4号)",
    )


titles = st.text("航空汽车", min_size=1, max_size=2)
editions = st.dictionaries(
    st.lists(titles, min_size=1, max_size=3).map(" / ".join),
    st.text("甲乙丙丁戊", min_size=1, max_size=6),
    max_size=5,
)


def _with_parents(edition: dict[str, str]) -> set[str]:
    """Return all headings of an edition with those above them."""
    paths = [title.split(" / ") for title in edition]
    return {" / ".join(path[:size]) for path in paths for size in range(1, len(path) + 1)}


@settings(max_examples=200, deadline=None)
@given(old=editions, new=editions)
def test_every_heading_is_renamed_once_to_one_that_is_there(
    old: dict[str, str], new: dict[str, str]
) -> None:
    pairs = _renamed(_edition(**old), _edition(**new))
    assert len({before for before, _ in pairs}) == len({after for _, after in pairs}) == len(pairs)
    assert {before for before, _ in pairs} <= _with_parents(old)
    assert {after for _, after in pairs} <= _with_parents(new)
    assert all(before != after for before, after in pairs)
    assert _renamed(_edition(**old), _edition(**old)) == []
