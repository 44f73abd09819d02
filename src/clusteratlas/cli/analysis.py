"""Commands ``compare`` and ``stagger``: the analyses as tables."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from clusteratlas.cli.app import app

if TYPE_CHECKING:
    from clusteratlas.analysis.frames import AtlasFrames

StoreOption = Annotated[
    str | None, typer.Option("--store", help="Store URL: a .gpkg path or postgresql://...")
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Write here: .csv, .json or .txt; else print.")
]


def _frames(store_url: str | None) -> "AtlasFrames":
    from clusteratlas.analysis.frames import load_frames
    from clusteratlas.settings import load_settings
    from clusteratlas.store import open_store

    with open_store(load_settings(store=store_url).store) as store:
        return load_frames(store)


@app.command()
def compare(
    a: Annotated[str, typer.Argument(help="A district, by name or adcode: 浑南区")],
    b: Annotated[
        str, typer.Argument(help="Another district: 铁西区 (沈阳市铁西区 where two exist)")
    ],
    store: StoreOption = None,
    out: OutOption = None,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="Language of the text")] = "zh",
) -> None:
    """Compare two districts: what they have in common, sector by sector."""
    from clusteratlas.analysis.profile import compare as compare_districts
    from clusteratlas.analysis.tables import comparison_tables, write_tables
    from clusteratlas.geo.districts import resolve_district

    frames = _frames(store)
    result = compare_districts(frames, resolve_district(a).adcode, resolve_district(b).adcode)
    write_tables(comparison_tables(result, frames, lang=lang), out)


@app.command()
def stagger(
    region: Annotated[str, typer.Argument(help="A city (沈阳) or 辽宁")],
    store: StoreOption = None,
    out: OutOption = None,
    basis: Annotated[str, typer.Option(help="firms, anchors, registry or priorities")] = "firms",
    neighbours: Annotated[
        Literal["all", "adjacency", "distance"],
        typer.Option(help="Against whom: all districts, those at a border, all by distance"),
    ] = "all",
    lang: Annotated[Literal["zh", "en"], typer.Option(help="Language of the text")] = "zh",
) -> None:
    """Measure the staggered development of a city: index, verdict against chance, pairs."""
    from clusteratlas.analysis.profile import region_stagger
    from clusteratlas.analysis.tables import stagger_tables, write_tables

    frames = _frames(store)
    result = region_stagger(frames, region, basis=basis, neighbours=neighbours)
    write_tables(stagger_tables(result, frames, region, lang=lang), out)
