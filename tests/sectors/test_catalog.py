import pytest

from clusteratlas.errors import UnknownNameError
from clusteratlas.sectors import SectorCatalog, count_bounds, read_code


def test_catalog_holds_the_plan() -> None:
    catalog = SectorCatalog.load()
    assert len(catalog.ids) == 28
    assert len(catalog.fields) == 7
    assert catalog.children("biology") == ("biologics", "chemical_drugs", "tcm", "medical_devices")
    assert catalog.name("nev") == "新能源汽车"
    assert catalog.name("nev", "en") == "New-energy vehicles"
    assert "RV减速器" in catalog["robotics"].products
    assert "nev" in catalog
    assert "farming" not in catalog


def test_unknown_sector_says_what_is_known() -> None:
    with pytest.raises(UnknownNameError, match="software"):
        SectorCatalog.load()["farming"]


@pytest.mark.parametrize("code", ["", "99", "C", "37200", "abc", "３７２０x"])
def test_nonsense_code_says_nothing(code: str) -> None:
    meaning = read_code(code)
    assert meaning.certain == meaning.possible == ()


def test_section_letter_and_space_do_not_matter() -> None:
    assert read_code(" c3720 ") == read_code("3720")


def test_bounds_keep_partial_codes_apart() -> None:
    """Two rail classes count for sure; a wind farm may be of smart energy."""
    bounds = count_bounds(["3720", "3714", "4415", "0111", ""])
    assert bounds["rail"] == (2, 2)
    assert bounds["smart_energy"] == (0, 1)
    assert bounds["software"] == (0, 0)
    assert len(bounds) == 28
