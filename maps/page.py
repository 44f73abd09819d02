"""A folium map as one file: every script and style sheet inside, nothing fetched, nothing injected.

folium links to four content networks; here each link is replaced by a vendored file, or left out
where the map does not use it. A content security policy in the file allows the scripts that are in
it, by their hash, and no other: a name that looks like markup could not run even if it reached the
page as markup, and no request leaves the file but for the tiles of a chosen base map.
"""

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Any, Final

import folium
from branca.element import Element, Figure
from jinja2 import Template

from clusteratlas.errors import InputError

DATA_ID: Final = "atlas-data"

# Assets by the name under which folium links to them.
VENDORED: Final = {"leaflet": "leaflet.js", "leaflet_css": "leaflet.css"}

# folium links to these on every map; only its own icons and pop-ups use them, ours do not.
UNUSED: Final = frozenset(
    {
        "jquery",
        "bootstrap",
        "awesome_markers",
        "bootstrap_css",
        "glyphicons_css",
        "awesome_markers_font_css",
        "awesome_markers_css",
        "awesome_rotate_css",
    }
)

SCRIPTS: Final = (
    "leaflet.js",
    "fflate.js",
    "atlas-text.js",
    "atlas-payload.js",
    "atlas-symbols.js",
    "atlas-data.js",
    "atlas-points.js",
    "atlas-labels.js",
    "atlas-areas.js",
    "atlas-cards.js",
    "atlas-search.js",
    "atlas-surface.js",
    "atlas-time.js",
    "atlas-spokes.js",
    "atlas-panel.js",
    "atlas-main.js",
)
STYLES: Final = ("leaflet.css", "atlas.css")


class Verbatim(Element):
    """Text that goes into the page as it is, not read as a template."""

    _template = Template("{{ this.content }}")

    def __init__(self, content: str) -> None:
        super().__init__()
        self._name = "Verbatim"
        self.content = content


class AtlasLayers(folium.MacroElement):
    """All layers of the atlas, drawn in the page from one packed payload."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            ClusterAtlas.start({{ this._parent.get_name() }}, "{{ this.data_id }}");
        {% endmacro %}
        """
    )

    def __init__(self, payload: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca is half typed
        self._name = "AtlasLayers"
        self.data_id = DATA_ID
        self.payload = payload

    def render(self, **kwargs: Any) -> str:
        """Put the payload into the body and the start into the page's script."""
        # Not through folium's html macro: that would compile megabytes of base64 as a template.
        block = (
            f'<script type="application/octet-stream" id="{self.data_id}">{self.payload}</script>'
        )
        _figure(self).html.add_child(Verbatim(block), name="atlas-payload")
        return str(super().render(**kwargs))  # type: ignore[no-untyped-call]


def asset_text(name: str) -> str:
    """Return a vendored asset as text."""
    return resources.files("clusteratlas.maps.assets").joinpath(name).read_text(encoding="utf-8")


def inline_assets(chart: folium.Map) -> None:
    """Replace every link of the map and its layers by the vendored text.

    Raises
    ------
    InputError
        If a layer needs an asset that is neither vendored nor unused: the file would not be whole.
    """
    for element in _walk(chart):
        links = [*getattr(element, "default_js", []), *getattr(element, "default_css", [])]
        for name, _url in links:
            if name not in VENDORED and name not in UNUSED:
                raise InputError(
                    f"layer {element.get_name()} links to {name!r}, which is not vendored"
                )
        if links:
            element.default_js, element.default_css = [], []
    header = _figure(chart).header
    for name in STYLES:
        header.add_child(Verbatim(f"<style>{asset_text(name)}</style>"), name=f"asset-{name}")
    for name in SCRIPTS:
        # "</script" inside a script would end it; in a string or comment "<\/" means the same.
        text = asset_text(name).replace("</script", "<\\/script")
        header.add_child(Verbatim(f"<script>{text}</script>"), name=f"asset-{name}")


def _figure(element: Element) -> Figure:
    root = element.get_root()
    if not isinstance(root, Figure):
        raise InputError("the layer is on no map yet")
    return root


def _walk(element: Any) -> Iterator[Any]:
    yield element
    for child in element._children.values():
        yield from _walk(child)


def render_page(
    chart: folium.Map, *, title: str, lang: str = "zh", hosts: Iterable[str] = ()
) -> str:
    """Return the whole page.

    Parameters
    ----------
    chart
        A map whose assets were inlined.
    title
        Plain text of the window's title.
    hosts
        Origins that tiles may come from; none by default.
    """
    page = str(chart.get_root().render())
    page = re.sub(r'<meta name="viewport"[^>]*/>', _VIEWPORT, page, count=1)
    policy = content_policy(page, hosts)
    language = "zh-CN" if lang == "zh" else "en"
    head = (
        f'<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{html.escape(title)}</title>\n"
        '<link rel="icon" href="data:,">'
    )
    return re.sub(r"<html>\s*<head>", lambda _: head, page, count=1)


_VIEWPORT: Final = '<meta name="viewport" content="width=device-width, initial-scale=1">'


def content_policy(page: str, hosts: Iterable[str] = ()) -> str:
    """Return a policy that allows the page's own scripts by hash, and images from the hosts."""
    hashes = []
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", page, flags=re.DOTALL):
        if "octet-stream" in attributes:
            continue
        digest = hashlib.sha256(body.encode("utf-8")).digest()
        hashes.append(f"'sha256-{base64.b64encode(digest).decode('ascii')}'")
    images = " ".join(["data:", "blob:", *dict.fromkeys(hosts)])
    return (
        f"default-src 'none'; script-src {' '.join(dict.fromkeys(hashes))}; "
        f"style-src 'unsafe-inline'; img-src {images}; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
