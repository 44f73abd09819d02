"""Commands that fill, check and read out a store."""

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
