"""What all routes of the OGC API share: titles, parameters, the collection that a path names."""

from collections.abc import Mapping
from typing import Final

from fastapi import Request

from clusteratlas.api.errors import NotAcceptableError, NotFoundError
from clusteratlas.api.params import Param, Params, choice
from clusteratlas.api.routes import header
from clusteratlas.api.state import Served
from clusteratlas.store.index import Layer
from clusteratlas.store.schema import COLLECTIONS, Collection

TITLES: Final[Mapping[Collection, tuple[str, str]]] = {
    "enterprises": (
        "企业与机构 Enterprises and institutes",
        "Anchors of the policy documents and registry firms",
    ),
    "parks": ("园区 Parks", "Parks, bases, zones and agglomeration areas that the documents name"),
    "districts": ("区县 Districts", "County-level districts of Liaoning"),
    "cities": ("地级市 Cities", "Prefecture-level cities of Liaoning"),
    "clusters": ("集群 Clusters", "Detected clusters of firms, with members and significance"),
}

F: Final = Param(
    "f",
    choice("json", "html"),
    {"type": "string", "enum": ["json", "html"]},
    "Format of the answer; by default what the Accept header asks for",
)
FORMAT_ONLY: Final = Params.of(F)
COLLECTION: Final = Param(
    "collection",
    str,
    {"type": "string", "enum": list(COLLECTIONS)},
    "The collection",
    place="path",
    required=True,
)


def wants_html(request: Request, asked: str | None) -> bool:
    """Tell whether the answer is a page: by ``f``, else by the Accept header.

    Raises
    ------
    NotAcceptableError
        If the header takes neither JSON nor HTML.
    """
    if asked is not None:
        return asked == "html"
    accept = header(request, b"accept")
    if not accept or ("*/*" in accept and not accept.startswith("text/html")) or "json" in accept:
        return False
    if "text/html" in accept:
        return True
    if "*" in accept:
        return False
    raise NotAcceptableError(
        f"no answer as {accept[:100]!r}; there are application/json, text/html"
    )


def layer_of(request: Request) -> tuple[Served, Layer]:
    """Return what is served and the layer that the path names.

    Raises
    ------
    NotFoundError
        If there is no such collection.
    """
    served: Served = request.app.state.atlas.served
    layer = served.snapshot.layers.get(request.path_params["collection"])
    if layer is None:
        raise NotFoundError(f"no such collection; there are {', '.join(COLLECTIONS)}")
    return served, layer


def sector_names(request: Request) -> dict[str, str]:
    """Return the Chinese name of every sector and field, for the pages."""
    sectors = request.app.state.atlas.served.snapshot.tables["sectors"]
    return {} if sectors.empty else dict(zip(sectors["sector_id"], sectors["name_zh"], strict=True))


def asks_for_html(request: Request) -> bool:
    """Tell the same of a request that takes no parameter but ``f``.

    Raises
    ------
    InputError
        If there is any other parameter.
    """
    return wants_html(request, FORMAT_ONLY.read(request.scope["query_string"])["f"])
