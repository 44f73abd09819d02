"""Commands that read policy documents."""

from pathlib import Path
from typing import Annotated

import typer

from clusteratlas.cli.app import app


@app.command()
def extract(
    document: Annotated[Path, typer.Argument(help="Policy text: txt, docx, pdf or html")],
    out: Annotated[Path, typer.Option("--out", help="JSON file to write")],
) -> None:
    """Turn a policy document into sectors, enterprises, parks and positionings (JSON)."""
    from clusteratlas.policy import extract as extract_policy
    from clusteratlas.policy import read_document
    from clusteratlas.policy.writing import write_json

    extraction = extract_policy(read_document(document))
    write_json(out, extraction)
    found = ", ".join(
        f"{len(extraction[key])} {key}"
        for key in ("sectors", "enterprises", "parks", "positionings")
    )
    typer.echo(f"{found} -> {out}", err=True)
