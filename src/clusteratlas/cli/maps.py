"""``clusteratlas map``: one self-contained HTML file, and figures for documents."""

from pathlib import Path
from typing import Annotated

import typer

from clusteratlas.cli.app import app


@app.command(name="map")
def draw(
    out: Annotated[Path, typer.Argument(help="HTML file to write", dir_okay=False)],
    store: Annotated[str, typer.Option(help="Store URL; default from CLUSTERATLAS_STORE")] = "",
    city: Annotated[str, typer.Option(help="City, e.g. 沈阳市")] = "",
    district: Annotated[str, typer.Option(help="District, e.g. 浑南区, or its code")] = "",
    sector: Annotated[str, typer.Option(help="Sector id or name, e.g. robotics")] = "",
    field: Annotated[str, typer.Option(help="Field id or name, e.g. new_materials")] = "",
    kind: Annotated[
        str,
        typer.Option(
            help="clusters | district | stagger | support | growth | heat | hex | choropleth"
        ),
    ] = "clusters",
    around: Annotated[
        str, typer.Option(help="Enterprise (id or name) in the middle of kind 'support'")
    ] = "",
    measure: Annotated[
        str,
        typer.Option(
            help="Measure of kind 'choropleth': firms | anchors | capital | lq | stagger |"
            " specialisation"
        ),
    ] = "firms",
    basemap: Annotated[str, typer.Option(help="none | tianditu | amap | osm")] = "none",
    png: Annotated[Path | None, typer.Option(help="Also a picture of 300 dpi")] = None,
    svg: Annotated[Path | None, typer.Option(help="Also an SVG")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Also a PDF")] = None,
    lang: Annotated[str, typer.Option(help="zh | en; default from CLUSTERATLAS_LANG")] = "",
) -> None:
    """Draw a map into one HTML file that opens without a network."""
    from clusteratlas.maps.command import MapRequest, run_map
    from clusteratlas.settings import load_settings

    settings = load_settings(store=store or None, lang=lang or None)
    request = MapRequest(
        out=out,
        city=city,
        district=district,
        sector=sector,
        field=field,
        kind=kind,
        around=around,
        measure=measure,
        basemap=basemap,
        figures=tuple(path for path in (png, svg, pdf) if path is not None),
    )
    for line in run_map(request, settings):
        typer.echo(line)
