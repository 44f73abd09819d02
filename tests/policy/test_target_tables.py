"""Targets that stand in tables: an indicator a row, a year a column."""

import pytest

from clusteratlas.policy import extract


def targets(text: str) -> list[tuple[str, float, str, int | None, str]]:
    """Return what is counted, number, unit, year and comparison of every target."""
    return [
        (one["quantity"], one["value"], one["unit"], one["year"], one["comparison"])
        for one in extract(text)["targets"]
    ]


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        (
            "指标\t单位\t2024年\t2027年\n规上工业总产值\t亿元\t7800\t10000\n高新技术企业\t家\t5200\t≥6000\n",
            [
                ("规上工业总产值", 10000.0, "亿元", 2027, "="),
                ("高新技术企业", 6000.0, "家", 2027, ">="),
            ],
        ),
        (
            "序号\t指标名称\t2025年目标\t2030年目标\n1\t机器人产量（万台）\t2.5\t6以上\n2\t研发投入占比\t3%\t4%\n",
            [
                ("机器人产量", 2.5, "万台", 2025, "="),
                ("机器人产量", 6.0, "万台", 2030, ">="),
                ("研发投入占比", 3.0, "%", 2025, "="),
                ("研发投入占比", 4.0, "%", 2030, "="),
            ],
        ),
        ("指标\t2023年\n规上工业总产值（亿元）\t7800\n", []),  # only what is
        ("指标\t2024年\t2027年\n综合排名\t7\t5\n", []),  # no unit
        ("指标\t单位\t2024年\t2027年\n\n产值\t亿元\t7\t9\n", [("产值", 9.0, "亿元", 2027, "=")]),
        ("指标\t单位\t2024年\t2027年\n产值\t亿元\t9\n", []),  # a row of another width
    ],
)
def test_targets_in_tables(
    table: str, wanted: list[tuple[str, float, str, int | None, str]]
) -> None:
    assert targets(f"某市方案\n{table}") == wanted


def test_a_target_of_a_table_quotes_its_row() -> None:
    text = "指标\t单位\t2024年\t2027年\n规上工业总产值\t亿元\t7800\t10000\n"
    (one,) = extract(text)["targets"]
    assert text[one["start"] : one["end"]] == one["quote"] == "规上工业总产值\t亿元\t7800\t10000"
