"""Single-file maps and figures: frames in, one HTML file, PNG, SVG or PDF out.

:func:`draw_map` makes a folium map that needs no network, :func:`save_map` writes it as one file;
:mod:`clusteratlas.maps.themes` holds what may be drawn beside firms and parks, and
:mod:`clusteratlas.maps.style` the colours and shapes that all views share.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusteratlas.maps.content import (
        MapFrames,
        find_region,
        find_sectors,
        read_frames,
        select,
    )
    from clusteratlas.maps.draw import MapOptions, draw_map, map_html, save_map
    from clusteratlas.maps.fonts import font_path

__all__ = [
    "MapFrames",
    "MapOptions",
    "draw_map",
    "find_region",
    "find_sectors",
    "font_path",
    "map_html",
    "read_frames",
    "save_map",
    "select",
]

_MODULES = {
    "MapOptions": "draw",
    "draw_map": "draw",
    "map_html": "draw",
    "save_map": "draw",
    "font_path": "fonts",
}


def __getattr__(name: str) -> object:
    """Import folium only where a map is drawn: a server needs the styles alone."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f"{__name__}.{_MODULES.get(name, 'content')}"), name)
    return found
