"""Geocode a table in a file: find its columns, keep all of it, write the answer at once."""

import io
from pathlib import Path
from typing import Final

import pandas as pd

from clusteratlas.errors import FileFormatError, InputError
from clusteratlas.files import whole_file
from clusteratlas.geo.datum import DATUMS, convert
from clusteratlas.geo.geocoding.base import Geocoder
from clusteratlas.geo.geocoding.offline import OfflineGeocoder
from clusteratlas.geo.geocoding.result import RESULT_COLUMNS
from clusteratlas.geo.geocoding.review import apply_overrides, doubtful, read_overrides

ADDRESS_COLUMNS: Final = (
    "address", "地址", "注册地址", "住所", "企业地址", "公司地址", "单位地址", "经营地址", "通讯地址",
    "通信地址", "详细地址", "生产地址", "厂址", "所在地址", "办公地址", "登记住所", "addr",
    "住所地址", "住所地", "注册地",
    "registered_address", "full_address",
)  # fmt: skip
NAME_COLUMNS: Final = (
    "name", "企业名称", "公司名称", "单位名称", "机构名称", "名称", "企业", "legal_name", "company",
    "company_name", "enterprise", "enterprise_name",
)  # fmt: skip
CITY_COLUMNS: Final = ("city", "城市", "所在城市", "地市", "所属城市", "地级市", "市", "地区")
MAX_BYTES: Final = 2_000_000_000


def geocode_table(
    table: Path,
    out: Path,
    *,
    address_column: str = "",
    name_column: str = "",
    city_column: str = "",
    providers: str = "offline",
    review: Path | None = None,
    overrides: Path | None = None,
    datum: str = "wgs84",
) -> str:
    """Geocode a CSV file into another; return one line that says how many rows got what.

    Parameters
    ----------
    table, out
        Input (UTF-8 with or without BOM, or GB18030) and output (UTF-8). The output is written beside
        its name and then moved there.
    address_column, name_column, city_column
        Columns; "" looks for the usual Chinese and English names (address is required).
    providers
        Names in order, ``offline`` or e.g. ``amap,offline``.
    review
        Where to write the doubtful rows; None for nowhere.
    overrides
        Corrections to apply; see :func:`clusteratlas.geo.geocoding.review.read_overrides`.
    datum
        Datum of the coordinates in the output.

    Raises
    ------
    InputError
        If a column is absent, a datum or provider unknown.
    FileFormatError
        If the file is no readable table.
    """
    if datum not in DATUMS:
        raise InputError(f"unknown datum {datum!r}; allowed: {', '.join(DATUMS)}")
    frame = read_csv(table)
    addresses = frame[find_column(frame, address_column, ADDRESS_COLUMNS, "address")]
    name = find_column(frame, name_column, NAME_COLUMNS, "")
    city = find_column(frame, city_column, CITY_COLUMNS, "")
    corrections = read_overrides(overrides) if overrides else None
    geocoder = make_geocoder(providers)
    answers = geocoder.geocode_frame(
        addresses, frame[name] if name else None, frame[city] if city else None, progress=True
    )
    if corrections is not None:
        answers = apply_overrides(answers, addresses, frame[name] if name else None, corrections)
    if review is not None:
        write_csv(doubtful(frame, answers), review)
    lon, lat = convert(answers["lon"], answers["lat"], source="wgs84", target=datum)
    answers["lon"], answers["lat"] = lon.round(6), lat.round(6)
    answers["radius_m"] = answers["radius_m"].round(0)
    clashes = {c: f"{c}_in" for c in frame.columns if c in RESULT_COLUMNS}
    write_csv(pd.concat([frame.rename(columns=clashes), answers], axis=1), out)
    counts = answers["geocode_status"].value_counts()
    told = ", ".join(f"{n:,} {status}" for status, n in counts.items())
    rows = f"{len(answers):,} rows" + (f": {told}" if told else "")
    return "\n".join([rows, *getattr(geocoder, "notes", ())])


def make_geocoder(providers: str) -> Geocoder:
    """Return the geocoder for a list of provider names.

    Raises
    ------
    InputError
        If a name is unknown or a provider's key is not set.
    """
    names = [part.strip() for part in providers.split(",") if part.strip()]
    if names == ["offline"]:
        return OfflineGeocoder()
    from clusteratlas.geo.geocoding.providers import make_chain

    return make_chain(providers)


def find_column(frame: pd.DataFrame, wanted: str, usual: tuple[str, ...], required: str) -> str:
    """Return the name of a column: the wanted one, or the first of the usual ones; "" if none.

    Raises
    ------
    InputError
        If the wanted column is absent, or none is found although ``required`` names what it is.
    """
    if wanted:
        if wanted not in frame.columns:
            raise InputError(f"no column {wanted!r}; there are: {', '.join(frame.columns[:20])}")
        return wanted
    lowered = {str(column).strip().lower(): str(column) for column in reversed(frame.columns)}
    for name in usual:
        if name in lowered:
            return lowered[name]
    if required:
        raise InputError(
            f"no {required} column among {', '.join(frame.columns[:20])}; name it with "
            f"--{required}-col"
        )
    return ""


def read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV file as text, "" for empty cells; UTF-8 (with or without BOM) or GB18030.

    Raises
    ------
    FileFormatError
        If it is empty, too large, in neither encoding, or no table.
    """
    if path.stat().st_size > MAX_BYTES:
        raise FileFormatError(f"{path}: over {MAX_BYTES:,} bytes; split it or use ingest")
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise FileFormatError(f"{path}: neither UTF-8 nor GB18030")
    try:
        frame = pd.read_csv(
            io.StringIO(text.replace("\x00", "")), dtype="str", keep_default_na=False
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise FileFormatError(f"{path}: no readable table: {error}") from error
    frame.columns = [str(column) for column in frame.columns]
    return frame


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a CSV file (UTF-8) whole or not at all."""
    with (
        whole_file(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as stream,
    ):
        frame.to_csv(stream, index=False, lineterminator="\n")
