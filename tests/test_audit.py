"""The audit names what is vulnerable, and does not take silence for safety."""

import importlib.util
import json
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="module")
def audit(repo_dir: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", repo_dir / "scripts" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ADVISORY = {
    "id": "TEST-1",
    "affected": [
        {
            "package": {"name": "Some.Thing", "ecosystem": "PyPI"},
            "ranges": [
                {
                    "type": "ECOSYSTEM",
                    "events": [
                        {"introduced": "0"},
                        {"fixed": "1.4.2"},
                        {"introduced": "2.0"},
                        {"last_affected": "2.1"},
                    ],
                }
            ],
            "versions": ["1.9.1"],
        }
    ],
}


@pytest.mark.parametrize(
    ("version", "hit"),
    [
        ("1.4.1", True),
        ("1.4.2", False),
        ("1.9.1", True),  # named, though outside of the ranges
        ("2.0rc1", False),
        ("2.0", True),
        ("2.1", True),
        ("2.1.1", False),
        ("not a version", False),
    ],
)
def test_advisory_is_about_its_versions(audit: ModuleType, version: str, hit: bool) -> None:
    found = audit.in_database({"some-thing": version}, [ADVISORY])
    assert found == ([f"some-thing {version}: TEST-1"] if hit else [])


def test_withdrawn_advisories_and_other_packages_do_not_count(audit: ModuleType) -> None:
    assert audit.in_database({"some-thing": "1.0"}, [{**ADVISORY, "withdrawn": "2024"}]) == []
    assert audit.in_database({"thing": "1.0"}, [ADVISORY, None, []]) == []


@pytest.mark.parametrize("form", ["json", "yaml", "zip"])
def test_database_is_read_in_every_form(audit: ModuleType, tmp_path: Path, form: str) -> None:
    place = tmp_path / "db"
    if form == "zip":
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("TEST-1.json", json.dumps(ADVISORY))
    else:
        (place / "vulns").mkdir(parents=True)
        # JSON is YAML too
        (place / "vulns" / f"TEST-1.{form}").write_text(json.dumps(ADVISORY))
    assert audit.in_database({"some-thing": "1.0"}, audit.read_advisories(place))


def test_floor_is_a_floor(audit: ModuleType) -> None:
    lines = ["# words", "", "Jinja2>=3.1.6  # CVE-1: why", "absent>=9"]
    assert audit.below_floor({"jinja2": "3.1.6"}, lines) == []
    assert audit.below_floor({"jinja2": "3.1.5"}, lines) == [
        "Jinja2 3.1.5: needs >=3.1.6 (CVE-1: why)"
    ]


def test_floors_can_be_read(audit: ModuleType) -> None:
    everything_old = dict.fromkeys(("starlette", "pypdf", "h11", "urllib3"), "0.0.1")
    lines = audit.FLOORS.read_text("utf-8").splitlines()
    assert len(audit.below_floor(everything_old, lines)) == len(everything_old)


def report(name: str, version: str, *holes: str) -> dict[str, Any]:
    vulns = [{"id": hole, "fix_versions": ["9.9"]} for hole in holes]
    return {"dependencies": [{"name": name, "version": version, "vulns": vulns}]}


@pytest.mark.parametrize(
    ("answers", "strict", "code"),
    [
        # A service that does not know the holes of the canary was not asked at all.
        ([{"dependencies": [{"name": "jinja2", "skip_reason": "not found"}]}], False, 0),
        ([{"dependencies": [{"name": "jinja2", "skip_reason": "not found"}]}], True, 3),
        ([None], True, 3),
        ([report("jinja2", "2.10", "PYSEC-1"), None], True, 3),
        ([report("jinja2", "2.10", "PYSEC-1"), report("a", "1")], True, 0),
        ([report("jinja2", "2.10", "PYSEC-1"), report("a", "1", "PYSEC-2")], False, 1),
    ],
)
def test_silence_is_not_taken_for_safety(
    audit: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answers: list[Any],
    strict: bool,
    code: int,
) -> None:
    said = iter(answers)
    monkeypatch.setattr(audit, "_pip_audit", lambda _: next(said))
    monkeypatch.setattr(audit, "installed", lambda: {"a": "1"})
    assert audit.main(["--strict"] if strict else []) == code
    told = capsys.readouterr()
    unreached = len(answers) < 2 or answers[1] is None
    assert ("NOT reached" in told.err) == unreached
    assert ("PYSEC-2 (mended: 9.9)" in told.err) == (code == 1)
