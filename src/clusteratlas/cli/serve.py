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


token = typer.Typer(help="Tokens for those who may propose or review corrections.")
app.add_typer(token, name="token", no_args_is_help=True)

StoreOption = Annotated[str | None, typer.Option("--store", help="Store URL (a .gpkg path)")]


def _url(store: str | None) -> str:
    from clusteratlas.settings import load_settings

    return load_settings(store=store).store


@token.command("create")
def token_create(
    name: Annotated[str, typer.Argument(help="Who will use it, e.g. 浑南区工信局")],
    scope: Annotated[
        list[str], typer.Option(help="read, propose or review; may be given several times")
    ],
    store: StoreOption = None,
) -> None:
    """Make a token and print it; it is kept as a hash and cannot be shown again."""
    from clusteratlas.store.tokens import create_token

    typer.echo(create_token(_url(store), name, scope))


@token.command("list")
def token_list(store: StoreOption = None) -> None:
    """List the tokens: id, scopes, when created and revoked, name."""
    from clusteratlas.store.tokens import list_tokens

    for kept in list_tokens(_url(store)):
        state = f"revoked {kept.revoked}" if kept.revoked else "valid"
        scopes = ",".join(kept.scopes)
        typer.echo(f"{kept.token_id}  {scopes:<22}  {kept.created}  {state}  {kept.name}")


@token.command("revoke")
def token_revoke(
    token_id: Annotated[str, typer.Argument(help="Id from 'clusteratlas token list'")],
    store: StoreOption = None,
) -> None:
    """End a token at once."""
    from clusteratlas.store.tokens import revoke_token

    revoke_token(_url(store), token_id)
    typer.echo(f"{token_id} revoked")
