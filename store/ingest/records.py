"""Turn raw rows into registered facts, or into rejects with a reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from clusteratlas.store.ingest.columns import ColumnPlan
from clusteratlas.store.ingest.readers import RawRow
from clusteratlas.store.ingest.values import (
    clean,
    name_problem,
    read_capital,
    read_city,
    read_code,
    read_date,
)

FACT_FIELDS: Final = (
    "row", "name", "uscc", "registered", "enterprise_type", "capital", "scope", "city", "district",
    "zone", "address", "industry_code", "note",
)  # fmt: skip

REASONS: Final[dict[str, str]] = {
    "missing_name": "no firm's name",
    "bad_name": "the name is no name (a single character, only digits, or longer than 200)",
    "bad_code": "the code is not 18 characters of 0-9 and A-Z without I, O, S, V, Z",
    "bad_check_digit": "the check digit of the code is wrong (GB 32100-2015)",
    "code_in_scientific_notation": "a spreadsheet turned the code into a rounded number",
    "outside_liaoning": "the province column names another province",
    "column_count": "the row has more or fewer columns than the header",
    "unclosed_quote": "a quotation mark is opened and never closed",
    "line_too_long": "the line is longer than 1 MB",
    "nul_bytes": "the line holds NUL bytes",
    "undecodable": "the line is not text in the file's encoding",
    "formula_without_value": "a formula was never calculated: open and save the workbook",
    "merged_cells": "name or code lies in a merged range that began above",
    "ambiguous_identity": "no code, and several firms of this name are known in the city",
    "conflicting_duplicate": "the same firm stands earlier in this extract with other facts",
}
"""Why a row is rejected, for the rejects file and the summary."""

_OWN_PROVINCE: Final = frozenset(("", "辽宁", "辽宁省", "210000", "21", "liaoning", "Liaoning"))


@dataclass
class Facts:
    """A batch of rows that was read.

    Attributes
    ----------
    frame
        Usable rows with :data:`FACT_FIELDS`; ``row`` is the position in the batch.
    rejected
        ``(position, reason)`` of the others.
    doubts
        How often a cell was left unknown because it could not be read, by kind.
    """

    frame: pd.DataFrame
    rejected: list[tuple[int, str]] = field(default_factory=list)
    doubts: Counter[str] = field(default_factory=Counter)


def read_facts(rows: Sequence[RawRow], plan: ColumnPlan) -> Facts:
    """Return the facts that a batch of rows states."""
    facts = Facts(pd.DataFrame())
    records: list[tuple[Any, ...]] = []
    for position, row in enumerate(rows):
        if row.problem:
            facts.rejected.append((position, row.problem))
            continue
        record, problem = _record(position, row.cells, plan, facts.doubts)
        if problem:
            facts.rejected.append((position, problem))
        else:
            records.append(record)
    frame = pd.DataFrame.from_records(records, columns=list(FACT_FIELDS))
    texts = {name: "str" for name in FACT_FIELDS if name not in ("row", "capital")}
    facts.frame = frame.astype({"row": "int64", "capital": "float64", **texts})
    return facts


def _record(
    position: int, cells: Sequence[object], plan: ColumnPlan, doubts: Counter[str]
) -> tuple[tuple[Any, ...], str]:
    def cell(name: str) -> object:
        at = plan.places.get(name)
        return None if at is None else cells[at]

    name = clean(cell("name"))
    code, problem = read_code(cell("uscc"))
    problem = name_problem(name) or problem
    if not problem and clean(cell("province")) not in _OWN_PROVINCE:
        problem = "outside_liaoning"
    if problem:
        return (), problem
    notes = [f"{title}：{clean(cells[at])}" for title, at in plan.keep if clean(cells[at])]
    registered = _date(cell("registered"), notes, doubts)
    capital = _capital(cell("capital"), plan.capital_unit, notes, doubts)
    texts = [clean(cell(field)) for field in ("enterprise_type", "scope", "city", "district")]
    kind, scope, city, district = texts
    zone, address, industry = (clean(cell(f)) for f in ("zone", "address", "industry_code"))
    return (
        position, name, code, registered, kind, capital, scope, read_city(city), district,
        zone, address, industry, "；".join(notes),
    ), ""  # fmt: skip


def _date(value: object, notes: list[str], doubts: Counter[str]) -> str:
    found, understood = read_date(value)
    if not understood:
        doubts["date_not_understood"] += 1
        notes.append(f"注册日期未识别：{clean(value)[:40]}")
    return found


def _capital(value: object, unit: str, notes: list[str], doubts: Counter[str]) -> float | None:
    found = read_capital(value, unit=unit)
    if found.foreign:
        doubts["capital_in_foreign_currency"] += 1
        notes.append(f"注册资本：{clean(value)[:40]}")
    elif not found.understood:
        doubts["capital_not_understood"] += 1
        notes.append(f"注册资本未识别：{clean(value)[:40]}")
    return found.amount
