"""Classify a CSV file: streamed in chunks, written whole or not at all."""

import codecs
import gzip
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, cast

import pandas as pd

from clusteratlas.errors import FileFormatError, InputError
from clusteratlas.files import whole_file
from clusteratlas.sectors.classifier import SectorClassifier

NAME_COLUMNS = (
    "name",
    "企业名称",
    "公司名称",
    "单位名称",
    "机构名称",
    "名称",
    "enterprise_name",
    "company",
)
SCOPE_COLUMNS = ("scope", "经营范围", "业务范围", "经营业务范围", "主营业务", "business_scope")
CODE_COLUMNS = ("gbt4754", "行业代码", "国民经济行业代码", "industry_code")
ADDED = ("sectors", "sector_scores", "sector_evidence")
ADDED_PRODUCTS = ("products", "roles", "sector_possible")
CHUNK = 10_000  # rows held in memory


def classify_file(
    source: Path,
    target: Path,
    *,
    name_col: str = "",
    scope_col: str = "",
    code_col: str = "",
    products: bool = False,
    progress: Callable[[int], None] | None = None,
) -> tuple[int, int]:
    """Add the sector columns to a CSV file.

    Parameters
    ----------
    source
        CSV (or ``.csv.gz``), UTF-8 with or without BOM, or GB18030, with a header line.
    target
        CSV to write, UTF-8, compressed if its name ends in ``.gz``; it appears whole or not at all
        and may be the source itself.
    name_col, scope_col, code_col
        Columns to read; where empty, the usual Chinese and English names are looked for. The
        industry code is optional.
    products
        Also add ``products, roles, sector_possible``.
    progress
        Called with the number of rows done after each chunk.

    Returns
    -------
    tuple of int
        Rows written, and rows with at least one sector.

    Raises
    ------
    InputError
        If the file or a column is missing.
    FileFormatError
        If the file is empty, in another encoding, or not a table.
    """
    encoding = _encoding(source)
    added = [*ADDED, *(ADDED_PRODUCTS if products else ())]
    classifier = SectorClassifier()
    done = with_sector = 0
    with (
        whole_file(target) as temporary,
        _create(temporary, compressed=target.suffix == ".gz") as out,
    ):
        for chunk in _chunks(source, encoding):
            columns = [str(column) for column in chunk.columns]
            names = chunk[_column(columns, name_col, NAME_COLUMNS, "name", "--name-col")]
            scopes = chunk[_column(columns, scope_col, SCOPE_COLUMNS, "scope", "--scope-col")]
            code = _optional_column(columns, code_col)
            found = classifier.classify(names, scopes, chunk[code] if code else None)
            for column in added:
                chunk[column] = found[column]
            chunk.to_csv(out, index=False, header=done == 0, lineterminator="\n")
            with_sector += int((found["sectors"] != "").sum())
            done += len(chunk)
            if progress:
                progress(done)
    return done, with_sector


def _create(path: Path, *, compressed: bool) -> IO[str]:
    if compressed:
        return gzip.open(path, "wt", encoding="utf-8", newline="")
    return path.open("w", encoding="utf-8", newline="")


def _open(source: Path) -> IO[bytes]:
    if source.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(source, "rb"))
    return source.open("rb")


def _encoding(source: Path) -> str:
    """Return the first encoding in which the whole file decodes."""
    if not source.is_file():
        raise InputError(f"no file {source}")
    for encoding in ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        size = 0
        try:
            with _open(source) as stream:
                while block := stream.read(1 << 20):
                    size += len(block)
                    decoder.decode(block)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        except (OSError, EOFError) as error:
            raise FileFormatError(f"{source}: cannot be read: {error}") from error
        if not size:
            raise FileFormatError(f"{source}: the file is empty")
        return "utf-8-sig" if encoding == "utf-8" else encoding
    raise FileFormatError(f"{source}: neither UTF-8 nor GB18030 text")


def _chunks(source: Path, encoding: str) -> Iterator[pd.DataFrame]:
    options = {"dtype": "str", "keep_default_na": False, "encoding": encoding}
    try:
        with pd.read_csv(source, chunksize=CHUNK, **options) as reader:  # type: ignore[call-overload]
            yield from reader
    except pd.errors.EmptyDataError as error:
        raise FileFormatError(f"{source}: the file has no header line") from error
    except pd.errors.ParserError as error:
        raise FileFormatError(f"{source}: not a CSV table: {str(error).strip()}") from error


def _column(
    columns: Sequence[str], asked: str, usual: Sequence[str], what: str, option: str
) -> str:
    """Return the column that was asked for, or the first of the usual names."""
    if asked:
        if asked not in columns:
            raise InputError(f"no column {asked!r}; the file has {', '.join(columns)}")
        return asked
    plain = {column.strip().lower(): column for column in columns}
    for name in usual:
        if name in plain:
            return plain[name]
    raise InputError(
        f"no column of the {what} ({' | '.join(usual)}); "
        f"the file has {', '.join(columns)}; name it with {option}"
    )


def _optional_column(columns: Sequence[str], asked: str) -> str:
    if asked:
        return _column(columns, asked, CODE_COLUMNS, "industry code", "--code-col")
    plain = {column.strip().lower(): column for column in columns}
    return next((plain[name] for name in CODE_COLUMNS if name in plain), "")
