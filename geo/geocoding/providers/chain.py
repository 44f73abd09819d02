"""Ask several geocoders in order; the first answer that the address does not contradict is taken."""

import dataclasses
import sys
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from clusteratlas.errors import GeocodingError, QuotaError
from clusteratlas.geo.distance import distance_m
from clusteratlas.geo.districts import district_index
from clusteratlas.geo.geocoding.deciding import SURE
from clusteratlas.geo.geocoding.engine import OUTSIDE
from clusteratlas.geo.geocoding.gazetteer import Place
from clusteratlas.geo.geocoding.normalise import normalise
from clusteratlas.geo.geocoding.offline import OfflineGeocoder
from clusteratlas.geo.geocoding.providers.asking import Asker
from clusteratlas.geo.geocoding.providers.base import Grade, ProviderAnswer
from clusteratlas.geo.geocoding.providers.checks import Verdict, check
from clusteratlas.geo.geocoding.providers.failures import AccessRefusedError
from clusteratlas.geo.geocoding.result import (
    PRECISIONS,
    RESULT_COLUMNS,
    GeocodeResult,
    format_weights,
)

if TYPE_CHECKING:
    import pandas as pd

FAILURES_IN_A_ROW: Final = 5
"""After this many addresses without an answer a provider is left out for the rest of the run."""

_COARSE: Final = frozenset({"district", "city"})
_FINE: Final = frozenset({"site", "address", "street"})
_PROGRESS_AFTER_S: Final = 2.0
_PROGRESS_EVERY_S: Final = 0.5


class _Question(NamedTuple):
    """One address, as it is put to the providers."""

    query: str
    city: str  # name of the city, "" if the record does not tell
    expected: GeocodeResult


@dataclasses.dataclass(slots=True)
class _Trail:
    """What happened on the way to an answer."""

    remarks: list[str] = dataclasses.field(default_factory=list)
    failure: GeocodingError | None = None
    coarse: GeocodeResult | None = None


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
        self.rejected: dict[str, int] = {}
        self._out: dict[str, GeocodingError] = {}
        self._in_a_row: dict[str, int] = {}

    @property
    def name(self) -> str:
        """Return the names in order, as ``--provider`` takes them."""
        return ",".join(link.name for link in self.links)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return one line per online provider: what it was asked in this run."""
        lines = []
        for link in self._askers():
            tally = link.tally
            line = (
                f"{link.name}: {tally.asked:,} asked, {tally.cached:,} from the cache, "
                f"{self.rejected.get(link.name, 0):,} rejected, {tally.failed:,} failed"
            )
            out = self._out.get(link.name)
            lines.append(f"{line}; left out: {out}" if out else line)
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

        texts = addresses if isinstance(addresses, pd.Series) else pd.Series(list(addresses))
        frame = self.reader.geocode_frame(texts, names, cities)
        count = len(frame)
        rows = list(zip(_texts(texts), _texts(names, count), _texts(cities, count), strict=True))
        distinct = list(dict.fromkeys(rows))
        meter = _Meter(len(distinct), shown=progress)
        found: dict[tuple[str, str, str], GeocodeResult] = {}
        for done, row in enumerate(distinct):
            try:
                found[row] = self._resolve(*row)[0]
            except GeocodingError as error:
                raise _unfinished(error, done, len(distinct)) from error
            meter.show(done + 1)
        meter.finish()
        return _as_frame([found[row] for row in rows], frame)

    def _askers(self) -> list[Asker]:
        return [link for link in self.links if isinstance(link, Asker)]

    def _resolve(
        self, address: str, name: str, city: str
    ) -> tuple[GeocodeResult, GeocodingError | None]:
        question = self._question(address, name, city)
        expected, trail = question.expected, _Trail()
        if not question.query or expected.evidence.startswith(OUTSIDE):
            return expected, None
        offline_later = any(isinstance(link, OfflineGeocoder) for link in self.links)
        for number, link in enumerate(self.links):
            if isinstance(link, OfflineGeocoder):
                if expected.status == "ok" and expected.has_point:
                    return _with_remarks(expected, trail), None
                continue
            result = self._from(link, question, trail)
            if result is None:
                continue
            rest = self.links[number + 1 :]
            if any(isinstance(other, OfflineGeocoder) for other in rest) and _finer(
                expected, result
            ):
                trail.remarks.append(f"{link.title}只到{_LEVELS[result.precision]}")
                continue
            return _with_remarks(result, trail), None
        if offline_later:
            return _with_remarks(expected, trail), None
        if trail.coarse is not None:
            return _with_remarks(trail.coarse, trail), None
        return _nothing(expected, trail), trail.failure

    def _question(self, address: str, name: str, city: str) -> _Question:
        engine = self.reader.engine
        text = normalise(address)
        code = engine.city_code(normalise(city))
        parsed = engine.parser.parse(text)
        if not code and not parsed.city:
            cities = {adcode[:4] + "00" for adcode in parsed.stated}
            code = cities.pop() if len(cities) == 1 else ""
        told = engine.gazetteer.city_names.get(parsed.city or code, "")
        query = text if not told or parsed.city else told + text
        return _Question(query, told, self.reader.geocode(address, name=name, city=city))

    def _from(self, link: Asker, question: _Question, trail: _Trail) -> GeocodeResult | None:
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
        verdict = check(answer, question.expected, district_index())
        if verdict.objection:
            self.rejected[link.name] = self.rejected.get(link.name, 0) + 1
            trail.remarks.append(f"{link.title}被拒：{verdict.objection}")
            return None
        result = self._result(link, answer, grade, verdict, question.expected)
        if result.precision in _COARSE:
            trail.coarse = trail.coarse or result
            trail.remarks.append(f"{link.title}只到{_LEVELS[result.precision]}")
            return None
        return result

    def _ask(self, link: Asker, question: _Question, trail: _Trail) -> ProviderAnswer | None:
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
        if any(isinstance(link, OfflineGeocoder) for link in self.links):
            return
        if all(link.name in self._out for link in self._askers()):
            raise error

    def _result(
        self,
        link: Asker,
        answer: ProviderAnswer,
        grade: Grade,
        verdict: Verdict,
        expected: GeocodeResult,
    ) -> GeocodeResult:
        placer = self.reader.engine.placer
        district = district_index().by_adcode[verdict.adcode]
        remark = f"{link.title}：{answer.label or answer.level}（{answer.level}），{verdict.note}"
        whole = district.city_adcode if grade.precision == "city" else verdict.adcode
        area = placer.division(whole) if grade.precision in _COARSE else None
        if area is not None:
            place = area.place
        else:
            place = placer.within(Place(answer.lon, answer.lat, grade.radius_m), verdict.adcode)
            apart = _apart_m(place, expected)
            if apart > place.radius_m:
                place = Place(place.lon, place.lat, apart)
                remark += f"，与离线位置相距{apart / 1000:.1f}公里，半径随之放宽"
        same = expected.adcode == verdict.adcode
        return dataclasses.replace(
            expected,
            lon=place.lon,
            lat=place.lat,
            adcode=verdict.adcode,
            district=district.name,
            city=district.city,
            zone=expected.zone if same else "",
            township=expected.township if same else "",
            precision=grade.precision,
            radius_m=place.radius_m,
            confidence=verdict.confidence,
            evidence=remark,
            status="ok" if verdict.confidence >= SURE else "ambiguous",
            candidates=((verdict.adcode, verdict.confidence),),
            membership="",
            provider=link.name,
        )


_LEVELS: Final = {
    "site": "场所", "address": "门牌", "street": "道路", "zone": "园区", "township": "乡镇街道",
    "district": "区县", "city": "城市", "none": "省级",
}  # fmt: skip


def _finer(expected: GeocodeResult, result: GeocodeResult) -> bool:
    """Tell whether the offline answer is certain and of a finer kind than a provider's."""
    rank = PRECISIONS.index
    certain = expected.status == "ok" and expected.has_point
    return certain and rank(expected.precision) < rank(result.precision)


