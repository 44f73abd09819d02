"""Read registry files row by row at constant memory, whatever is wrong with them."""

from collections.abc import Sequence
from pathlib import Path

from clusteratlas.errors import FileFormatError, InputError
from clusteratlas.store.ingest.readers.base import Block, RawRow, Table, Tables
from clusteratlas.store.ingest.readers.columnar import parquet_folder, parquet_tables
from clusteratlas.store.ingest.readers.delimited import delimited_tables
from clusteratlas.store.ingest.readers.packed import gzip_tables, zip_tables
from clusteratlas.store.ingest.readers.sheets import sheet_tables

__all__ = ["Block", "RawRow", "Table", "Tables", "open_tables"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_tables(path: Path, *, wanted: Sequence[str] = ()) -> Tables:
    """Return the tables of a file: CSV, TSV (also .gz, .zip), XLSX or Parquet, told by content.

    A folder is read as the Parquet files in it.

    Parameters
    ----------
    path
        The file.
    wanted
        Titles that the user named: they help to find the header row.

    Raises
    ------
    InputError
        If the file does not exist.
    FileFormatError
        If it is empty, encrypted, damaged, or of another format.
    """
    if path.is_dir():
        return parquet_folder(path)
    if not path.is_file():
        raise InputError(f"no such file: {path}")
    with path.open("rb") as stream:
        head = stream.read(16)
    if not head:
        raise FileFormatError(f"{path} is empty")
    if head.startswith(_OLE):
        raise FileFormatError(
            f"{path} is an old .xls or a workbook with a password: save it as .xlsx or .csv"
        )
    if head.startswith(b"%PDF"):
        raise FileFormatError(f"{path} is a PDF: expected CSV, XLSX or Parquet")
    if head.startswith(b"PAR1"):
        return parquet_tables(path)
    if head.startswith(b"\x1f\x8b"):
        return gzip_tables(path, wanted)
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zipped(path, wanted)
    return delimited_tables(path, wanted)


def _zipped(path: Path, wanted: Sequence[str]) -> Tables:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            workbook = "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise FileFormatError(f"{path} is a damaged zip or xlsx file: {error}") from error
    return sheet_tables(path, wanted) if workbook else zip_tables(path, wanted)
