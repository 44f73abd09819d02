"""Commands that fill, check and read out a store."""

from pathlib import Path
from typing import Annotated

import typer

from clusteratlas.cli.app import app

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store", help="Store: a path ending in .gpkg, or postgresql://...", metavar="URL"
    ),
]


def store_url(given: str | None) -> str:
    """Return the store that is meant: the option, else the setting ``CLUSTERATLAS_STORE``."""
    from clusteratlas.settings import load_settings

    return load_settings(store=given).store


@app.command()
def build(store: StoreOption = None) -> None:
    """Put the shipped data into the store; registry firms that it holds stay."""
    from clusteratlas.store import open_store
    from clusteratlas.store.build import build_store
    from clusteratlas.store.corrections import reapply
    from clusteratlas.store.postgis.connect import public_url

    url = store_url(store)
    with open_store(url, writable=True) as opened:
        summary = build_store(opened)
        again = reapply(opened)
    if again:
        typer.echo(f"corrections applied again: {again}")
    rows = ", ".join(f"{name} {count}" for name, count in summary.rows.items())
    typer.echo(f"{public_url(url)}: {rows}")
    counts = summary.enterprises
    typer.echo(
        f"enterprises: {counts.stored} stored, {counts.updated} updated,"
        f" {counts.unchanged} unchanged, {summary.removed} removed"
    )
    typer.echo("positions: " + ", ".join(f"{k} {n}" for k, n in summary.precisions.items()))
    for name in summary.missing:
        typer.echo(f"not shipped: {name}", err=True)
    for label, ids in (("in another district", summary.misplaced), ("outside", summary.outside)):
        if ids:
            typer.echo(f"{label} ({len(ids)}): {', '.join(ids)}", err=True)


@app.command()
def ingest(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="CSV, TSV (also .gz, .zip), XLSX, Parquet, or a folder of Parquet files",
            metavar="FILE...",
        ),
    ],
    store: StoreOption = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Write the rows that cannot be used to this CSV file")
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="FIELD=TITLE (or FIELD=#5) for a column that is not recognised"),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            help="Title of a further column to keep as a note; the only way in for personal data"
        ),
    ] = None,
    as_of: Annotated[
        str, typer.Option(help="Date of the extract (2019-04-30); default: when it is first seen")
    ] = "",
    workers: Annotated[
        int | None,
        typer.Option(min=0, max=64, help="Worker processes; default: one per core, at most 4"),
    ] = None,
    batch_rows: Annotated[
        int, typer.Option(min=1, max=100_000, help="Rows per transaction")
    ] = 4_000,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="Work on a Dask cluster: tcp://HOST:PORT, or local:N for N worker processes",
            metavar="ADDRESS",
        ),
    ] = None,
    datasets: Annotated[
        Path | None,
        typer.Option(
            help="With --cluster: folder for the GeoParquet data sets, shared by all its machines;"
            " default: var/datasets"
        ),
    ] = None,
) -> None:
    """Bring registry files into the store: located, classified, joined; resumable.

    The same file twice changes nothing; a newer one updates and keeps the history.
    """
    from functools import partial

    from clusteratlas.files import refuse_overwriting
    from clusteratlas.store import open_store
    from clusteratlas.store.ingest import IngestOptions, ingest_files
    from clusteratlas.store.ingest.report import ProgressLine, summary_lines

    refuse_overwriting(files, [rejects])
    options = IngestOptions(
        mapping=tuple(mapping or ()),
        keep=tuple(keep or ()),
        as_of=as_of,
        batch_rows=batch_rows,
        workers=workers,
    )
    run = partial(ingest_files, options=options, rejects=rejects)
    if cluster is not None:
        from clusteratlas.store.batch.run import ingest_on_cluster

        folder = datasets or Path("var/datasets")
        run = partial(
            ingest_on_cluster, cluster=cluster, datasets=folder, options=options, rejects=rejects
        )
    url = store_url(store)
    progress = ProgressLine()
    with open_store(url, writable=True) as opened:
        try:
            summary = run(opened, files, progress=progress)
        finally:
            progress.end()
    for line in summary_lines(summary):
        typer.echo(line)
    for note in summary.notes:
        typer.echo(note, err=True)


@app.command()
def check(store: StoreOption = None) -> None:
    """Report what the store lacks, what is doubtful, and what contradicts itself."""
    from clusteratlas.store import open_store
    from clusteratlas.store.check import check_store, report_lines

    with open_store(store_url(store)) as opened:
        summary = opened.summary()
        findings = check_store(opened)
    counted = summary["collections"] | summary["tables"]
    typer.echo(", ".join(f"{name} {count:,}" for name, count in counted.items()))
    for line in report_lines(findings):
        typer.echo(line)


@app.command()
def export(
    collection: Annotated[
        str, typer.Argument(help="enterprises, parks, districts, cities, clusters, or a table")
    ],
    out: Annotated[
        Path, typer.Argument(help="OUT.(geojson|gpkg|parquet|csv|xlsx|shp.zip|pmtiles)")
    ],
    store: StoreOption = None,
    crs: Annotated[
        str, typer.Option(help="CRS of the geometries: EPSG:4490, EPSG:3857, ...")
    ] = "EPSG:4326",
    datum: Annotated[
        str, typer.Option(help="wgs84, gcj02 or bd09 (GeoJSON, CSV and XLSX only)")
    ] = "wgs84",
    bom: Annotated[
        bool, typer.Option(help="Begin CSV with the mark by which Excel knows UTF-8")
    ] = True,
    adcode: Annotated[
        list[str] | None, typer.Option(help="Only enterprises of this district or city code")
    ] = None,
    sector: Annotated[
        list[str] | None, typer.Option(help="Only enterprises of this sector")
    ] = None,
    origin: Annotated[str, typer.Option(help="Only anchor or registry enterprises")] = "",
) -> None:
    """Write a collection or table to a file."""
    from typing import cast

    from clusteratlas.geo.datum import Datum
    from clusteratlas.store import Selection, open_store
    from clusteratlas.store.export import ExportOptions, export_collection

    _check_selection(collection, adcode or [], sector or [], origin)
    selection = Selection(adcodes=tuple(adcode or ()), sectors=tuple(sector or ()), origin=origin)
    options = ExportOptions(crs=crs, datum=cast("Datum", datum), bom=bom, selection=selection)
    with open_store(store_url(store)) as opened:
        count = export_collection(opened, collection, out, options=options)
    typer.echo(f"{out}: {count:,} rows of {collection}")


def _check_selection(collection: str, adcodes: list[str], sectors: list[str], origin: str) -> None:
    """Raise for a selection that nothing can match: an empty file must not be a typing error."""
    from clusteratlas.data import load_cities, load_districts, load_sectors
    from clusteratlas.errors import InputError, UnknownNameError

    if collection != "enterprises" and (adcodes or sectors or origin):
        raise InputError("--adcode, --sector and --origin select enterprises only")
    if origin not in ("", "anchor", "registry"):
        raise InputError(f"origin {origin!r}; allowed are anchor, registry")
    if adcodes:
        places = {*load_districts()["adcode"], *load_cities()["adcode"]}
        if unknown := [code for code in adcodes if code not in places]:
            raise UnknownNameError(f"no district or city has the code {unknown[0]!r}")
    if sectors:
        table = load_sectors()
        known = set(table.loc[table["parent"] != "", "sector_id"])
        if unknown := [sector for sector in sectors if sector not in known]:
            raise UnknownNameError(f"no sector {unknown[0]!r}", suggestions=tuple(sorted(known)))
