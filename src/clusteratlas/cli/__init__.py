"""The command line: a command parses, calls one library function, prints.

Each module of this package registers its commands on a Typer app; library imports stay inside the
commands, so that ``clusteratlas --help`` answers at once.
"""

from clusteratlas.cli.app import main

__all__ = ["main"]
