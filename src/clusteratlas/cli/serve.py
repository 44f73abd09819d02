"""``clusteratlas serve``: the page and the API."""

from typing import Annotated

import typer

from clusteratlas.cli.app import app


@app.command()
def serve(
    store: Annotated[str | None, typer.Option(help="Store URL (a .gpkg path)")] = None,
    host: Annotated[str | None, typer.Option(help="Address to bind to")] = None,
    port: Annotated[int | None, typer.Option(help="TCP port", min=0, max=65535)] = None,
    workers: Annotated[int | None, typer.Option(help="Server processes", min=1, max=64)] = None,
) -> None:
    """Serve the page and the API until interrupted."""
    from clusteratlas.api.server import run
    from clusteratlas.settings import load_settings

    run(load_settings(store=store, host=host, port=port, workers=workers))
