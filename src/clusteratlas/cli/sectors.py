"""``clusteratlas classify``."""

import time
from pathlib import Path
from typing import Annotated

import typer

from clusteratlas.cli.app import app

QUIET_S = 2.0  # progress is shown from here on


@app.command()
def classify(
    source: Annotated[Path, typer.Argument(metavar="IN.csv", help="CSV with names and scopes.")],
    target: Annotated[Path, typer.Argument(metavar="OUT.csv", help="CSV to write.")],
    name_col: Annotated[
        str, typer.Option(help="Column of the name (default: 企业名称, name...).")
    ] = "",
    scope_col: Annotated[
        str, typer.Option(help="Column of the business scope (default: 经营范围, scope...).")
    ] = "",
    code_col: Annotated[
        str,
        typer.Option(help="Column of the GB/T 4754 code (default: 行业代码..., if there is one)."),
    ] = "",
    products: Annotated[
        bool, typer.Option("--products", help="Also add products, roles, sector_possible.")
    ] = False,
) -> None:
    """Add each firm's strategic emerging sectors, their scores and the words that decided."""
    from clusteratlas.files import refuse_overwriting
    from clusteratlas.sectors.tables import classify_file

    refuse_overwriting([source], [target])
    start = time.monotonic()
    shown = False

    def show(rows: int) -> None:
        nonlocal shown
        elapsed = time.monotonic() - start
        if elapsed > QUIET_S:
            shown = True
            typer.echo(f"\r{rows:,} rows, {rows / elapsed:,.0f} rows/s", err=True, nl=False)

    rows, found = classify_file(
        source,
        target,
        name_col=name_col,
        scope_col=scope_col,
        code_col=code_col,
        products=products,
        progress=show,
    )
    if shown:
        typer.echo(err=True)
    typer.echo(f"{rows:,} rows, {found:,} with a sector -> {target}", err=True)
