"""The positioning report of a district: map, structure, stated x revealed, neighbours, opportunities.

``content`` gathers what is said as blocks without a format; ``html``, ``pdf`` and ``docx`` set them.
"""

from clusteratlas.reports.blocks import ReportBlocks
from clusteratlas.reports.content import build_report
from clusteratlas.reports.gather import gather
from clusteratlas.reports.write import write_report

__all__ = ["ReportBlocks", "build_report", "gather", "write_report"]
