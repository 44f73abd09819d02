r"""Read a policy document (txt, docx, pdf, html) into one text whose offsets are stable.

Plain text is decoded and its line ends become ``\n``, exactly what
``open(path, encoding=...).read()`` gives; a byte order mark stays the first character, as it does
there. For docx, pdf and html the text is built here: one paragraph a line, the cells of a table row
joined by tabs.
"""

import codecs
import hashlib
import io
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clusteratlas.errors import FileFormatError
from clusteratlas.policy.docx_text import docx_text
from clusteratlas.policy.html_text import html_text
from clusteratlas.policy.pdf_text import text_of_pages

MAX_FILE_BYTES: Final = 64_000_000
MAX_TEXT_CHARS: Final = 10_000_000
MAX_UNPACKED_BYTES: Final = 200_000_000
MAX_PAGES: Final = 3_000

_OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MISSING_SHARE_MAX: Final = 0.005  # undecodable or control characters that a text may hold


@dataclass(frozen=True)
class PolicyText:
    """A document as read.

    Parameters
    ----------
    text
        The whole text; every offset of an extraction counts characters in it.
    name
        Stem of the file's name, which stands for the document in shipped tables.
    format
        ``txt``, ``docx``, ``pdf`` or ``html``.
    encoding
        How plain text and html were decoded; "" for docx and pdf.
    """

    text: str
    name: str
    format: str
    encoding: str = ""

    @property
    def sha256(self) -> str:
        """Return the digest of the text in UTF-8, so that a reader can prove what was read."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


def read_document(path: str | Path) -> PolicyText:
    """Return the text of a policy document; the content decides the format, not the extension.

    Parameters
    ----------
    path
        A txt (UTF-8 with or without BOM, GB18030, UTF-16 with BOM), docx, pdf or html file.

    Raises
    ------
    FileFormatError
        If the file is empty, too large, encrypted, damaged, binary, a scan without text, or in a
        format that is not read (such as the old .doc).
    FileNotFoundError
        If there is no such file.
    """
    path = Path(path)
    if path.is_dir():
        raise FileFormatError(f"{path}: a folder, expected a txt, docx, pdf or html file")
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise FileFormatError(f"{path}: {size} bytes, at most {MAX_FILE_BYTES} are read")
    content = path.read_bytes()
    if not content.strip():
        raise FileFormatError(f"{path}: the file is empty")
    text, kind, encoding = _read_content(content, path)
    if not text.strip("\ufeff \t\r\n\u3000\xa0"):
        raise FileFormatError(f"{path}: no text in the file")
    if len(text) > MAX_TEXT_CHARS:
        raise FileFormatError(f"{path}: {len(text)} characters, at most {MAX_TEXT_CHARS} are read")
    return PolicyText(text, path.stem, kind, encoding)


def _read_content(content: bytes, path: Path) -> tuple[str, str, str]:
    if content.startswith(_OLE_MAGIC):
        raise FileFormatError(
            f"{path}: an encrypted Office file or an old .doc; save it as an open .docx"
        )
    if content.startswith(b"PK\x03\x04") or content.startswith(b"PK\x05\x06"):
        return _read_docx(content, path), "docx", ""
    if b"%PDF-" in content[:1024]:
        return _read_pdf(content, path), "pdf", ""
    text, encoding = _decode(content, path)
    if _looks_like_html(text, path):
        return _read_html(content, text, path), "html", encoding
    if text.lstrip("\ufeff \t\r\n").startswith("{") and '"extraction_version"' in text[:4096]:
        raise FileFormatError(f"{path}: an extraction; give the document that it was made from")
    return text.replace("\r\n", "\n").replace("\r", "\n"), "txt", encoding


def _decode(content: bytes, path: Path) -> tuple[str, str]:
    for bom, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(bom):
            return _checked(_try_decode(content, encoding), path), encoding
    if b"\x00" in content:
        raise FileFormatError(f"{path}: NUL bytes; expected a text in UTF-8 or GB18030")
    for encoding in ("utf-8", "gb18030"):
        text = _try_decode(content, encoding)
        if text is not None:
            return _checked(text, path), encoding
    raise FileFormatError(f"{path}: neither UTF-8 nor GB18030 (mixed encodings or not a text)")


def _try_decode(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _checked(text: str | None, path: Path) -> str:
    """Refuse what decodes but is no text: NULs and many control characters."""
    if text is None:
        raise FileFormatError(f"{path}: damaged UTF-16")
    if "\x00" in text:
        raise FileFormatError(f"{path}: NUL characters; expected a text")
    bad = sum(
        1 for c in text if c not in "\t\n\r\x0b\x0c" and unicodedata.category(c) in {"Cc", "Cn"}
    )
    if bad > max(8, len(text) * _MISSING_SHARE_MAX):
        raise FileFormatError(f"{path}: {bad} control characters; not a text in a known encoding")
    return text


def _looks_like_html(text: str, path: Path) -> bool:
    head = text[:2048].lstrip("\ufeff \t\r\n").lower()
    if head.startswith(("<!doctype html", "<html", "<head", "<body", "<?xml")):
        return True
    return path.suffix.lower() in {".html", ".htm", ".xhtml"} and "<" in head


def _read_html(content: bytes, text: str, path: Path) -> str:
    from bs4 import BeautifulSoup

    del content
    try:
        soup = BeautifulSoup(text, "html.parser")
    except (RecursionError, AssertionError, ValueError) as error:
        raise FileFormatError(f"{path}: the html cannot be parsed") from error
    return html_text(soup)


def _read_docx(content: bytes, path: Path) -> str:
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    _check_archive(content, path)
    try:
        return docx_text(docx.Document(io.BytesIO(content)))
    except (PackageNotFoundError, KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise FileFormatError(f"{path}: not a readable docx") from error
    except Exception as error:  # lxml's errors share no base that can be named without lxml
        raise FileFormatError(f"{path}: damaged docx") from error


def _check_archive(content: bytes, path: Path) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise FileFormatError(f"{path}: a damaged zip, not a readable docx") from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileFormatError(f"{path}: the archive is encrypted")
    if "word/document.xml" not in {entry.filename for entry in entries}:
        raise FileFormatError(f"{path}: a zip archive, but not a docx (no word/document.xml)")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES:
        raise FileFormatError(f"{path}: unpacks to {unpacked} bytes, at most {MAX_UNPACKED_BYTES}")


def _read_pdf(content: bytes, path: Path) -> str:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = [] if locked else [page.extract_text() for page in reader.pages[:MAX_PAGES]]
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError) as error:
        raise FileFormatError(f"{path}: damaged pdf") from error
    except Exception as error:  # hostile streams make pypdf fail in unforeseen ways
        raise FileFormatError(f"{path}: the pdf cannot be read") from error
    if locked:
        raise FileFormatError(f"{path}: the pdf is encrypted")
    text = text_of_pages(pages)
    if len("".join(text.split())) < max(1, len(pages)):
        raise FileFormatError(f"{path}: a scan without text; run character recognition on it first")
    return text
