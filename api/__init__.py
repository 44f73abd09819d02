"""The HTTP interface: ``create_app`` makes the application.

Served with ``uvicorn --factory clusteratlas.api:create_app`` or ``clusteratlas serve``.
"""

from clusteratlas.api.app import create_app

__all__ = ["create_app"]
