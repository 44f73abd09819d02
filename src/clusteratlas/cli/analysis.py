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


LangOption = Annotated[
    Literal["zh", "en"] | None,
    typer.Option("--lang", help="Language of the text; default from CLUSTERATLAS_LANG"),
]


def _lang(given: str | None) -> str:
    from clusteratlas.settings import load_settings

    return str(load_settings(lang=given).lang)


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
    lang: LangOption = None,
) -> None:
    """Compare two districts: what they have in common, sector by sector."""
    from clusteratlas.analysis.profile import compare as compare_districts
    from clusteratlas.analysis.tables import comparison_tables, write_tables
    from clusteratlas.geo.districts import resolve_district

    frames = _frames(store)
    result = compare_districts(frames, resolve_district(a).adcode, resolve_district(b).adcode)
    said = _lang(lang)
    write_tables(comparison_tables(result, frames, lang=said), out, lang=said)


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
    weight: Annotated[
        Literal["n", "capital", "log_capital"],
        typer.Option(help="Weight of a firm: 1, registered capital (capped), or its logarithm"),
    ] = "n",
    fractional: Annotated[
        bool,
        typer.Option(help="Spread firms of uncertain district over the districts they may be in"),
    ] = False,
    statistics: Annotated[
        Path | None,
        typer.Option(help="Your own figures: CSV of district, sector, year, measure, value"),
    ] = None,
    measure: Annotated[
        str | None,
        typer.Option(help="Of the statistics: revenue (default), value_added or employment"),
    ] = None,
    year: Annotated[
        int | None,
        typer.Option(min=1900, max=2100, help="Registered up to, or year of the statistics"),
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(help="Leave a sector out (its id); may be repeated")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(help="Draw heat map and network: .png, .svg or .pdf")
    ] = None,
    lang: LangOption = None,
) -> None:
    """Measure the staggered development of a city: index, verdict against chance, pairs."""
    from clusteratlas.analysis.counted_once import once, standing_twice
    from clusteratlas.analysis.frames import load_frames
    from clusteratlas.analysis.profile import region_stagger
    from clusteratlas.analysis.statistics import read_statistics, statistics_matrix
    from clusteratlas.analysis.tables import stagger_tables, write_tables
    from clusteratlas.analysis.weights import COLUMNS, firm_matrix
    from clusteratlas.settings import load_settings
    from clusteratlas.store import open_store

    weighted = weight != "n" or fractional
    _refuse_what_would_be_ignored(
        basis=basis, weighted=weighted, statistics=statistics, measure=measure, year=year
    )
    matrix = None
    with open_store(load_settings(store=store).store) as opened:
        frames = load_frames(opened)
        if statistics is not None:
            matrix = statistics_matrix(
                read_statistics(statistics, frames),
                frames,
                measure=measure or "revenue",
                year=year,
            )
        elif weighted:
            codes = [str(code) for code in frames.region(region)["adcode"]]
            matrix = firm_matrix(
                once(opened.batches(columns=COLUMNS), standing_twice(opened, frames.anchors)),
                adcodes=codes,
                sectors=frames.sector_ids(),
                weight=weight,
                fractional=fractional,
            )
    result = region_stagger(
        frames,
        region,
        basis=basis,
        neighbours=neighbours,
        matrix=matrix,
        year=year,
        exclude=tuple(exclude or ()),
    )
    said = _lang(lang)
    if figure is not None:
        from clusteratlas.reports.stagger_figure import save_stagger_figure

        districts = frames.region(region)
        save_stagger_figure(result, districts, figure, title=region, lang=said)
    counted = f"{weight}, fractional" if fractional else weight
    terms = {
        "basis": "statistics" if statistics is not None else basis,
        "weight": (measure or "revenue")
        if statistics is not None
        else ("strength" if basis == "priorities" else counted),
        "neighbours": neighbours,
        "year": "" if year is None else str(year),
        "excluded": ";".join(exclude or ()),
    }
    write_tables(stagger_tables(result, frames, region, terms=terms, lang=said), out, lang=said)


def _refuse_what_would_be_ignored(
    *, basis: str, weighted: bool, statistics: Path | None, measure: str | None, year: int | None
) -> None:
    """Raise InputError for options that contradict each other: none is dropped in silence."""
    from clusteratlas.errors import InputError

    if statistics is not None and (weighted or basis != "firms"):
        raise InputError("--statistics are your own figures: leave --basis, --weight, --fractional")
    if statistics is None and measure is not None:
        raise InputError("--measure is a column of --statistics FILE, which is missing")
    if weighted and basis != "firms":
        raise InputError("--weight and --fractional weigh all firms: leave --basis")
    if year is not None and statistics is None and (weighted or basis == "priorities"):
        raise InputError("--year goes with counts of firms or --statistics only")


@app.command()
def targets(
    statistics: Annotated[
        Path,
        typer.Argument(
            help="CSV of district, sector, year, measure, value; sector total is the whole economy"
        ),
    ],
    store: StoreOption = None,
    out: OutOption = None,
) -> None:
    """Show how far a bureau's own figures are from the shares that the documents set for 2020."""
    from clusteratlas.analysis.statistics import checked_progress, read_statistics
    from clusteratlas.analysis.tables import write_tables

    progress = checked_progress(read_statistics(statistics, _frames(store)))
    write_tables({"targets": progress}, out)


@app.command()
def clusters(
    store: StoreOption = None,
    sector: Annotated[
        list[str] | None, typer.Option(help="Only this sector (its id); may be repeated")
    ] = None,
    simulations: Annotated[
        int, typer.Option(min=0, max=999, help="Random labellings behind the p-values")
    ] = 99,
) -> None:
    """Find the clusters of each sector and keep them as a layer of the store."""
    from clusteratlas.analysis.cluster_layer import update_clusters
    from clusteratlas.settings import load_settings
    from clusteratlas.store import open_store

    def tell(line: str) -> None:
        typer.echo(line, err=True)

    with open_store(load_settings(store=store).store, writable=True) as opened:
        found = update_clusters(opened, sectors=sector, simulations=simulations, tell=tell)
    typer.echo(f"{len(found)} clusters, {int(found['significant'].sum())} significant")
