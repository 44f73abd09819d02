"""What can be read, with stable offsets, and what is refused in one clear line."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from pypdf import PdfWriter

from clusteratlas.errors import FileFormatError
from clusteratlas.policy import extract, read_document
from clusteratlas.policy.cjk_radicals import plain_characters
from clusteratlas.policy.writing import write_json

TEXT = "一、重点领域\n依托重点企业\t沈鼓集团、北方重工集团等企业\n"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_plain_text_reads_as_python_reads_it(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(TEXT.replace("\n", "\r\n").encode(encoding))
    document = read_document(path)
    assert document.text == path.read_text(encoding=encoding)
    assert document.name == "plan"
    assert document.encoding == encoding


def test_byte_order_mark_stays_so_that_offsets_hold(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    text = path.read_text(encoding="utf-8")
    for item in extract(read_document(path))["enterprises"]:
        assert text[item["start"] : item["end"]] == item["name"]


def test_docx_keeps_tables_in_their_place(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("一、航空装备")
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text = "重点产品"
    table.cell(0, 1).text = "民用飞机"
    table.cell(1, 0).text = "依托重点企业"
    table.cell(1, 1).text = "沈飞公司、黎明航发集团等企业"
    document.add_paragraph("二、保障措施")
    document.save(str(tmp_path / "plan.docx"))
    read = read_document(tmp_path / "plan.docx")
    assert read.text.split("\n")[:4] == [
        "一、航空装备",
        "重点产品\t民用飞机",
        "依托重点企业\t沈飞公司、黎明航发集团等企业",
        "二、保障措施",
    ]
    names = [item["name"] for item in extract(read)["enterprises"]]
    assert names == ["沈飞公司", "黎明航发集团"]


def test_html_gives_a_line_per_block_and_a_tab_per_cell(tmp_path: Path) -> None:
    path = tmp_path / "plan.html"
    path.write_text(
        "<!DOCTYPE html><html><head><title>x</title><script>1</script></head><body>"
        "<!-- not this --><p>第一<b>段</b></p><table><tr><td>甲</td><td>乙</td></tr></table>"
        "<p>末段</p></body></html>",
        encoding="utf-8",
    )
    document = read_document(path)
    assert document.format == "html"
    assert document.text.split("\n") == ["第一段", "甲\t乙", "末段", ""]


def test_merged_cells_of_a_docx_keep_the_columns_of_their_rows(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(2, 3)
    for column, name in enumerate(("法库县", "陶瓷", "市工信局")):
        table.cell(1, column).text = name
    table.cell(0, 0).merge(table.cell(0, 1)).text = "布局"
    table.cell(0, 2).text = "责任单位"
    path = tmp_path / "plan.docx"
    document.save(str(path))
    assert read_document(path).text == "布局\t\t责任单位\n法库县\t陶瓷\t市工信局\n"


def html(tmp_path: Path, body: str) -> list[str]:
    """Return the lines of a page."""
    path = tmp_path / "page.html"
    path.write_text(f"<!DOCTYPE html><html><body>{body}</body></html>", encoding="utf-8")
    return read_document(path).text.splitlines()


def test_blocks_within_a_cell_stay_in_their_row(tmp_path: Path) -> None:
    row = "<tr><td><p>法库县</p></td><td><p>陶瓷、</p><p>建材</p></td><td>甲<br>乙</td></tr>"
    assert html(tmp_path, f"<table>{row}</table>") == ["法库县\t陶瓷、建材\t甲 乙"]


def test_merged_cells_keep_the_columns_of_their_rows(tmp_path: Path) -> None:
    table = (
        "<table><tr><th rowspan=2>区县</th><th colspan=2>产业</th><th>单位</th></tr>"
        "<tr><td>主导</td><td>特色</td><td>丙</td></tr>"
        "<tr><td rowspan='0'>甲</td><td>乙</td></tr></table><p>末段</p>"
    )
    assert html(tmp_path, table) == ["区县\t产业\t\t单位", "\t主导\t特色\t丙", "甲\t乙", "末段"]


def test_cells_and_rows_that_a_page_leaves_open_end_where_the_next_begin(tmp_path: Path) -> None:
    row = "<tr><td rowspan=2>法库县<td>陶瓷<br>建材<td>市工信局<tr><td>石材<td>区政府"
    lines = ["法库县\t陶瓷 建材\t市工信局", "\t石材\t区政府", "乙\t丙", "末段"]
    assert html(tmp_path, f"<table>{row}<tr><td>乙<td>丙</table><p>末段</p>") == lines


def test_a_page_laid_out_in_a_table_keeps_its_lines(tmp_path: Path) -> None:
    inner = "<table><tr><td>甲</td><td>乙</td></tr></table>"
    page = f"<table><tr><td><p>首段</p>{inner}<p>末段</p></td></tr></table>"
    assert html(tmp_path, page) == ["首段", "甲\t乙", "末段"]
    long = "<table><tr><td>" + "<p>段落</p>" * 600 + "</td></tr></table>"
    assert html(tmp_path, long) == ["段落"] * 600


def test_wrapped_source_leaves_no_blank_between_characters(tmp_path: Path) -> None:
    body = "<p>浑南区重点发展机器人、\r\n  集成\n电路 5G\n通信 和\n新 材料</p><p>A\nB</p>"
    assert html(tmp_path, body) == ["浑南区重点发展机器人、集成电路 5G 通信 和新 材料", "A B"]


def test_deeply_nested_html_does_not_recurse(tmp_path: Path) -> None:
    path = tmp_path / "plan.html"
    path.write_text("<html><body>" + "<div>" * 3_000 + "正文" + "</div>" * 3_000, encoding="utf-8")
    assert read_document(path).text.strip() == "正文"


def written_pdf(lines: list[str]) -> bytes:
    """Return a PDF of one page whose font maps every code to its Unicode character."""
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap /CMapName /U def /CMapType 2 def "
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange "
        b"1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end"
    )
    shown = b"".join(f"<{line.encode('utf-16-be').hex()}> Tj T*\n".encode() for line in lines)
    page = b"BT /F 12 Tf 14 TL 20 700 Td\n" + shown + b"ET"
    streams = [b"<</Length %d>>stream\n%s\nendstream" % (len(one), one) for one in (page, cmap)]
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F 6 0 R>>>>>>",
        streams[0],
        streams[1],
        b"<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/Identity-H/ToUnicode 5 0 R"
        b"/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/Song/DW 1000"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>]>>",
    ]
    content, starts = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        starts.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    trailer = b"trailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(content)
    return content + b"xref\n0 7\n0000000000 65535 f \n" + table + trailer


def test_pdf_with_text_gives_names_at_their_offsets(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(written_pdf(["一、重点领域", "以沈鼓集团、北方重工集团", "等企业为依托。"]))
    document = read_document(path)
    names = {item["name"] for item in extract(document)["enterprises"]}
    assert document.format == "pdf"
    assert names == {"沈鼓集团", "北方重工集团"}
    assert all(name in document.text for name in names)


def test_pdf_without_text_is_called_a_scan(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    with (tmp_path / "scan.pdf").open("wb") as handle:
        writer.write(handle)
    with pytest.raises(FileFormatError, match="scan without text"):
        read_document(tmp_path / "scan.pdf")


def test_encrypted_pdf_is_refused(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    writer.encrypt("secret", algorithm="RC4-128")
    with (tmp_path / "locked.pdf").open("wb") as handle:
        writer.write(handle)
    with pytest.raises(FileFormatError, match="encrypted"):
        read_document(tmp_path / "locked.pdf")


def _zip(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", b" \r\n\t", "empty"),
        ("wide.txt", "　\n".encode(), "no text"),
        ("locked.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted Office"),
        ("nul.txt", b"a\0b", "NUL"),
        ("nul16.txt", "a\0b".encode("utf-16"), "NUL"),
        ("mixed.txt", "浑南区".encode() + b"\xff\xfe\xff" + "浑南区".encode("gb18030"), "neither"),
        ("noise.txt", bytes(range(1, 32)) * 100, "control characters"),
        ("not.docx", _zip(a=b"1"), "not a docx"),
        ("half.docx", _zip(a=b"1")[:20], "damaged zip"),
        ("bad.docx", _zip(word__document_xml=b"<x/>"), "not a docx"),
        ("half.pdf", b"%PDF-1.7\n1 0 obj", "pdf"),
    ],
    # A zip holds the time at which it was made: bytes in a name would differ between processes.
    ids=lambda value: value if isinstance(value, str) else "bytes",
)
def test_what_is_no_document_is_refused_in_one_line(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=message) as caught:
        read_document(path)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def test_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 210_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(FileFormatError, match="unpacks to"):
        read_document(path)


def test_an_extraction_is_no_document(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write_json(path, extract(TEXT))
    with pytest.raises(FileFormatError, match="give the document that it was made from"):
        read_document(path)


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="folder"):
        read_document(tmp_path)


def test_radicals_of_a_pdf_are_read_as_the_characters_they_stand_for() -> None:
    assert plain_characters("⽀持华晨宝⻢汽⻋、沈⻜⺠机，甲") == "支持华晨宝马汽车、沈飞民机，甲"
