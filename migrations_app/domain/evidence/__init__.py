"""Result files of tools, read into plain numbers. Whatever else is in a file goes no further."""

from migrations_app.domain.evidence.report import Measure, Report, Unreadable, measure_for
from migrations_app.domain.evidence.tools import TOOLS, Tool

__all__ = ["TOOLS", "Measure", "Report", "Tool", "Unreadable", "measure_for"]
