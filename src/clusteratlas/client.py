"""A small client of the API that answers with frames.

>>> from clusteratlas.client import Atlas
>>> atlas = Atlas("http://127.0.0.1:8000")            # doctest: +SKIP
>>> atlas.nearby(enterprise_id="shengu-group", role="supplier")   # doctest: +SKIP
"""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from clusteratlas.errors import AtlasError, InputError, UnknownNameError

PAGE: Final = 5_000
BATCH: Final = 5_000


class ServiceError(AtlasError):
    """The server refused or could not be reached; ``status`` is its HTTP status, 0 if unreachable."""

    def __init__(self, message: str, *, status: int = 0) -> None:
        self.status = status
        super().__init__(message)


class Atlas:
    """A server of the atlas.

    Parameters
    ----------
    url
        Its address, ``http://127.0.0.1:8000``.
    token
        For corrections; "" for none.
    timeout_s
        How long to wait for an answer.

    Raises
    ------
    InputError
        If the address is not http or https.
    """

    def __init__(self, url: str, *, token: str = "", timeout_s: float = 60.0) -> None:
        if not url.startswith(("http://", "https://")):
            raise InputError(f"{url!r} is no address of a server; expected http://… or https://…")
        self._base = url.rstrip("/")
        self._token, self._timeout_s = token, timeout_s

    # --- features --------------------------------------------------------------------------
    def items(
        self,
        collection: str,
        *,
        bbox: tuple[float, float, float, float] | None = None,
        cql2: str = "",
        limit: int | None = None,
        **equals: str,
    ) -> gpd.GeoDataFrame:
        """Return features of a collection, all pages, in EPSG:4326.

        Parameters
        ----------
        bbox
            West, south, east, north in degrees.
        cql2
            Condition in CQL2 text.
        limit
            Most rows; None for all.
        equals
            Columns that must have these values, ``adcode="210112"``.

        Raises
        ------
        UnknownNameError
            If there is no such collection.
        InputError
            If the server refuses a parameter.
        ServiceError
            If the server cannot be reached or fails.
        """
        query: dict[str, Any] = {"limit": min(limit or PAGE, PAGE), **equals}
        if bbox is not None:
            query["bbox"] = ",".join(f"{edge:.9g}" for edge in bbox)
        if cql2:
            query["filter"] = cql2
        rows: list[dict[str, Any]] = []
        shapes: list[Any] = []
        for feature in self._features(f"/ogc/collections/{_part(collection)}/items", query, limit):
            rows.append({"fid": feature["id"], **feature["properties"]})
            geometry = feature["geometry"]
            shapes.append(shapely.geometry.shape(geometry) if geometry else None)
        columns = None if rows else self._columns(collection)
        frame = pd.DataFrame(rows, columns=columns)
        return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326")

    def _columns(self, collection: str) -> list[str]:
        """Return the columns of a collection, for a frame without rows."""
        url = self._url(f"/ogc/collections/{_part(collection)}/schema", {})
        return ["fid", *(name for name in self._ask(url)["properties"] if name != "geometry")]

    def _features(
        self, path: str, query: Mapping[str, Any], limit: int | None
    ) -> Iterator[dict[str, Any]]:
        url, left = self._url(path, query), limit
        while url:
            page = self._ask(url)
            features = page["features"] if left is None else page["features"][:left]
            yield from features
            left = None if left is None else left - len(features)
            following = [link["href"] for link in page["links"] if link["rel"] == "next"]
            # Only the query of the link is taken: a server behind a proxy may call itself otherwise, and
            # no answer shall send the token, or this program, to another address.
            asked = urllib.parse.urlsplit(following[0]).query if following and left != 0 else ""
            url = f"{self._base}{path}?{asked}" if asked else ""

    # --- questions -------------------------------------------------------------------------
    def nearby(self, **query: Any) -> gpd.GeoDataFrame:
        """Return the nearest firms with ``distance_m, role, why``; parameters as in ``/v1/nearby``."""
        sectors = query.get("sectors")
        if sectors is not None and not isinstance(sectors, str):
            query["sectors"] = ",".join(sectors)
        return _points(self._ask(self._url("/v1/nearby", query))["items"])

    def search(self, text: str, *, limit: int = 20) -> pd.DataFrame:
        """Return what is called like this, best match first."""
        url = self._url("/v1/search", {"q": text, "limit": limit})
        return pd.DataFrame(self._ask(url)["items"])

    def enterprise(self, enterprise_id: str) -> dict[str, Any]:
        """Return everything known about one enterprise."""
        return self._ask(self._url(f"/v1/enterprises/{_part(enterprise_id)}", {}))

    def positioning(self, adcode: str) -> dict[str, Any]:
        """Return the positioning profile of a district."""
        return self._ask(self._url(f"/v1/districts/{_part(adcode)}/positioning", {}))

    def compare(self, a: str, b: str) -> pd.DataFrame:
        """Return what two districts, by code or name, have in common: one row per sector."""
        return pd.DataFrame(self._ask(self._url("/v1/compare", {"a": a, "b": b}))["sectors"])

    def stagger(self, region: str, **query: Any) -> dict[str, Any]:
        """Return how far the districts of a city or of 辽宁 duplicate each other."""
        return self._ask(self._url("/v1/stagger", {"region": region, **query}))

    def clusters(self, sector: str, **query: Any) -> gpd.GeoDataFrame:
        """Return the clusters of a sector with hull, members and significance, strongest first."""
        rows = self._ask(self._url("/v1/clusters", {"sector": sector, **query}))["clusters"]
        shapes = [shapely.geometry.shape(g) if (g := row.pop("geometry")) else None for row in rows]
        return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapes, crs="EPSG:4326")

    def reverse(self, lon: float, lat: float) -> dict[str, Any]:
        """Return district, zone and parks at a point (WGS-84 degrees)."""
        return self._ask(self._url("/v1/reverse", {"lon": lon, "lat": lat}))

    def geocode(self, addresses: Iterable[str]) -> gpd.GeoDataFrame:
        """Return one row per address, in order; a missing point where none can be given."""
        rows: list[dict[str, Any]] = []
        texts = list(addresses)
        for start in range(0, len(texts), BATCH):
            items = [{"address": text} for text in texts[start : start + BATCH]]
            rows += self._ask(self._url("/v1/geocode", {}), body={"items": items})["items"]
        return _points(rows)

    def propose(
        self, enterprise_id: str, kind: str, change: Mapping[str, Any], reason: str
    ) -> dict[str, Any]:
        """File a correction; needs a token with the scope ``propose``."""
        body = {
            "enterprise_id": enterprise_id,
            "kind": kind,
            "change": dict(change),
            "reason": reason,
        }
        return self._ask(self._url("/v1/corrections", {}), body=body)

    # --- transport -------------------------------------------------------------------------
    def _url(self, path: str, query: Mapping[str, Any]) -> str:
        given = {name: value for name, value in query.items() if value is not None}
        return f"{self._base}{path}" + (f"?{urllib.parse.urlencode(given)}" if given else "")

    def _ask(self, url: str, *, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        headers = {"accept": "application/json"}
        if self._token:
            headers["authorization"] = f"Bearer {self._token}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["content-type"] = "application/json"
        # The scheme was checked on entry: no file: or ftp: address comes here.
        request = urllib.request.Request(url, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_s) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            raise _refused(error) from error
        except (OSError, ValueError) as error:
            raise ServiceError(f"{self._base} does not answer: {error}") from error


def _refused(error: urllib.error.HTTPError) -> AtlasError:
    """Return our error for a problem document."""
    try:
        detail = str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        detail = HTTPStatus(error.code).phrase
    if error.code == 404:
        return UnknownNameError(detail)
    if error.code in {400, 413, 415}:
        return InputError(detail)
    return ServiceError(detail, status=error.code)


def _part(text: str) -> str:
    return urllib.parse.quote(text, safe="")


def _points(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(rows)
    if frame.empty:
        return gpd.GeoDataFrame({"lon": [], "lat": []}, geometry=[], crs="EPSG:4326")
    x, y = (pd.to_numeric(frame[name], errors="coerce").to_numpy(float) for name in ("lon", "lat"))
    points = shapely.points(x, y)
    points[pd.isna(x) | pd.isna(y)] = None
    return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")
