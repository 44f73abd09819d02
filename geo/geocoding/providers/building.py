"""Make a chain of providers from their names and the settings."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from clusteratlas import __version__
from clusteratlas.errors import InputError
from clusteratlas.geo.geocoding.offline import OfflineGeocoder
from clusteratlas.geo.geocoding.providers.amap import AMap
from clusteratlas.geo.geocoding.providers.asking import Asker, Limits
from clusteratlas.geo.geocoding.providers.baidu import Baidu
from clusteratlas.geo.geocoding.providers.base import OnlineProvider
from clusteratlas.geo.geocoding.providers.cache import AnswerCache
from clusteratlas.geo.geocoding.providers.chain import ProviderChain
from clusteratlas.geo.geocoding.providers.nominatim import (
    PUBLIC_DOMAIN,
    PUBLIC_RATE_PER_S,
    Nominatim,
)
from clusteratlas.geo.geocoding.providers.tencent import Tencent
from clusteratlas.geo.geocoding.providers.tianditu import Tianditu
from clusteratlas.settings import Settings, load_settings

KEYED: Final[dict[str, type[AMap] | type[Baidu] | type[Tianditu] | type[Tencent]]] = {
    kind.name: kind for kind in (AMap, Baidu, Tianditu, Tencent)
}
"""Providers that want a key, read from the setting ``NAME_key``."""

NAMES: Final = ("offline", *KEYED, Nominatim.name)
"""What ``--provider`` may name."""

USER_AGENT: Final = f"clusteratlas/{__version__}"


def make_chain(
    names: str,
    settings: Settings | None = None,
    *,
    reader: OfflineGeocoder | None = None,
    **options: Any,
) -> ProviderChain:
    """Return the chain of the providers named; no host is contacted before an address is asked.

    Parameters
    ----------
    names
        Providers in order, as in ``amap,offline``.
    settings
        Keys, cache and limits; read from the environment if None.
    reader
        The offline geocoder to use; a new one if None.
    options
        For every online geocoder, as ``proxies`` or ``ssl_context`` of geopy.

    Raises
    ------
    InputError
        If a name is unknown or given twice, or a provider's key is not set.
    """
    settings = settings or load_settings()
    wanted = [part.strip().lower() for part in names.split(",") if part.strip()]
    unknown = [name for name in wanted if name not in NAMES]
    if unknown or not wanted:
        named = unknown[0] if unknown else names
        raise InputError(f"unknown provider {named!r}; allowed: {', '.join(NAMES)}")
    if len(set(wanted)) < len(wanted):
        raise InputError(f"a provider stands twice in {names!r}")
    reader = reader or OfflineGeocoder()
    cache = AnswerCache(settings.geocode_cache)
    links: list[Asker | OfflineGeocoder] = []
    for name in wanted:
        if name == "offline":
            links.append(reader)
        else:
            geocoder = make_provider(name, settings, **options)
            links.append(Asker(geocoder, cache, _limits(geocoder, settings)))
    return ProviderChain(links, reader)


def make_provider(name: str, settings: Settings, **options: Any) -> OnlineProvider:
    """Return the geopy geocoder of an online provider.

    Raises
    ------
    InputError
        If its key is not set, or the URL of Nominatim is none.
    """
    options.setdefault("timeout", settings.geocode_timeout_s)
    if name == Nominatim.name:
        url = urlsplit(settings.nominatim_url)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise InputError("setting CLUSTERATLAS_NOMINATIM_URL: must be http(s)://host[/path]")
        agent = settings.nominatim_user_agent or USER_AGENT
        make: Callable[..., OnlineProvider] = Nominatim
        place = url.netloc + url.path.rstrip("/")
        return make(user_agent=agent, domain=place, scheme=url.scheme, **options)
    key = str(getattr(settings, f"{name}_key")).strip()
    if not key:
        raise InputError(
            f"provider {name} needs a key: set the environment variable "
            f"CLUSTERATLAS_{name.upper()}_KEY"
        )
    options.setdefault("user_agent", USER_AGENT)
    kind: Callable[..., OnlineProvider] = KEYED[name]
    return kind(key, **options)


def _limits(geocoder: OnlineProvider, settings: Settings) -> Limits:
    rate = settings.geocode_rate_per_s
    if isinstance(geocoder, Nominatim) and geocoder.domain.startswith(PUBLIC_DOMAIN):
        rate = min(rate, PUBLIC_RATE_PER_S)
    return Limits(rate, settings.geocode_daily_limit, settings.geocode_cache_days)
