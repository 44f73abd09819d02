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

    url = store_url(store)
    with open_store(url, writable=True) as opened:
        summary = build_store(opened)
    rows = ", ".join(f"{name} {count}" for name, count in summary.rows.items())
    typer.echo(f"{url}: {rows}")
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
        typer.Argument(help="CSV, TSV (also .gz, .zip), XLSX or Parquet", metavar="FILE..."),
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
) -> None:
    """Bring registry files into the store: located, classified, joined; resumable.

    The same file twice changes nothing; a newer one updates and keeps the history.
    """
    from clusteratlas.store import open_store
    from clusteratlas.store.ingest import IngestOptions, ingest_files
    from clusteratlas.store.ingest.report import ProgressLine, summary_lines

    options = IngestOptions(
        mapping=tuple(mapping or ()),
        keep=tuple(keep or ()),
        as_of=as_of,
        batch_rows=batch_rows,
        workers=workers,
    )
    url = store_url(store)
    progress = ProgressLine()
    with open_store(url, writable=True) as opened:
        try:
            summary = ingest_files(
                opened, files, options=options, rejects=rejects, progress=progress
            )
        finally:
            progress.end()
    for line in summary_lines(summary):
        typer.echo(line)
    for note in summary.notes:
        typer.echo(note, err=True)
