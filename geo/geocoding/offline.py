"""The offline geocoder: addresses to districts and points, without any network."""

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusteratlas.geo.districts import data_folder
from clusteratlas.geo.geocoding.engine import Engine
from clusteratlas.geo.geocoding.loading import load_gazetteer
from clusteratlas.geo.geocoding.normalise import normalise
from clusteratlas.geo.geocoding.result import GeocodeResult
from clusteratlas.pausing import collector_paused

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from clusteratlas.geo.datum import Datum
    from clusteratlas.geo.geocoding.reverse import Reverser


class OfflineGeocoder:
    """Geocode Liaoning addresses from the shipped gazetteer.

    The gazetteer is read on first use. One instance may be used from several threads; a pickled one
    carries its settings, not its tables.

    Parameters
    ----------
    folder
        Gazetteer to use instead of the shipped one.
    associations
        Table of associations to use instead of the one in the folder.

    Examples
    --------
    >>> found = OfflineGeocoder().geocode("沈阳市东陵区文溯街16号")
    >>> found.adcode, found.district, found.status
    ('210112', '浑南区', 'ok')
    """

    def __init__(self, folder: Path | None = None, *, associations: Path | None = None) -> None:
        self._folder = folder
        self._associations = associations
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._reverser: Reverser | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self._folder, "associations": self._associations}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._folder = state["folder"]
        self._associations = state["associations"]
        self._lock = threading.Lock()
        self._engine = None
        self._reverser = None

    @property
    def name(self) -> str:
        """The name that ``--provider`` and the column ``provider`` use."""
        return "offline"

    @property
    def engine(self) -> Engine:
        """Return the loaded tables, read at the first call."""
        if self._engine is None:
            with self._lock:
                if self._engine is None:
                    folder = self._folder or data_folder() / "gazetteer"
                    with collector_paused():
                        gazetteer = load_gazetteer(folder, associations=self._associations)
                        self._engine = Engine(gazetteer)
        return self._engine

    def geocode(self, address: str, *, name: str = "", city: str = "") -> GeocodeResult:
        """Return where an address lies; never raises, whatever the text is.

        Parameters
        ----------
        address
            As written in a register; any width and script, with or without province and city.
        name
            Name of the enterprise: looked up among the known sites, and evidence for the city.
        city
            Name or code of the city where another column tells; evidence, not truth.
        """
        engine = self.engine
        text = normalise(address)
        answer = engine.answer(text, normalise(name), engine.firms.city_code(normalise(city)))
        return engine.detailed(answer, text)

    def geocode_frame(
        self,
        addresses: Iterable[object],
        names: Iterable[object] | None = None,
        cities: Iterable[object] | None = None,
        *,
        progress: bool = False,
    ) -> "pd.DataFrame":
        """Geocode many addresses.

        Parameters
        ----------
        addresses, names, cities
            As in :meth:`geocode`, of one length; anything that is not text counts as empty.
        progress
            Write progress to stderr when it takes more than two seconds.

        Returns
        -------
        DataFrame
            One row per address, in order, with the columns ``RESULT_COLUMNS``: ``lon, lat, radius_m,
            confidence`` as float64 (NaN without a point), the rest as text. The index is that of
            ``addresses`` if it is a Series, else 0..n-1.

        Raises
        ------
        InputError
            If the lengths differ.
        """
        from clusteratlas.geo.geocoding.batch import geocode_frame

        return geocode_frame(self.engine, addresses, names, cities, progress=progress)

    def reverse(
        self, lon: "ArrayLike", lat: "ArrayLike", *, datum: "Datum" = "wgs84"
    ) -> "pd.DataFrame":
        """Return district, zone, parks and nearest known road of points.

        See :meth:`clusteratlas.geo.geocoding.reverse.Reverser.frame` for parameters and columns.
        """
        if self._reverser is None:
            from clusteratlas.geo.geocoding.reverse import Reverser

            self._reverser = Reverser(self.engine.gazetteer)
        return self._reverser.frame(lon, lat, datum=datum)