def _apart_m(place: Place, expected: GeocodeResult) -> float:
    """Return how far two answers are apart where their circles do not meet, else 0.

    Only an offline point on a known road or site says something against a provider's.
    """
    if expected.precision not in _FINE or expected.status != "ok":
        return 0.0
    apart = float(distance_m(place.lon, place.lat, expected.lon, expected.lat))
    return apart if apart > place.radius_m + expected.radius_m else 0.0


def _with_remarks(result: GeocodeResult, trail: _Trail) -> GeocodeResult:
    if not trail.remarks:
        return result
    return dataclasses.replace(result, evidence="；".join([result.evidence, *trail.remarks]))


def _nothing(expected: GeocodeResult, trail: _Trail) -> GeocodeResult:
    """Return the failure of an address for which no provider has a usable answer."""
    return GeocodeResult(
        road=expected.road,
        number=expected.number,
        evidence="；".join(trail.remarks),
        provider="",
    )


def _unfinished(error: GeocodingError, done: int, total: int) -> GeocodingError:
    """Return the error with how far the batch came; what was answered is kept."""
    if isinstance(error, AccessRefusedError) and not done:
        return error
    message = f"{error} ({done:,} of {total:,} addresses done and kept; run again to go on)"
    return type(error)(message, retry_after=error.retry_after)


def _texts(values: Iterable[object] | None, count: int = 0) -> list[str]:
    cells = [""] * count if values is None else list(values)
    return [cell if isinstance(cell, str) else "" for cell in cells]


def _as_frame(results: list[GeocodeResult], offline: "pd.DataFrame") -> "pd.DataFrame":
    """Return results with the columns, types and index of the offline frame."""
    import pandas as pd

    renamed = {"geocode_status": "status"}
    columns: dict[str, Any] = {}
    for column in RESULT_COLUMNS:
        values = [getattr(result, renamed.get(column, column)) for result in results]
        if column == "candidates":
            values = [format_weights(weights) for weights in values]
        kind = offline[column].dtype
        columns[column] = pd.Series(values, index=offline.index, dtype=kind)
    return pd.DataFrame(columns, index=offline.index)


class _Meter:
    """Progress on stderr, once a batch takes longer than two seconds."""

    def __init__(self, total: int, *, shown: bool) -> None:
        self._total = total
        self._shown = shown
        self._due = time.monotonic() + _PROGRESS_AFTER_S
        self._written = False

    def show(self, done: int) -> None:
        """Write how many addresses are done, at most twice a second."""
        if self._shown and time.monotonic() >= self._due:
            sys.stderr.write(f"\rgeocoded {done:,} of {self._total:,} addresses")
            sys.stderr.flush()
            self._due = time.monotonic() + _PROGRESS_EVERY_S
            self._written = True

    def finish(self) -> None:
        """End the line, if any was written."""
        if self._written:
            sys.stderr.write(f"\rgeocoded {self._total:,} of {self._total:,} addresses\n")
