"""What the name of an enterprise says of its place."""

from clusteratlas.geo.geocoding.gazetteer import MIN_SITE_NAME, Gazetteer, site_key


class FirmNames:
    """Cities, districts and known premises in the names of enterprises."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._sites = gazetteer.sites
        self._site_heads = {text[:MIN_SITE_NAME] for text in gazetteer.sites}
        self._city_codes: dict[str, str] = {}
        for code, text in gazetteer.city_names.items():
            self._city_codes.update({code: code, text: code, text.removesuffix("市"): code})
        self._codes = dict(self._city_codes)
        for text, entry in gazetteer.names.items():
            if len(entry.districts) == 1 and (entry.distinct or not entry.short):
                self._codes.setdefault(text, entry.districts[0])
        self._lengths: dict[str, list[int]] = {}  # of the places that begin with two characters
        for text in sorted(self._codes, key=len, reverse=True):
            lengths = self._lengths.setdefault(text[:2], [])
            if len(text) not in lengths:
                lengths.append(len(text))

    def city_code(self, text: str) -> str:
        """Return the code of a city's name or code, "" if it is none of Liaoning's."""
        return self._city_codes.get(text, "")

    def place_in(self, name: str) -> str:
        """Return the code of the city or district that an enterprise's name begins with, or ""."""
        name = name.removeprefix("辽宁省").removeprefix("辽宁")
        first, end = self._place_at(name, 0)
        inner = self._place_at(name, end)[0] if first.endswith("00") else ""
        return inner if inner[:4] == first[:4] else first

    def is_site(self, name: str) -> bool:
        """Tell whether premises of that name are known."""
        if name in self._sites:
            return True
        head = name[:MIN_SITE_NAME]  # brackets and legal forms are looked for only where it helps
        return (head in self._site_heads or "(" in head) and site_key(name) in self._sites

    def _place_at(self, name: str, start: int) -> tuple[str, int]:
        """Return the code of the longest place's name there and its end; "" if there is none."""
        for length in self._lengths.get(name[start : start + 2], ()):
            code = self._codes.get(name[start : start + length])
            if code:
                return code, start + length
        return "", start
