"""Ask several geocoders in order; the first answer that the address does not contradict is taken."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from clusteratlas.errors import GeocodingError, QuotaError
from clusteratlas.geo.districts import district_index
from clusteratlas.geo.geocoding.engine import OUTSIDE
from clusteratlas.geo.geocoding.normalise import normalise
from clusteratlas.geo.geocoding.offline import OfflineGeocoder
from clusteratlas.geo.geocoding.providers.asking import Asker
from clusteratlas.geo.geocoding.providers.base import ProviderAnswer
from clusteratlas.geo.geocoding.providers.checks import check
from clusteratlas.geo.geocoding.providers.failures import AccessRefusedError
from clusteratlas.geo.geocoding.providers.results import (
    COARSE,
    FINE,
    LEVELS,
    Trail,
    is_finer,
    make_result,
    nothing,
    with_remarks,
)
from clusteratlas.geo.geocoding.providers.sightings import Sightings
from clusteratlas.geo.geocoding.result import GeocodeResult

if TYPE_CHECKING:
    import pandas as pd

FAILURES_IN_A_ROW: Final = 5
"""After this many addresses without an answer a provider is left out for the rest of the run."""


class _Question(NamedTuple):
    """One address, as it is put to the providers."""

    query: str
    city: str  # name of the city, "" if the record does not tell
    expected: GeocodeResult


class ProviderChain:
    """Geocode with several providers in order.

    The offline geocoder reads every address first, whether it is in the chain or not: its reading is
    what an answer is checked against. An online provider is asked only for addresses that may lie in
    Liaoning; an answer that is rejected, no finer than the district, or coarser than what the offline
    geocoder (if it comes later in the chain) has, gives way to the next.

    Parameters
    ----------
    links
        Askers, and the offline geocoder or not, in order.
    reader
        The offline geocoder that reads the addresses.
    """

    def __init__(self, links: Sequence[Asker | OfflineGeocoder], reader: OfflineGeocoder) -> None:
        self.links = tuple(links)
        self.reader = reader
        self._has_offline = any(isinstance(link, OfflineGeocoder) for link in self.links)
        self._rejected: dict[str, set[str]] = {link.name: set() for link in self.links}
        self._sightings = {link.name: Sightings() for link in self.links}
        self._out: dict[str, GeocodingError] = {}
        self._in_a_row: dict[str, int] = {}

    @property
    def name(self) -> str:
        """Return the names in order, as ``--provider`` takes them."""
        return ",".join(link.name for link in self.links)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return one line per online provider: what it was asked in this run, and warnings."""
        lines = []
        for link in self._askers():
            tally = link.tally
            line = (
                f"{link.name}: {tally.asked:,} asked, {tally.cached:,} from the cache, "
                f"{len(self._rejected[link.name]):,} rejected, {tally.failed:,} failed"
            )
            out = self._out.get(link.name)
            lines.append(f"{line}; left out: {out}" if out else line)
            warning = self._sightings[link.name].datum_note(link.geocoder.datum)
            if warning:
                lines.append(f"{link.name}: {warning}")
        return tuple(lines)

    def geocode(self, address: str, *, name: str = "", city: str = "") -> GeocodeResult:
        """Return where an address lies; parameters as of :meth:`OfflineGeocoder.geocode`.

        Raises
        ------
        QuotaError, GeocodingError
            If no provider could be asked and the offline geocoder is not in the chain.
        """
        result, failure = self._resolve(address, name, city)
        if failure is not None:
            raise failure
        return result

    def geocode_frame(
        self,
        addresses: Iterable[object],
        names: Iterable[object] | None = None,
        cities: Iterable[object] | None = None,
        *,
        progress: bool = False,
    ) -> "pd.DataFrame":
        """Geocode many addresses, each distinct one once.

        Answers are kept as they come: when this raises or is interrupted, the same call later goes on
        where it stopped. An address whose request failed, with nobody else to ask, has the status
        ``failed`` and the reason in ``evidence``; it is asked again next time.

        Parameters and columns are those of :meth:`OfflineGeocoder.geocode_frame`.

        Raises
        ------
        QuotaError
            If quotas are used up and the offline geocoder is not in the chain.
        GeocodingError
            If a key is refused, or no provider works.
        """
        import pandas as pd

        from clusteratlas.geo.geocoding.providers.batches import as_frame, resolve_all, rows_of

        texts = addresses if isinstance(addresses, pd.Series) else pd.Series(list(addresses))
        frame = self.reader.geocode_frame(texts, names, cities)
        rows = rows_of(texts, names, cities)
        for link in self._askers():
            link.tidy()
        found = resolve_all(rows, self._result_of, progress=progress)
        # A default point shows only when all have been answered: ask on for those who got it.
        suspect = {name for name, seen in self._sightings.items() if seen.has_defaults}
        again = [row for row, result in found.items() if result.provider in suspect]
        found |= resolve_all(again, self._result_of, progress=progress)
        return as_frame([found[row] for row in rows], frame)

    def _askers(self) -> list[Asker]:
        return [link for link in self.links if isinstance(link, Asker)]

    def _result_of(self, address: str, name: str, city: str) -> GeocodeResult:
        return self._resolve(address, name, city)[0]

    def _resolve(
        self, address: str, name: str, city: str
    ) -> tuple[GeocodeResult, GeocodingError | None]:
        question = self._question(address, name, city)
        expected, trail = question.expected, Trail()
        if not question.query or expected.evidence.startswith(OUTSIDE):
            return expected, None
        for number, link in enumerate(self.links):
            if isinstance(link, OfflineGeocoder):
                if expected.status == "ok" and expected.has_point:
                    return with_remarks(expected, trail), None
                continue
            result = self._from(link, question, trail)
            if result is None:
                continue
            rest = self.links[number + 1 :]
            if any(isinstance(other, OfflineGeocoder) for other in rest) and is_finer(
                expected, result
            ):
                trail.remarks.append(f"{link.title}只到{LEVELS[result.precision]}")
                continue
            return with_remarks(result, trail), None
        if self._has_offline:
            return with_remarks(expected, trail), None
        if trail.coarse is not None:
            return with_remarks(trail.coarse, trail), None
        return nothing(expected, trail), trail.failure

    def _question(self, address: str, name: str, city: str) -> _Question:
        engine = self.reader.engine
        text = normalise(address)
        code = engine.firms.city_code(normalise(city))
        parsed = engine.parser.parse(text)
        if not code and not parsed.city:
            cities = {adcode[:4] + "00" for adcode in parsed.stated}
            code = cities.pop() if len(cities) == 1 else ""
        told = engine.gazetteer.city_names.get(parsed.city or code, "")
        query = text if not told or parsed.city else told + text.removeprefix("辽宁省")
        return _Question(query, told, self.reader.geocode(address, name=name, city=city))

    def _from(self, link: Asker, question: _Question, trail: Trail) -> GeocodeResult | None:
        """Return a provider's answer if it stands and is finer than a district."""
        if link.name in self._out:
            self._check_left(self._out[link.name])
            return None
        if link.geocoder.needs_city and not question.city:
            trail.remarks.append(f"{link.title}未询问：地址未写城市")
            return None
        answer = self._ask(link, question, trail)
        if answer is None:
            return None
        grade = link.grade(answer)
        if grade.precision == "none":
            trail.remarks.append(f"{link.title}只到省级")
            return None
        seen = self._sightings[link.name]
        if grade.precision in FINE:
            seen.note(question.query, answer, question.expected)
        verdict = check(answer, question.expected, district_index())
        objection = verdict.objection
        if not objection and grade.precision in FINE and seen.is_default(answer):
            objection = "多条道路的地址都返回这一点，应为默认点"
        if objection:
            self._rejected[link.name].add(question.query)
            trail.remarks.append(f"{link.title}被拒：{objection}")
            return None
        result = make_result(
            link, answer, grade, verdict, question.expected, self.reader.engine.placer
        )
        if result.precision in COARSE:
            trail.coarse = trail.coarse or result
            trail.remarks.append(f"{link.title}只到{LEVELS[result.precision]}")
            return None
        return result

    def _ask(self, link: Asker, question: _Question, trail: Trail) -> ProviderAnswer | None:
        try:
            answer = link.ask(question.query, question.city)
        except AccessRefusedError:
            raise
        except GeocodingError as error:
            trail.failure = error
            trail.remarks.append(f"{link.title}请求失败：{error}")
            self._in_a_row[link.name] = self._in_a_row.get(link.name, 0) + 1
            gone = isinstance(error, QuotaError)
            if gone or self._in_a_row[link.name] >= FAILURES_IN_A_ROW:
                self._out[link.name] = error
                self._check_left(error)
            return None
        self._in_a_row[link.name] = 0
        if answer is None:
            trail.remarks.append(f"{link.title}无结果")
        return answer

    def _check_left(self, error: GeocodingError) -> None:
        """Raise the error if nobody is left to ask."""
        if self._has_offline:
            return
        if all(link.name in self._out for link in self._askers()):
            raise error
