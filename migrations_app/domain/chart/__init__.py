"""Charts as geometry: what lies where, in shares of the drawing. Templates make pictures of it.

Along, a drawing is `ACROSS` wide; up, a plot is `UP` high. Both are stretched to the screen, so
that a line keeps its meaning on a phone. What carries words is placed in percent and not stretched.
"""

from migrations_app.domain.chart.axis import bounds, ticks
from migrations_app.domain.chart.data import Band, Bucket, Limits, Mark, Window
from migrations_app.domain.chart.plot import Plot, plot
from migrations_app.domain.chart.ruler import Ruler, ruler

__all__ = [
    "Band",
    "Bucket",
    "Limits",
    "Mark",
    "Plot",
    "Ruler",
    "Window",
    "bounds",
    "plot",
    "ruler",
    "ticks",
]
