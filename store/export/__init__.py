"""Write collections and tables to files."""

from clusteratlas.store.export.run import (
    FORMATS,
    ExportOptions,
    export_collection,
    format_of,
)

__all__ = ["FORMATS", "ExportOptions", "export_collection", "format_of"]
