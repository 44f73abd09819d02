"""What ``clusteratlas map`` does: read the store, make the kind, write the page and the figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from clusteratlas.errors import InputError
from clusteratlas.maps.basemaps import tile_sources
from clusteratlas.maps.content import MapFrames, Region, find_region, find_sectors, read_frames
from clusteratlas.maps.draw import MapOptions, save_map
from clusteratlas.maps.figure import check_ending, save_figure
from clusteratlas.maps.kinds import KINDS, KindRequest, KindResult, make_kind
from clusteratlas.store import open_store

PAGES: Final = (".html", ".htm")

if TYPE_CHECKING:
    from clusteratlas.settings import Settings


@dataclass(frozen=True)
class MapRequest:
    """The options of the command; empty text means not given."""

    out: Path
    city: str = ""
    district: str = ""
    sector: str = ""
    field: str = ""
    kind: str = "clusters"
    around: str = ""
    measure: str = "firms"
    basemap: str = "none"
    figures: tuple[Path, ...] = ()


def run_map(request: MapRequest, settings: "Settings") -> Iterator[str]:
    """Write the map and the figures; yield a line for each file written.

    Raises
    ------
    InputError
        If an option is not allowed or the folder does not exist.
    UnknownNameError
        If nothing has the city's, district's, sector's or enterprise's name.
    StoreError
        If the store is missing.
    """
    _check(request)
    tile_sources(request.basemap, tianditu_key=settings.tianditu_key)
    with open_store(settings.store) as store:
        frames = read_frames(store)
        region = find_region(frames.districts, city=request.city, district=request.district)
        sector_ids = find_sectors(frames.sectors, sector=request.sector, field=request.field)
        wanted = KindRequest(region, sector_ids, request.around, request.measure)
        made = make_kind(store, frames, request.kind, wanted)
    title = _title(made, frames, request, sector_ids)
    options = MapOptions(
        title=title,
        lang=settings.lang,
        basemap=request.basemap,
        tianditu_key=settings.tianditu_key,
        approval_number=settings.map_approval_number,
        layers=made.layers,
        loose=made.loose or bool(sector_ids),
    )
    size = save_map(request.out, made.frames, options, region=made.region, theme=made.theme)
    yield f"{request.out}: {size / 1e6:.2f} MB, {len(made.frames.enterprises)} enterprises"
    for path in request.figures:
        save_figure(path, made.frames, options, region=made.region, theme=made.theme)
        yield f"{path}: {path.stat().st_size / 1e6:.2f} MB"


def _check(request: MapRequest) -> None:
    if request.kind not in KINDS:
        raise InputError(f"kind {request.kind!r}; expected one of {', '.join(KINDS)}")
    if request.kind == "district" and not request.district:
        raise InputError("kind 'district' needs --district")
    if request.sector and request.field:
        raise InputError("give --sector or --field, not both")
    if request.out.suffix.lower() not in PAGES:
        raise InputError(
            f"map {request.out.name!r}: expected an ending of {', '.join(PAGES)};"
            " pictures are written beside it with --png, --svg, --pdf"
        )
    for path in request.figures:
        check_ending(path)
    for path in (request.out, *request.figures):
        if not path.absolute().parent.is_dir():
            raise InputError(f"no folder {path.absolute().parent}")


def _title(
    made: KindResult, frames: MapFrames, request: MapRequest, sector_ids: tuple[str, ...]
) -> dict[str, str]:
    if request.kind == "support":
        return dict(made.name)
    chosen = request.sector or request.field
    subject = {"zh": "战略性新兴产业", "en": "Strategic emerging industries"}
    if chosen:
        row = _chosen_row(frames, request, sector_ids)
        subject = {"zh": row["name_zh"], "en": row["name_en"]}
    elif made.every_firm:
        subject = {"zh": "各行业", "en": "All industries"}
    place = {"zh": made.region.name, "en": _english_place(made.region)}
    return {
        "zh": f"{place['zh']}{subject['zh']}{made.name['zh']}",
        "en": f"{made.name['en']}: {subject['en']}, {place['en']}",
    }


def _chosen_row(
    frames: MapFrames, request: MapRequest, sector_ids: tuple[str, ...]
) -> dict[str, str]:
    sectors = frames.sectors.set_index("sector_id")
    chosen = sector_ids[0] if request.sector else str(sectors.loc[sector_ids[0], "parent"])
    return {name: str(sectors.loc[chosen, name]) for name in ("name_zh", "name_en")}


def _english_place(region: Region) -> str:
    from clusteratlas.maps.names import english_name

    if region.adcode == "210000":
        return "Liaoning"
    city, mark, district = region.name.partition("市")
    if mark and district:
        return f"{english_name(district)}, {english_name(city + mark)}"
    return english_name(region.name)
