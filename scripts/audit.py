"""Look for known holes in what is installed.

    python scripts/audit.py [--strict] [--database FOLDER_OR_ZIP]

Three sources, each said on a line of its own:

1. ``audit_floors.txt`` beside this file: lowest versions, checked without any network.
2. pip-audit, which asks the vulnerability service of the package index. A package that is known to be
   vulnerable is asked for as well: if the service does not name its holes, it was not reached (or a
   mirror of the index answers, that has no such service), and nothing is concluded from its silence.
3. ``--database``: advisories in the OSV format (the export of osv.dev for PyPI, or a checkout of the
   PyPA advisory database), for machines without a way out.

Exit codes: 0 nothing found; 1 a hole; 3 with ``--strict``, if neither 2 nor 3 could be asked.
"""

import argparse
import importlib.metadata
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

FLOORS = Path(__file__).with_name("audit_floors.txt")
CANARY = ("jinja2", "2.10")  # CVE-2019-10906 and others: never installed, only asked for
OWN = "clusteratlas"


def installed() -> dict[str, str]:
    """Return the version of every distribution of this environment by its normalised name."""
    found = {
        canonicalize_name(one.metadata["Name"]): one.version
        for one in importlib.metadata.distributions()
        if one.metadata["Name"]
    }
    found.pop(canonicalize_name(OWN), None)
    return {str(name): version for name, version in found.items()}


def below_floor(packages: Mapping[str, str], lines: Iterable[str]) -> list[str]:
    """Return a line for each package that is older than its floor."""
    found = []
    for line in lines:
        text, _, reason = line.partition("#")
        if not text.strip():
            continue
        floor = Requirement(text.strip())
        version = packages.get(str(canonicalize_name(floor.name)))
        if version is not None and not floor.specifier.contains(version, prereleases=True):
            found.append(f"{floor.name} {version}: needs {floor.specifier} ({reason.strip()})")
    return found


def ask_service(packages: Mapping[str, str]) -> list[str] | None:
    """Return a line for each hole that pip-audit names; None if the service was not reached."""
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder, "installed.txt")
        wanted = dict([CANARY])
        lists = [wanted, {name: packages[name] for name in sorted(packages)}]
        reports = []
        for one in lists:  # apart, because a list may name a package once only
            listing.write_text("".join(f"{name}=={version}\n" for name, version in one.items()))
            reports.append(_pip_audit(listing))
            if len(reports) == 1 and not _holes(reports[0]):
                return None
    if reports[1] is None:
        return None
    return _holes(reports[1])


def _pip_audit(listing: Path) -> dict[str, Any] | None:
    command = [sys.executable, "-m", "pip_audit", "-r", str(listing), "--no-deps", "--disable-pip"]
    command += ["-f", "json", "--progress-spinner", "off", "--timeout", "15"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        report = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None
    return report if isinstance(report, dict) else None


def _holes(report: Mapping[str, Any] | None) -> list[str]:
    found = []
    for package in (report or {}).get("dependencies", []):
        for hole in package.get("vulns", []):
            mended = ", ".join(hole.get("fix_versions") or ["no release yet"])
            found.append(f"{package['name']} {package['version']}: {hole['id']} (mended: {mended})")
    return found


def in_database(packages: Mapping[str, str], advisories: Iterable[Any]) -> list[str]:
    """Return a line for each advisory in the OSV format that is about an installed version."""
    found = set()
    for advisory in advisories:
        if not isinstance(advisory, dict) or advisory.get("withdrawn"):
            continue
        for affected in advisory.get("affected", []):
            package = affected.get("package", {})
            name = str(canonicalize_name(package.get("name", "")))
            version = packages.get(name)
            if package.get("ecosystem") == "PyPI" and version and _is_hit(version, affected):
                found.add(f"{name} {version}: {advisory.get('id')}")
    return sorted(found)


def _is_hit(version: str, affected: Mapping[str, Any]) -> bool:
    if version in affected.get("versions", []):
        return True
    ranges = [one for one in affected.get("ranges", []) if one.get("type") == "ECOSYSTEM"]
    return any(_in_range(version, one.get("events", [])) for one in ranges)


def _in_range(version: str, events: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether a version lies between an ``introduced`` and the event that ends it."""
    inside = False
    try:
        own = Version(version)
        for event in events:
            if "introduced" in event:
                start = str(event["introduced"])
                inside = inside or start == "0" or own >= Version(start)
            elif "fixed" in event:
                inside = inside and own < Version(str(event["fixed"]))
            elif "last_affected" in event:
                inside = inside and own <= Version(str(event["last_affected"]))
    except InvalidVersion:
        return False
    return inside


def read_advisories(place: Path) -> Iterator[Any]:
    """Yield the advisories of a folder or a zip file, written as JSON or YAML."""
    if place.is_file():
        with zipfile.ZipFile(place) as archive:
            for name in archive.namelist():
                if name.endswith(".json"):
                    yield json.loads(archive.read(name))
        return
    for path in sorted(place.rglob("*")):
        if path.suffix == ".json":
            yield json.loads(path.read_text("utf-8"))
        elif path.suffix in {".yaml", ".yml"}:
            import yaml

            yield yaml.load(
                path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            )


def main(arguments: list[str] | None = None) -> int:
    """Audit, tell, and return the exit code."""
    parser = argparse.ArgumentParser(description="Look for known holes in what is installed.")
    parser.add_argument("--strict", action="store_true", help="fail if no service could be asked")
    parser.add_argument("--database", type=Path, help="advisories in the OSV format")
    given = parser.parse_args(arguments)
    packages = installed()
    holes = below_floor(packages, FLOORS.read_text("utf-8").splitlines())
    print(f"audit: {len(packages)} packages against {FLOORS.name}: {len(holes)} holes")
    asked = False
    if given.database:
        if not given.database.exists():
            parser.error(f"no advisories at {given.database}")
        named = in_database(packages, read_advisories(given.database))
        print(f"audit: against {given.database.name}: {len(named)} holes")
        holes, asked = [*holes, *named], True
    named_by_service = ask_service(packages)
    if named_by_service is None:
        print(
            "audit: the vulnerability service was NOT reached, so it was not asked about any package; "
            "run `make audit AUDIT=--strict` where it can be reached",
            file=sys.stderr,
        )
    else:
        print(f"audit: pip-audit: {len(named_by_service)} holes")
        holes, asked = [*holes, *named_by_service], True
    for hole in holes:
        print(f"audit: {hole}", file=sys.stderr)
    if holes:
        return 1
    return 0 if asked or not given.strict else 3


if __name__ == "__main__":
    sys.exit(main())
