"""The positioning report of a district: map, structure, stated x revealed, neighbours, opportunities.

``content`` gathers what is said as blocks without a format; ``html``, ``pdf`` and ``docx`` set them.
"""

from typing import TYPE_CHECKING

from clusteratlas.reports.gather import gather  # not late: its module has the same name

if TYPE_CHECKING:
    from clusteratlas.reports.blocks import ReportBlocks
    from clusteratlas.reports.content import build_report
    from clusteratlas.reports.write import write_report

__all__ = ["ReportBlocks", "build_report", "gather", "write_report"]

_MODULES = {
    "ReportBlocks": "blocks",
    "build_report": "content",
    "write_report": "write",
}


def __getattr__(name: str) -> object:
    """Import matplotlib only where a report is made."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    return found
