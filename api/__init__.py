"""The HTTP interface: ``create_app`` makes the application.

Served with ``uvicorn --factory clusteratlas.api:create_app`` or ``clusteratlas serve``.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusteratlas.api.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> object:
    """Import the application when it is asked for: a server begins to read its store before."""
    if name != "create_app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from clusteratlas.api.app import create_app

    return create_app
