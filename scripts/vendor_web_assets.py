"""Build ``web/vendor/`` (Leaflet) and ``tests/web/vendor/`` (axe-core) from pinned npm packages.

Run ``python scripts/vendor_web_assets.py`` from the root of the repository; it needs npm. Every
package is fetched by npm at the version below and refused unless its SHA-512 is the one below, so a
second run writes the same bytes. Sources and licences: ``web/vendor/README.md``.
"""

import base64
import hashlib
import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "web" / "vendor"
TESTS = ROOT / "tests" / "web" / "vendor"


@dataclass(frozen=True)
class Package:
    """An npm package at one version, with the integrity npm records for its tarball."""

    name: str
    version: str
    sha512: str


LEAFLET = Package(
    "leaflet",
    "1.9.4",
    "nxS1ynzJOmOlHp+iL3FyWqK89GtNL8U8rvlMOsQdTTssxZwCXh8N2NB3GDQOL+YR3XnWyZAxwQixURb+FA74PA==",
)
AXE = Package(
    "axe-core",
    "4.10.3",
    "Xm7bpRXnDSX2YE2YFfBk2FnF0ep6tmG7xPh8iHee8MIcrgq762Nkce856dYtJYLkuIoYZvGfTs/PbZhideTcEg==",
)


def fetch(package: Package, folder: Path) -> tarfile.TarFile:
    """Return the package's tarball after checking its hash."""
    target = folder / package.name
    target.mkdir()
    subprocess.run(
        ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        cwd=target,
        check=True,
        capture_output=True,
    )
    content = next(target.glob("*.tgz")).read_bytes()
    found = base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != package.sha512:
        raise SystemExit(
            f"{package.name} {package.version}: sha512 {found}, pinned {package.sha512}"
        )
    return tarfile.open(fileobj=io.BytesIO(content), mode="r:gz")


def read(package: tarfile.TarFile, member: str) -> bytes:
    """Return one file of the package."""
    handle = package.extractfile(f"package/{member}")
    if handle is None:
        raise SystemExit(f"no {member} in {package.name}")
    return handle.read()


def write_leaflet(package: tarfile.TarFile) -> None:
    """Write script and style sheet without the links to a source map and to images not used."""
    script = read(package, "dist/leaflet.js").decode()
    (PAGE / "leaflet.js").write_text(re.sub(r"//# sourceMappingURL=\S+\s*$", "", script))
    sheet = read(package, "dist/leaflet.css").decode().replace("\r\n", "\n")
    (PAGE / "leaflet.css").write_text(re.sub(r"url\(images/[\w.-]+\)", "none", sheet))
    (PAGE / "LICENSE-leaflet.txt").write_bytes(read(package, "LICENSE"))


def write_axe(package: tarfile.TarFile) -> None:
    """Write the accessibility checker for the browser tests."""
    (TESTS / "axe.min.js").write_bytes(read(package, "axe.min.js"))
    (TESTS / "LICENSE-axe-core.txt").write_bytes(read(package, "LICENSE"))


def main() -> None:
    """Fetch, check and write everything."""
    if shutil.which("npm") is None:
        raise SystemExit("npm is not installed")
    for folder in (PAGE, TESTS):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        write_leaflet(fetch(LEAFLET, Path(name)))
        write_axe(fetch(AXE, Path(name)))
    for path in sorted([*PAGE.iterdir(), *TESTS.iterdir()]):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
