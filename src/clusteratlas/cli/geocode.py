"""``clusteratlas geocode``: addresses in a table to districts and points."""

from pathlib import Path
from typing import Annotated

import typer

from clusteratlas.cli.app import app


@app.command()
def geocode(
    table: Annotated[Path, typer.Argument(metavar="IN.csv", help="Table with an address column")],
    out: Annotated[Path, typer.Argument(metavar="OUT.csv", help="Where the answer goes")],
    address_col: Annotated[str, typer.Option(help="Column of the address")] = "",
    name_col: Annotated[str, typer.Option(help="Column of the enterprise's name")] = "",
    city_col: Annotated[str, typer.Option(help="Column of the city: evidence, not truth")] = "",
    provider: Annotated[
        str,
        typer.Option(
            help="Providers in order, as in amap,offline: offline, amap, baidu, tianditu, tencent, "
            "nominatim. Addresses are sent to those named, and to nobody else"
        ),
    ] = "offline",
    review: Annotated[
        Path | None, typer.Option(help="Write the doubtful rows here, with reasons")
    ] = None,
    overrides: Annotated[
        Path | None, typer.Option(help="Corrections with author and date; they win")
    ] = None,
    datum: Annotated[
        str, typer.Option(help="Datum of the coordinates written: wgs84, gcj02 or bd09")
    ] = "wgs84",
) -> None:
    """Add district, point, precision and radius to every row of a table of addresses.

    IN.csv may be UTF-8 or GB18030. All its columns and the order of its rows are kept; a column that
    has the name of a new one is kept as NAME_in. OUT.csv appears whole or not at all.
    """
    from clusteratlas.files import refuse_overwriting
    from clusteratlas.geo.geocoding.tables import geocode_table

    refuse_overwriting([table, overrides], [out, review])
    summary = geocode_table(
        table,
        out,
        address_column=address_col,
        name_column=name_col,
        city_column=city_col,
        providers=provider,
        review=review,
        overrides=overrides,
        datum=datum,
    )
    typer.echo(summary, err=True)
