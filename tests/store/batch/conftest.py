"""An extract with everything that goes wrong, and what a cluster makes of it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.store.ingest.conftest import Made, made

__all__ = ["made"]
DRIVER = Path(__file__).with_name("cluster_driver.py")


def awkward_extract(made: Made, count: int = 1_500) -> str:
    """Return good rows, doubles, contradictions, quoted line breaks, late codes, unusable rows."""
    rows = [made.header]
    for number in range(count):
        rows.append(made.line(number))
        if number % 50 == 0:
            rows.append(made.line(number // 2))
            rows.append(made.line(number // 2, scope=f"修船{number}"))
            rows.append(made.line(number, uscc="X"))
        if number % 70 == 0:
            quoted = made.line(20_000 + number, scope='"水泵加工,""甲""\n\n船舶修理"')
            rows += [quoted, "", '"' + made.line(number)]
        if number and number % 110 == 0:
            rows.append(f"沈阳后补{number}公司,,,,,沈阳,")
            rows.append(f"沈阳后补{number - 110}公司,{made.code(90_000 + number)},,,,沈阳,")
            rows.append(f"外地{number}公司,{made.code(80_000 + number)},,,,北京,北京市海淀区1号")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="session")
def extract(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("extract") / "extract.csv"
    path.write_text(awkward_extract(made), encoding="gb18030", newline="")
    return path


@pytest.fixture(scope="session")
def driven(
    extract: Path, built_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What :mod:`cluster_driver` found, and its folder."""
    pytest.importorskip("distributed")
    folder = tmp_path_factory.mktemp("driven")
    command = [sys.executable, DRIVER, built_path, extract, folder]
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found | {"folder": folder}
