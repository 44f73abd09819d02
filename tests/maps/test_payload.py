"""What is packed comes out again, as the page's reader takes it apart."""

import base64
import json
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusteratlas.maps.payload import PayloadWriter, quantise


def unpack(packed: str) -> dict[str, Any]:
    """Read a payload as ``assets/atlas-payload.js`` does."""
    whole = zlib.decompress(base64.b64decode(packed))
    (length,) = struct.unpack_from("<I", whole)
    sections = {}
    for entry in json.loads(whole[4 : 4 + length]):
        start = 4 + length + entry["offset"]
        sections[entry["name"]] = _value(entry, whole[start : start + entry["length"]])
    return sections


def _value(entry: dict[str, Any], content: bytes) -> Any:
    if entry["kind"] == "json":
        return json.loads(content)
    if entry["kind"] == "text":
        return content.decode().split("\n") if entry["count"] else []
    if entry["kind"] == "delta":
        planes = np.frombuffer(content, dtype=np.uint8).reshape(4, entry["count"]).astype(np.int64)
        zigzag = planes[0] | planes[1] << 8 | planes[2] << 16 | planes[3] << 24
        return np.cumsum((zigzag >> 1) ^ -(zigzag & 1)).tolist()
    return np.frombuffer(
        content, dtype="<" + entry["kind"].replace("u", "u")[0] + str(int(entry["kind"][1:]) // 8)
    ).tolist()


@given(st.lists(st.integers(-18_000_000, 18_000_000)))
def test_delta_coded_numbers_come_back(values: list[int]) -> None:
    writer = PayloadWriter()
    writer.add_delta("x", values)
    assert unpack(writer.pack())["x"] == values


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\n"))))
def test_texts_come_back(values: list[str]) -> None:
    writer = PayloadWriter()
    writer.add_text("x", values)
    assert unpack(writer.pack())["x"] == values


def test_line_break_in_a_text_does_not_shift_the_column() -> None:
    writer = PayloadWriter()
    writer.add_text("x", ["a\nb", "c"])
    assert unpack(writer.pack())["x"] == ["a b", "c"]


@pytest.mark.parametrize(
    ("kind", "largest"), [("u8", 255), ("u16", 65_535), ("u32", 4_294_967_295)]
)
def test_unsigned_numbers_are_clipped_to_their_range(kind: str, largest: int) -> None:
    writer = PayloadWriter()
    writer.add_unsigned("x", [-5, 0, 7, largest, largest * 10], kind)
    assert unpack(writer.pack())["x"] == [0, 0, 7, largest, largest]


def test_codes_refer_to_a_sorted_vocabulary() -> None:
    writer = PayloadWriter()
    writer.add_codes("x", ["zone", "site", "zone", ""])
    sections = unpack(writer.pack())
    assert sections["x.values"] == ["", "site", "zone"]
    assert sections["x"] == [2, 1, 2, 0]


def test_quantised_degrees_are_within_half_a_step() -> None:
    degrees = np.array([123.4567891, -0.0000049, 41.0])
    assert np.abs(quantise(degrees) / 1e5 - degrees).max() <= 0.5e-5


def test_packed_text_holds_no_markup() -> None:
    writer = PayloadWriter()
    writer.add_json("x", {"name": "</script><script>alert(1)</script>"})
    assert not set("<>&\"'") & set(writer.pack())


def test_section_name_is_unique() -> None:
    writer = PayloadWriter()
    writer.add_json("x", 1)
    with pytest.raises(ValueError, match="twice"):
        writer.add_json("x", 2)


def test_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        PayloadWriter().add_json("x", float("nan"))
