"""Measure the live page in headless Chromium without a GPU: first picture, filter, long tasks.

    python bench/web/fluid.py http://127.0.0.1:8000

The server should hold the number of firms that the figures are for; all of them are switched on
(``none=1``). Printed: milliseconds to the first picture and to all firms drawn; the median and worst
answer of a filter until the map is redrawn; tasks over 50 ms on the main thread while loading,
panning and zooming (a planner notices those above 100 ms); the load of the machine.
"""

import argparse
import json
import os
import shutil
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

WATCH = """
window.__long = [];
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.__long.push(Math.round(entry.duration));
}).observe({type: 'longtask', buffered: true});
"""


def long_tasks(page: Any) -> list[int]:
    """Return the long tasks since the last call, in ms."""
    found: list[int] = page.evaluate("window.__long.splice(0)")
    return found


def processor_ms(trace: bytes) -> list[int]:
    """Return the processor time of the main thread's ten longest tasks, which no other load disturbs."""
    events = json.loads(trace)["traceEvents"]
    main = {
        (e["pid"], e["tid"])
        for e in events
        if e["name"] == "thread_name" and e["args"]["name"] == "CrRendererMain"
    }
    spent = [
        e["tdur"] / 1000
        for e in events
        if e["name"].endswith("RunTask") and "tdur" in e and (e["pid"], e["tid"]) in main
    ]
    return [round(ms) for ms in sorted(spent, reverse=True)[:10]]


def drag(page: Any, dx: int, dy: int) -> None:
    """Drag the map as a hand would, 20 steps of a frame each."""
    page.mouse.move(900, 450)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(900 + dx * step / 20, 450 + dy * step / 20)
        page.wait_for_timeout(16)
    page.mouse.up()
    page.wait_for_timeout(900)


def main() -> None:
    """Visit the page and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    url = parser.parse_args().url.rstrip("/")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(WATCH)
        page.goto(f"{url}/?none=1")
        page.wait_for_selector("body.complete", timeout=60_000)
        page.wait_for_timeout(1500)
        marks = page.evaluate(
            "performance.getEntriesByType('mark').map(m => [m.name, Math.round(m.startTime)])"
        )
        print(page.inner_text("#map-status"))
        for name, at in marks:
            print(f"{name}: {at} ms")
        print(f"long tasks while loading: {long_tasks(page)}")
        browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline"])
        for dx, dy in ((-300, 120), (250, -100), (300, 150), (-200, -200)):
            drag(page, dx, dy)
        print(f"longest tasks in them, processor time: {processor_ms(browser.stop_tracing())}")
        print(f"long tasks in 4 drags, whole province: {long_tasks(page)}")
        for _ in range(4):
            page.mouse.move(900, 450)
            page.mouse.wheel(0, -240)
            page.wait_for_timeout(900)
        print(f"long tasks in 4 zooms: {long_tasks(page)}")
        for dx, dy in ((-300, 120), (250, -100)):
            drag(page, dx, dy)
        print(f"long tasks in 2 drags, near: {long_tasks(page)}")
        page.goto(f"{url}/?none=1")
        page.wait_for_selector("body.complete", timeout=60_000)
        page.wait_for_timeout(1500)
        page.evaluate("performance.clearMeasures()")
        for name in ("software", "robotics", "new_materials", "biologics"):
            page.evaluate(f"document.querySelector('input[data-sector={name}]').click()")
            page.wait_for_timeout(900)
        for name in ("filter", "drawn"):
            found = page.evaluate(
                "name => performance.getEntriesByName(name, 'measure').map(e => e.duration)", name
            )
            if found:
                print(f"{name}: median {median(found):.0f} ms, worst {max(found):.0f} ms")
        browser.close()


if __name__ == "__main__":
    main()
