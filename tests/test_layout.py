"""The layout holds: packages of clusteratlas, data that flows one way, imports that do no work."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ORDER = ["policy", "data", "geo", "sectors", "store", "analysis", "maps", "reports", "api"]
"""A package may import those before it, never those after it."""


def imported(path: Path) -> set[str]:
    """Packages of clusteratlas that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("clusteratlas.")}
    return found


@pytest.mark.parametrize("package", ORDER)
def test_data_flows_one_way(repo_dir: Path, package: str) -> None:
    later = set(ORDER[ORDER.index(package) + 1 :])
    # policy links what it finds to the shipped enterprises: it reads data, and data reads nothing.
    for path in (repo_dir / package).rglob("*.py"):
        wrong = imported(path) & later - ({"data"} if package == "policy" else set())
        assert not wrong, f"{path.relative_to(repo_dir)} imports {sorted(wrong)}"


@pytest.mark.parametrize("package", [*ORDER, "web"])
def test_every_room_is_reached_through_its_link(repo_dir: Path, package: str) -> None:
    link = repo_dir / "src/clusteratlas" / package
    assert link.resolve() == repo_dir / package


@pytest.mark.parametrize("package", ["policy", "geo", "geo.geocoding", "sectors", "store"])
def test_importing_a_package_reads_no_table(package: str) -> None:
    # Run apart: a module that this process has imported already would prove nothing.
    script = (
        "import builtins, io, pathlib\n"
        "opened = []\n"
        "kept = io.open\n"
        "def watched(file, *a, **k):\n"
        "    opened.append(str(file))\n"
        "    return kept(file, *a, **k)\n"
        "builtins.open = io.open = watched\n"
        f"import clusteratlas.{package}\n"
        "bad = [f for f in opened if f.endswith(('.csv', '.geojson', '.json', '.tsv', '.npz'))\n"
        "       and 'clusteratlas' in f]\n"
        "assert not bad, bad\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_no_module_of_vague_name(repo_dir: Path) -> None:
    for package in ORDER:
        for path in (repo_dir / package).rglob("*.py"):
            assert path.stem not in {"helpers", "misc", "utils", "util", "common"}, path
