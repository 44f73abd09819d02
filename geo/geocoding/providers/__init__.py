"""Online geocoders by geopy's conventions, and chains of them with checks, cache, pace and quota."""

from clusteratlas.geo.geocoding.providers.amap import AMap
from clusteratlas.geo.geocoding.providers.asking import Asker, Limits
from clusteratlas.geo.geocoding.providers.baidu import Baidu
from clusteratlas.geo.geocoding.providers.building import NAMES, make_chain, make_provider
from clusteratlas.geo.geocoding.providers.cache import AnswerCache
from clusteratlas.geo.geocoding.providers.chain import ProviderChain
from clusteratlas.geo.geocoding.providers.nominatim import Nominatim
from clusteratlas.geo.geocoding.providers.tencent import Tencent
from clusteratlas.geo.geocoding.providers.tianditu import Tianditu

__all__ = [
    "NAMES",
    "AMap",
    "AnswerCache",
    "Asker",
    "Baidu",
    "Limits",
    "Nominatim",
    "ProviderChain",
    "Tencent",
    "Tianditu",
    "make_chain",
    "make_provider",
]
