"""Reports, maps and the live page call the same thing by the same name."""

import json
import re
from pathlib import Path

import pytest

from clusteratlas.analysis.tables import STATES_ZH, VERDICTS_ZH
from clusteratlas.data import load_positionings
from clusteratlas.maps.figure_marks import UNSURE
from clusteratlas.maps.packing import DOCUMENT_TITLES
from clusteratlas.reports.words import DOCUMENTS, GRADES_ZH, PRECISIONS_ZH, STRENGTHS

JS = Path(__file__).parents[2] / "web" / "js"


@pytest.fixture(scope="module")
def page() -> dict[str, str]:
    """Return the page's Chinese words by key."""
    text = (JS / "words.js").read_text(encoding="utf-8")
    return {
        key: json.loads(f'"{word}"')
        for key, word in re.findall(r'^  "([^"]+)": \["((?:[^"\\]|\\.)*)"', text, re.MULTILINE)
    }


def test_states_verdicts_and_strengths_agree(page: dict[str, str]) -> None:
    assert {state: page[f"state.{state}"] for state in STATES_ZH if state != "too few to say"} == {
        state: word for state, word in STATES_ZH.items() if state != "too few to say"
    }
    for verdict, word in VERDICTS_ZH.items():
        assert not verdict or page[f"verdict.{verdict}"] == word
    for strength, word in STRENGTHS["zh"].items():
        assert not strength or page[f"strength.{strength}"] == word


def test_documents_have_one_title(page: dict[str, str]) -> None:
    assert DOCUMENTS == DOCUMENT_TITLES
    for document, title in DOCUMENTS.items():
        assert page[f"document.{document}"].startswith(title)


def test_every_grade_is_told_in_chinese(page: dict[str, str]) -> None:
    for grade in set(load_positionings()["grade"]):
        assert grade in GRADES_ZH
        assert all(f"grade.{part}" in page for part in grade.split(", "))
    for grade in ("official", "official site", "second-hand", "news", "weak"):
        assert page[f"grade.{grade}"] == GRADES_ZH[grade]


def test_one_rule_says_which_marks_are_hollow() -> None:
    symbols = (JS / "symbols.js").read_text(encoding="utf-8")
    (listed,) = re.findall(r"HOLLOW = new Set\(\[(.*?)\]\)", symbols)
    assert set(json.loads(f"[{listed}]")) == UNSURE < set(PRECISIONS_ZH)
