"""Build ``maps/assets/`` (Leaflet, fflate) and ``maps/fonts/`` from pinned npm packages.

Run ``python scripts/vendor_map_assets.py`` from the root of the repository; it needs npm and
fonttools. Every package is fetched by npm at the version below and refused unless its SHA-512 is
the one below, so a second run writes the same bytes. Sources and licences: ``maps/assets/README.md``.
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

from fontTools import subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "maps" / "assets"
FONTS = ROOT / "maps" / "fonts"
FONT_MAX_BYTES = 3_000_000


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
FFLATE = Package(
    "fflate",
    "0.8.3",
    "tbZNuJrLwGUp3zshBtdy4W+ORxZuIh8a5ilyIEQDC5rY1f3U20JMry0Ll3WBzU58EZKsEuJFXhb5gwv8CsPvgA==",
)
NOTO_SANS_SC = Package(
    "@expo-google-fonts/noto-sans-sc",
    "0.4.3",
    "9rAwdFTFHbO/u6Cs0gj2jZbW74TGIiaFNQnXYH2s5wA1bzVkwbaviL4t8YUV642eGYjg86eH6DkAEQmfNHDncQ==",
)


def fetch(package: Package, folder: Path) -> tarfile.TarFile:
    """Return the package's tarball after checking its hash."""
    target = folder / package.name.replace("/", "-").lstrip("@")
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


def data_uri(content: bytes, media_type: str) -> str:
    """Return the bytes as a data URI."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def write_leaflet(package: tarfile.TarFile) -> None:
    """Write leaflet.js without its source map link and leaflet.css with its images inside."""
    script = read(package, "dist/leaflet.js").decode()
    (ASSETS / "leaflet.js").write_text(re.sub(r"//# sourceMappingURL=\S+\s*$", "", script))
    sheet = read(package, "dist/leaflet.css").decode()
    sheet = re.sub(
        r"url\((images/[\w.-]+)\)",
        lambda found: f"url({data_uri(read(package, 'dist/' + found[1]), 'image/png')})",
        sheet,
    )
    (ASSETS / "leaflet.css").write_text(sheet.replace("\r\n", "\n"))
    (ASSETS / "LICENSE-leaflet.txt").write_bytes(read(package, "LICENSE"))


def write_fflate(package: tarfile.TarFile) -> None:
    """Write the browser build of fflate, which unpacks where DecompressionStream is missing."""
    (ASSETS / "fflate.js").write_bytes(read(package, "umd/index.js"))
    (ASSETS / "LICENSE-fflate.txt").write_bytes(read(package, "LICENSE"))


def wanted_characters() -> set[int]:
    """Return Latin, punctuation, the whole of GB 2312 and the characters of Liaoning's names."""
    characters = set(range(0x20, 0x7F)) | set(range(0xA0, 0x180)) | set(range(0x2010, 0x2040))
    characters |= {ord(sign) for sign in "²³₂₃×÷±≤≥≈→←↑↓↔√∑·•…‰℃€¥－㎡㎞▲△▼▽◆◇○●◎□■★☆⬡⬢✕✓"}
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                characters.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue  # a gap of the code table
    for name in ("districts.geojson", "cities.geojson", "enterprises.csv", "parks.geojson"):
        path = ROOT / "data" / name
        if path.is_file():
            characters |= {ord(sign) for sign in path.read_text(encoding="utf-8")}
    # Given names and firm names of the registry that GB 2312 lacks, the most frequent ones.
    characters |= {
        ord(sign)
        for sign in "喆昇堃镕玥瑀翀珺淼犇骉焱垚晟玮瑢铄锘钰湉旸祎祺翊璟珈塬堉堽劼鑫淏浡瀞燊畑砼碁"
        "洺祐俬愽鲀燚栢芃赟浤僡烜旻聖羴雲峖炘業菓璘汎湧潽竑垟濛锜彧"
    }
    return characters


def write_font(package: tarfile.TarFile) -> None:
    """Write the subset of Noto Sans SC that figures and PDF reports embed."""
    source = io.BytesIO(read(package, "400Regular/NotoSansSC_400Regular.ttf"))
    options = subset.Options(
        hinting=False,
        layout_features=["kern", "mark", "locl"],
        notdef_outline=True,
        drop_tables=["DSIG", "vhea", "vmtx", "BASE"],
    )
    font = TTFont(source)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted_characters())
    subsetter.subset(font)
    font["head"].modified = font["head"].created  # the same bytes on every run
    font.recalcTimestamp = False
    target = FONTS / "NotoSansSC-Regular-subset.ttf"
    font.save(target)
    if target.stat().st_size > FONT_MAX_BYTES:
        raise SystemExit(f"{target.name} has {target.stat().st_size} bytes, above {FONT_MAX_BYTES}")
    (FONTS / "OFL-NotoSansSC.txt").write_bytes(read(package, "LICENSE_FONT"))


def main() -> None:
    """Fetch, check and write everything."""
    if shutil.which("npm") is None:
        raise SystemExit("npm is not installed")
    ASSETS.mkdir(parents=True, exist_ok=True)
    FONTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_leaflet(fetch(LEAFLET, folder))
        write_fflate(fetch(FFLATE, folder))
        write_font(fetch(NOTO_SANS_SC, folder))
    for path in sorted([*ASSETS.iterdir(), *FONTS.iterdir()]):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
