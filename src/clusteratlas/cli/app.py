"""The Typer application, and the one place where errors become a line and an exit code."""

import importlib
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from clusteratlas import __version__
from clusteratlas.errors import AtlasError

COMMAND_MODULES = ("policy", "geocode", "sectors", "store", "analysis", "maps", "reports", "serve")

app = typer.Typer(
    name="clusteratlas",
    help="Map industrial clusters: policy documents, enterprises, parks and districts.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"clusteratlas {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Print the version and leave."
        ),
    ] = False,
) -> None:
    """Map industrial clusters: policy documents, enterprises, parks and districts."""


def build_app() -> typer.Typer:
    """Return the application with the commands of every module in this package."""
    here = Path(__file__).parent
    for name in COMMAND_MODULES:
        if (here / f"{name}.py").is_file():
            importlib.import_module(f"clusteratlas.cli.{name}")
    return app


def main() -> None:
    """Run the command line; an error of ours is one line on stderr, never a traceback."""
    try:
        build_app()()
    except AtlasError as error:
        typer.echo(f"clusteratlas: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("clusteratlas: interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # The reader (head, less) has left; Python would complain again while closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        name = f" {error.filename}:" if error.filename else ""
        typer.echo(f"clusteratlas:{name} {error.strerror or error}", err=True)
        sys.exit(1)
