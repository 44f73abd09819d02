"""Names that follow from those of the tables: short forms, sections of roads, zones with their city."""

from clusteratlas.geo.geocoding.gazetteer import Gazetteer


def zone_names(texts: list[str], city: str, divisions: set[str]) -> list[str]:
    """Return a zone's names, with the city as 沈阳, as 沈阳市, and without it."""
    short = city.removesuffix("市")
    found = list(texts)
    for text in texts:
        rest = text.removeprefix(city).removeprefix(short)
        if rest != text and len(rest) >= 3 and rest.endswith("区") and rest not in divisions:
            found += [city + rest, rest]
    return list(dict.fromkeys(found))


def add_bare_towns(gazetteer: Gazetteer) -> None:
    """Let 下达河 mean 下达河乡, wherever the short form has no other meaning."""
    for town in gazetteer.towns:
        text = town.name
        for ending in ("满族蒙古族乡", "蒙古族乡", "满族乡", "朝鲜族乡", "街道", "镇", "乡"):
            if text.endswith(ending):
                text = text.removesuffix(ending)
                break
        if len(text) < 2 or text[-1] in "路街道里巷":
            continue
        entry = gazetteer.names.get(text)
        if entry is None or (entry.bare and town not in entry.towns):
            gazetteer.name(text).towns.append(town)
            gazetteer.name(text).bare = True


def add_road_sections(gazetteer: Gazetteer) -> None:
    """Let 十一纬路云集东巷 and 柴河街南段 lie on 十一纬路 and 柴河街, and count as they do."""
    roads, sections = gazetteer.roads, gazetteer.sections
    counted = {text for counts in gazetteer.associations.values() for text in counts}
    for text, entry in gazetteer.names.items():
        if entry.kind not in ("road", "place") or (text in roads and text in counted):
            continue
        for end in range(len(text) - 1, 2, -1):
            whole = text[:end]
            if whole[-1] in "路街道":
                if text not in roads and whole in roads:
                    roads[text] = roads[whole]
                if text not in counted and whole in counted:
                    sections.setdefault(text, whole)


def add_cities_elsewhere(gazetteer: Gazetteer) -> None:
    """Let 武汉 mean 武汉市, wherever the short form is no name of Liaoning."""
    for text in [text for text, entry in gazetteer.names.items() if entry.outside == text]:
        short = text.removesuffix("市")
        if short != text and len(short) > 1 and short not in gazetteer.names:
            entry = gazetteer.name(short)
            entry.outside, entry.short = text, True
