"""Commands that read policy documents."""

from pathlib import Path
from typing import Annotated, Any

import typer

from clusteratlas.cli.app import app


@app.command()
def extract(
    document: Annotated[Path, typer.Argument(help="Policy text: txt, docx, pdf or html")],
    out: Annotated[
        Path, typer.Option("--out", help="File to write: .json, or .xlsx with a sheet for each key")
    ],
    review: Annotated[
        Path | None, typer.Option("--review", help="CSV of corrections to apply")
    ] = None,
    write_review: Annotated[
        Path | None, typer.Option("--write-review", help="CSV to write for a person to edit")
    ] = None,
    text_out: Annotated[
        Path | None, typer.Option("--text", help="Write the text as read; offsets count in it")
    ] = None,
) -> None:
    """Turn a policy document into sectors, enterprises, parks, positionings and targets."""
    from clusteratlas.files import ending_of, refuse_overwriting
    from clusteratlas.policy import read_document, read_review
    from clusteratlas.policy.diffing import KEYS
    from clusteratlas.policy.extraction import extract_reviewed
    from clusteratlas.policy.review import review_report
    from clusteratlas.policy.review_rows import REVIEW_COLUMNS, review_rows
    from clusteratlas.policy.tables import write_table
    from clusteratlas.policy.workbook import write_workbook
    from clusteratlas.policy.writing import write_bytes, write_json

    refuse_overwriting([document, review], [out, write_review, text_out])
    form = ending_of(out, (".json", ".xlsx"))
    for path, ending in ((write_review, ".csv"), (text_out, ".txt")):
        if path:
            ending_of(path, [ending])
    corrections = read_review(review) if review else []
    text = read_document(document)
    extraction, met = extract_reviewed(text, corrections)
    if text_out:
        write_bytes(text_out, text.text.encode("utf-8"))
    if write_review:
        rows = review_rows(extraction, text.text, corrections)
        write_table(write_review, REVIEW_COLUMNS, rows, byte_order_mark=True)
    if form == ".xlsx":
        write_workbook(out, extraction, text.text)
    else:
        write_json(out, extraction)
    found = ", ".join(f"{len(extraction[key])} {key}" for key in KEYS)
    typer.echo(f"{found} -> {out}", err=True)
    if review:
        for line in review_report(text.name, corrections, met):
            typer.echo(line, err=True)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="Extraction of the older edition (JSON)")],
    new: Annotated[Path, typer.Argument(help="Extraction of the newer edition (JSON)")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File to write: .json or .txt; text on stdout if absent"),
    ] = None,
) -> None:
    """Show what a new edition of a policy document adds, drops and moves."""
    from clusteratlas.files import ending_of, refuse_overwriting, write_whole
    from clusteratlas.policy import diff as diff_policies
    from clusteratlas.policy import read_extraction
    from clusteratlas.policy.writing import write_json

    refuse_overwriting([old, new], [out])
    form = ending_of(out, (".json", ".txt")) if out else ""
    difference = diff_policies(read_extraction(old), read_extraction(new))
    if out and form == ".json":
        write_json(out, difference)
        return
    lines = "\n".join(_difference_lines(difference))
    if out:
        write_whole(out, f"{lines}\n")
    else:
        typer.echo(lines)


def _difference_lines(difference: dict[str, Any]) -> list[str]:
    lines = [f"{difference['old'] or '?'} -> {difference['new'] or '?'}"]
    lines += [f"headings: {one['from']} -> {one['to']}" for one in difference["headings"]]
    for key in ("sectors", "enterprises", "parks", "targets"):
        change = difference[key]
        lines += [f"{key}: + {name}" for name in change["added"]]
        lines += [f"{key}: - {name}" for name in change["dropped"]]
        lines += [f"{key}: {move['name']}: {_from_to(move)}" for move in change.get("moved", ())]
    for change in difference["positionings"]:
        head = f"positionings: {change['district']}"
        lines += [f"{head} + {name}" for name in change["gains"]]
        lines += [f"{head} - {name}" for name in change["losses"]]
        lines += [f"{head} {move['sector']}: {_from_to(move)}" for move in change["strengths"]]
    for change in difference["responsibilities"]:
        section = change["section"] or "(no heading)"
        lines.append(f"responsibilities: {section}: {_from_to(change)}")
    return lines if len(lines) > 1 else [*lines, "no difference"]


def _from_to(change: dict[str, Any]) -> str:
    before, after = ("; ".join(part or "(none)" for part in change[k]) for k in ("from", "to"))
    return f"{before or '(none)'} -> {after or '(none)'}"
