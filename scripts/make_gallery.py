"""Make ``docs/gallery/``: ten views of the live page, in two languages, wide and narrow.

Run ``make gallery`` (or ``python scripts/make_gallery.py``) from the root of the repository; it needs
Chromium and playwright. The store is built from the shipped data alone, so no registry firm is shown.
"""

import argparse
import io
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "gallery"
SIZES = {"wide": (1440, 900), "narrow": (768, 1024)}
VIEWS = {
    "01-province": "",
    "02-districts": "?tab=districts&city=沈阳市&fill=count&at=123.2,41.95,8.5",
    "03-leading-field": "?tab=layers&fill=leading&at=122.9,41.1,7.5",
    "04-robots-in-hunnan": "?sectors=robotics&city=沈阳市&adcode=210112&at=123.47,41.73,11.5",
    "05-firm": "?at=123.43,41.74,12&open=firm:siasun",
    "06-park": "?at=123.35,42.4,10&open=park:faku-general-aviation-base",
    "07-district": "?at=123.3,42.3,9&open=district:210124",
    "08-compare": "?at=123.3,42.2,9&open=compare:210124,210113",
    "09-stagger": "?at=123.2,42.0,8.5&open=stagger:沈阳市",
    "10-suppliers": "?at=123.43,41.74,10.5&open=nearby:firm=siasun%26role=supplier%26radius=30",
    "11-what-if": "?at=123.2,42.0,8.5&open=whatif:沈阳市;drop.priority.210124.aviation;"
    "add.priority.210124.ceramics_glass.core",
}
QUALITY = 62


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a store of the shipped data; yields the address."""
    store = folder / "gallery.gpkg"
    command = [sys.executable, "-m", "clusteratlas"]
    subprocess.run([*command, "build", "--store", str(store)], check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [*command, "serve", "--store", str(store), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/readyz", timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def shoot(page: Any, url: str, query: str, lang: str) -> Image.Image:
    """Return a picture of a view once everything has come and is drawn."""
    page.goto(f"{url}/{query}{'&' if query else '?'}lang={lang}")
    page.wait_for_selector("body.complete", timeout=60_000)
    for _ in range(200):
        if page.evaluate("!document.querySelector('#detail [aria-busy=true]')"):
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(1500)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--only", default="", help="part of the names of the views")
    parser.add_argument("--png", action="store_true", help="uncompressed, to look at closely")
    given = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise SystemExit("no Chromium on this machine")
    given.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as url,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        for size, (width, height) in SIZES.items():
            context = browser.new_context(viewport={"width": width, "height": height})
            page = context.new_page()
            for name, query in VIEWS.items():
                if given.only not in name:
                    continue
                for lang in ("zh", "en"):
                    picture = shoot(page, url, query, lang)
                    target = given.out / f"{name}-{size}-{lang}.{'png' if given.png else 'webp'}"
                    picture.save(target, quality=QUALITY, method=6)
                    print(f"{target.name}: {target.stat().st_size:,} bytes")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
