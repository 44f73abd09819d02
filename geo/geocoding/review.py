"""What a person should look at, and how corrections come back."""

import re
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusteratlas.errors import InputError
from clusteratlas.geo.districts import district_index
from clusteratlas.geo.geocoding.normalise import normalise

REVIEW_COLUMNS: Final = ("row", "reason", "lon_new", "lat_new", "author", "date", "note")

_LOW_CONFIDENCE: Final = 0.8
_WIDE_M: Final = 60_000.0
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def doubtful(table: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that need a look, with the reason, and empty columns for the correction.

    Parameters
    ----------
    table
        The input, n rows.
    answers
        What the geocoder said, n rows in the same order.

    Returns
    -------
    DataFrame
        Doubtful rows only, in order: ``row`` (1 for the first row after the header), ``reason``, the
        columns of the input, the answer (as ``answer_*``), and ``lon_new, lat_new, author, date,
        note`` to be filled in. Filled rows are what :func:`read_overrides` reads.
    """
    reasons = _reasons(answers)
    doubt = np.flatnonzero(reasons != "")
    review = pd.DataFrame({"row": doubt + 1, "reason": reasons[doubt]})
    picked = table.iloc[doubt].reset_index(drop=True)
    shown = ["adcode", "district", "lon", "lat", "precision", "radius_m", "evidence", "candidates"]
    given = answers.iloc[doubt][shown].reset_index(drop=True).add_prefix("answer_")
    blank = pd.DataFrame("", index=review.index, columns=list(REVIEW_COLUMNS[2:]))
    picked = picked.rename(columns={c: f"{c}_in" for c in picked.columns if c in REVIEW_COLUMNS})
    return pd.concat([review, picked, given, blank], axis=1)


def _reasons(answers: pd.DataFrame) -> NDArray[np.object_]:
    status = answers["geocode_status"].to_numpy(dtype=object)
    low = (answers["confidence"].to_numpy() < _LOW_CONFIDENCE) & (status == "ok")
    wide = answers["radius_m"].to_numpy() > _WIDE_M
    crossing = answers["membership"].to_numpy(dtype=object) != ""
    conflict = answers["evidence"].str.contains("不一致", regex=False).to_numpy(dtype=bool)
    checks = (
        (status == "failed", "无法定位"),
        (status == "ambiguous", "区县有多种可能"),
        (conflict, "城市与区县不一致"),
        (low, "置信度低"),
        (crossing, "范围跨区县边界"),
        (wide & (status == "ok"), "半径超过60公里"),
    )
    reasons = np.full(len(answers), "", dtype=object)
    for mask, text in checks:
        joined = np.where(reasons == "", text, reasons + "；" + text)
        reasons = np.where(mask, joined, reasons)
    return reasons


def read_overrides(path: Path) -> pd.DataFrame:
    """Read corrections: a table with an address or name, a point, an author and a date.

    Parameters
    ----------
    path
        CSV with ``address`` and/or ``name`` (any of the usual names of these columns), ``lon, lat`` (or
        ``lon_new, lat_new`` as in a review file; WGS-84), ``author``, ``date`` (YYYY-MM-DD), ``note``.
        Rows without a new point are left out, so a partly filled review file can be given as it is.

    Raises
    ------
    InputError
        If columns are absent, a point is no point of Liaoning, or author or date are missing.
    """
    from clusteratlas.geo.geocoding.tables import (
        ADDRESS_COLUMNS,
        NAME_COLUMNS,
        find_column,
        read_csv,
    )

    table = read_csv(path)
    suffix = "_new" if "lon_new" in table.columns else ""
    for column in (f"lon{suffix}", f"lat{suffix}", "author", "date"):
        if column not in table.columns:
            raise InputError(f"{path}: overrides need a column {column!r}")
    address = find_column(table, "", ADDRESS_COLUMNS, "")
    name = find_column(table, "", NAME_COLUMNS, "")
    if not address and not name:
        raise InputError(f"{path}: overrides need an address or a name column")
    table = table[table[f"lon{suffix}"].str.strip() != ""].reset_index(drop=True)
    overrides = pd.DataFrame(
        {
            "address": table[address].map(normalise) if address else "",
            "name": table[name].map(normalise) if name else "",
            "lon": pd.to_numeric(table[f"lon{suffix}"], errors="coerce"),
            "lat": pd.to_numeric(table[f"lat{suffix}"], errors="coerce"),
            "author": table["author"].str.strip(),
            "date": table["date"].str.strip(),
            "note": table["note"] if "note" in table.columns else "",
        }
    )
    _check_overrides(overrides, path)
    return overrides


def _check_overrides(overrides: pd.DataFrame, path: Path) -> None:
    index = district_index()
    adcodes, _ = index.locate(overrides["lon"].to_numpy(), overrides["lat"].to_numpy())
    overrides["adcode"] = adcodes
    for number, row in enumerate(overrides.itertuples(index=False), start=1):
        where = f"{path}, correction {number}"
        if not row.adcode:
            raise InputError(f"{where}: {row.lon}, {row.lat} is no point of Liaoning (WGS-84)")
        if not row.author or not _DATE.fullmatch(str(row.date)):
            raise InputError(f"{where}: needs an author and a date as YYYY-MM-DD")


def apply_overrides(
    answers: pd.DataFrame,
    addresses: pd.Series,
    names: pd.Series | None,
    overrides: pd.DataFrame,
) -> pd.DataFrame:
    """Return the answers with corrected points; a correction for name and address beats one for one.

    Where several corrections fit equally well, the latest date wins.
    """
    table: dict[tuple[str, str], int] = {}
    for row in np.argsort(overrides["date"].to_numpy(dtype=object), kind="stable"):
        table[str(overrides["address"].iat[row]), str(overrides["name"].iat[row])] = int(row)
    texts = [normalise(address) for address in addresses]
    called = [normalise(name) for name in names] if names is not None else [""] * len(texts)
    hits, sources = [], []
    for number, (text, name) in enumerate(zip(texts, called, strict=True)):
        for key in ((text, name), (text, ""), ("", name)):
            if key in table and any(key):
                hits.append(number)
                sources.append(table[key])
                break
    return _corrected(answers, hits, overrides.iloc[sources])


def _corrected(answers: pd.DataFrame, hits: list[int], found: pd.DataFrame) -> pd.DataFrame:
    index = district_index()
    fixed = answers.copy()
    adcodes = found["adcode"].tolist()
    districts = [index.by_adcode[adcode] for adcode in adcodes]
    notes = [
        f"人工订正：{author}，{date}" + (f"，{note}" if note else "")
        for author, date, note in zip(found["author"], found["date"], found["note"], strict=True)
    ]
    values: dict[str, object] = {
        "lon": found["lon"].to_numpy(),
        "lat": found["lat"].to_numpy(),
        "radius_m": 100.0,
        "precision": "site",
        "confidence": 1.0,
        "adcode": adcodes,
        "district": [district.name for district in districts],
        "city": [district.city for district in districts],
        "evidence": notes,
        "provider": "override",
        "geocode_status": "ok",
        "candidates": "",
        "membership": "",
    }
    for column, value in values.items():
        series = fixed[column].to_numpy(dtype=object)
        series[hits] = value
        fixed[column] = pd.Series(series, index=fixed.index).astype(answers[column].dtype)
    return fixed
