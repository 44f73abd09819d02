"""Command ``report``: the positioning report of a district."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from clusteratlas.cli.app import app


@app.command()
def report(
    district: Annotated[
        str, typer.Argument(help="A district by name or adcode: 浑南区, 沈阳市铁西区")
    ],
    out: Annotated[Path, typer.Argument(help="File to write: .html, .pdf or .docx")],
    store: Annotated[
        str | None, typer.Option("--store", help="Store URL: a .gpkg path or postgresql://...")
    ] = None,
    lang: Annotated[
        Literal["zh", "en"] | None,
        typer.Option(help="Language of the report; default from CLUSTERATLAS_LANG"),
    ] = None,
) -> None:
    """Write the positioning report of a district."""
    from clusteratlas.files import ending_of
    from clusteratlas.geo.districts import resolve_district
    from clusteratlas.reports.content import build_report
    from clusteratlas.reports.gather import gather
    from clusteratlas.reports.write import FORMATS, write_report
    from clusteratlas.settings import load_settings
    from clusteratlas.store import open_store

    ending_of(out, [f".{form}" for form in FORMATS])
    adcode = resolve_district(district).adcode
    settings = load_settings(store=store, lang=lang)
    with open_store(settings.store) as atlas:
        data = gather(atlas, adcode)
    write_report(build_report(data, lang=settings.lang), out)
    typer.echo(f"{out}")
