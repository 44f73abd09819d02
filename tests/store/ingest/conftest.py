"""Registry extracts made up for the tests: no row of a real registry."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from clusteratlas.store.geopackage import GeoPackageStore
from clusteratlas.store.ingest import IngestOptions, IngestSummary, ingest_files
from clusteratlas.store.ingest.values import uscc_check_character

HEADER = "企业名称,统一社会信用代码,注册日期,注册资金,经营范围,地区,注册地址"
SCOPES = ("工业机器人制造", "服装零售", "软件开发；国内一般贸易", "水泵加工", "医疗器械生产")
PLACES = ("沈阳市浑南区世纪路", "大连市甘井子区中华路", "鞍山市铁东区胜利路", "抚顺市望花区雷锋路")


class Made:
    """Makes codes, rows and whole extracts."""

    header = HEADER

    def code(self, number: int) -> str:
        """Return a well-formed code for a firm that does not exist."""
        body = f"91210100MA{number:07d}"
        return body + uscc_check_character(body)

    def line(self, number: int, *, name: str = "", scope: str = "", uscc: str | None = None) -> str:
        """Return a good row."""
        place = PLACES[number % len(PLACES)]
        return ",".join(
            [
                name or f"沈阳测试{number}号机械有限公司",
                self.code(number) if uscc is None else uscc,
                f"20{number % 19:02d}-0{number % 9 + 1}-15",
                f"{number % 500 + 1}(万元人民币)",
                scope or SCOPES[number % len(SCOPES)],
                place[:2],
                f"{place}{number % 300}号",
            ]
        )

    def extract(self, numbers: Sequence[int]) -> str:
        """Return an extract with these good rows."""
        return "\n".join([HEADER, *(self.line(number) for number in numbers)]) + "\n"


@pytest.fixture(scope="session")
def made() -> Made:
    return Made()


Ingest = Callable[..., IngestSummary]


@pytest.fixture
def ingest(atlas: GeoPackageStore, tmp_path: Path) -> Ingest:
    """Ingest a text, bytes or a path into the atlas; the rejects go to ``rejects.csv``."""

    def run(
        content: str | bytes | Path, name: str = "extract.csv", **options: object
    ) -> IngestSummary:
        path = tmp_path / name
        if isinstance(content, Path):
            path = content
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8", newline="")
        chosen = IngestOptions(workers=0, **options)  # type: ignore[arg-type]
        return ingest_files(atlas, [path], options=chosen, rejects=tmp_path / "rejects.csv")

    return run
