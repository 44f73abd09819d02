"""A bureau's own statistics (revenue, value added, employment) and the targets of the documents."""

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from clusteratlas.analysis.frames import AtlasFrames
from clusteratlas.errors import FileFormatError, InputError, UnknownNameError
from clusteratlas.geo.districts import resolve_district

COLUMNS: Final = ("district", "sector", "year", "measure", "value")
MEASURES: Final = ("revenue", "value_added", "employment")
ALIASES: Final = {
    "区县": "district",
    "地区": "district",
    "产业": "sector",
    "年份": "year",
    "年度": "year",
    "指标": "measure",
    "数值": "value",
    "值": "value",
    "营业收入": "revenue",
    "主营业务收入": "revenue",
    "增加值": "value_added",
    "从业人员": "employment",
}
"""Chinese column and measure names and what they stand for."""

TOTAL: Final = "total"
"""Sector name of the rows that hold the whole economy, against which shares are taken."""

MOST_ROWS: Final = 1_000_000

TARGETS: Final = (
    ("210000", "revenue", 0.20, 2020, "liaoning-2015-25", "一、（二）主要目标"),
    ("210100", "value_added", 0.20, 2020, "shenyang-emerging-industries-opinion", "二、(一)"),
)
"""Share that the emerging sectors are to reach: region, measure, share, year, document, place. The
Shenyang opinion sets its 20 % of GDP for the 13th five-year period, which ends in 2020."""


def read_statistics(path: Path, frames: AtlasFrames) -> pd.DataFrame:
    """Read a table of ``district, sector, year, measure, value`` (CSV, UTF-8 or GB18030).

    Districts and sectors may stand by name or code; ``total`` (or 合计) as sector is the whole
    economy. Units are the table's own: shares and quotients do not depend on them, and nothing
    converts them.

    Returns
    -------
    DataFrame
        ``adcode, sector, year, measure, value``.

    Raises
    ------
    FileFormatError
        If the file cannot be read or lacks a column.
    InputError
        If a row is wrong; the message names its line.
    """
    table = _read(path)
    sectors = {name: code for code, name in frames.sector_names().items()}
    sectors |= {code: code for code in frames.sector_ids()} | {"合计": TOTAL, TOTAL: TOTAL}
    rows = []
    for line, row in enumerate(table.to_dict("records"), start=2):
        rows.append(
            _row({str(key): str(value).strip() for key, value in row.items()}, sectors, line)
        )
    return pd.DataFrame(rows, columns=["adcode", *COLUMNS[1:]])


def _read(path: Path) -> pd.DataFrame:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            table = pd.read_csv(
                path, dtype="str", keep_default_na=False, encoding=encoding, nrows=MOST_ROWS
            )
            break
        except UnicodeDecodeError:
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise FileFormatError(f"{path}: not a table ({error})") from error
    else:
        raise FileFormatError(f"{path}: neither UTF-8 nor GB18030")
    table.columns = [ALIASES.get(str(name).strip(), str(name).strip()) for name in table.columns]
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise FileFormatError(f"{path}: no column {missing[0]}; needed are {', '.join(COLUMNS)}")
    return table


def _row(row: dict[str, str], sectors: dict[str, str], line: int) -> tuple[object, ...]:
    measure = ALIASES.get(row["measure"], row["measure"])
    if measure not in MEASURES:
        raise InputError(f"line {line}: measure {measure!r}; allowed are {', '.join(MEASURES)}")
    if row["sector"] not in sectors:
        raise UnknownNameError(
            f"line {line}: no sector {row['sector']!r}; expected an id or name of data/sectors.csv,"
            " or total for the whole economy"
        )
    try:
        year, value = int(row["year"]), float(row["value"])
    except ValueError as error:
        raise InputError(f"line {line}: year and value must be numbers") from error
    if not 1949 <= year <= 2100 or not np.isfinite(value) or value < 0:
        raise InputError(f"line {line}: year {year} or value {value:g} is out of range")
    try:
        adcode = resolve_district(row["district"]).adcode
    except UnknownNameError as error:
        raise UnknownNameError(f"line {line}: {error}") from error
    return adcode, sectors[row["sector"]], year, measure, value


def statistics_matrix(
    statistics: pd.DataFrame, frames: AtlasFrames, *, measure: str, year: int | None = None
) -> pd.DataFrame:
    """Return the district x sector matrix of one measure in one year (default: the latest).

    Raises
    ------
    InputError
        If the statistics hold no such measure or year.
    """
    rows = statistics[(statistics["measure"] == measure) & (statistics["sector"] != TOTAL)]
    if rows.empty:
        held = ", ".join(sorted(set(statistics["measure"]))) or "nothing"
        raise InputError(f"the statistics hold no {measure!r}; they hold {held}")
    chosen = int(rows["year"].max()) if year is None else year
    rows = rows[rows["year"] == chosen]
    if rows.empty:
        raise InputError(f"the statistics hold no {measure!r} of {year}")
    table = rows.pivot_table(index="adcode", columns="sector", values="value", aggfunc="sum")
    return table.reindex(index=sorted(set(rows["adcode"])), columns=frames.sector_ids()).fillna(0.0)


def checked_progress(statistics: pd.DataFrame) -> pd.DataFrame:
    """Return :func:`target_progress`; a table from which nothing follows is refused with the reason.

    Raises
    ------
    InputError
        If no region and year has both sectors and totals of the measure that its target is set for.
    """
    progress = target_progress(statistics)
    if progress.empty:
        needs = ", ".join(f"{measure} of {region}" for region, measure, *_ in TARGETS)
        raise InputError(
            f"no share can be told: every district of a year needs its sectors and a row whose sector is"
            f" {TOTAL}; targets are set for {needs}"
        )
    return progress


def target_progress(statistics: pd.DataFrame) -> pd.DataFrame:
    """Return the share of the emerging sectors in each region and year beside its target.

    A sector share needs the region's ``total`` rows; a year in which some districts have sectors
    but no total is left out, since its share would be too high.

    Returns
    -------
    DataFrame
        ``region, measure, year, share, target, target_year, gap`` (percentage points still
        missing; negative when reached), ``document, place, districts`` (how many reported).
    """
    rows = []
    for region, measure, target, target_year, document, place in TARGETS:
        stem = region.rstrip("0")
        own = statistics[
            (statistics["measure"] == measure) & statistics["adcode"].str.startswith(stem)
        ]
        for year, part in own.groupby("year"):
            whole = part[part["sector"] == TOTAL].groupby("adcode")["value"].sum()
            emerging = part[part["sector"] != TOTAL].groupby("adcode")["value"].sum()
            if whole.sum() == 0 or len(emerging.index.difference(whole.index)):
                continue
            share = float(emerging.sum() / whole.sum())
            reached = (share, target, target_year, target - share)
            rows.append((region, measure, year, *reached, document, place, len(whole)))
    names = ["region", "measure", "year", "share", "target", "target_year", "gap"]
    return pd.DataFrame(rows, columns=[*names, "document", "place", "districts"])
