"""What every geocoder offers, offline or online."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from clusteratlas.geo.geocoding.result import GeocodeResult

if TYPE_CHECKING:
    import pandas as pd


@runtime_checkable
class Geocoder(Protocol):
    """A source of points for addresses; coordinates are WGS-84 whatever it uses inside."""

    @property
    def name(self) -> str:
        """The name that ``--provider`` and the column ``provider`` use."""

    def geocode(self, address: str, *, name: str = "", city: str = "") -> GeocodeResult:
        """Return where one address lies."""

    def geocode_frame(
        self,
        addresses: Iterable[object],
        names: Iterable[object] | None = None,
        cities: Iterable[object] | None = None,
        *,
        progress: bool = False,
    ) -> "pd.DataFrame":
        """Return one row per address with the columns ``RESULT_COLUMNS``, in order."""
