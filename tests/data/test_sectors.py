"""The sector catalogue: 7 fields, 28 sectors, class codes that exist."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from clusteratlas.data import load_sectors

FIELDS = [
    "high_end_equipment",
    "next_gen_it",
    "biology",
    "energy_saving_env",
    "new_energy",
    "new_materials",
    "new_energy_vehicles",
]
SECTORS = [
    "smart_manufacturing",
    "robotics",
    "major_equipment",
    "aviation",
    "marine",
    "rail",
    "internet_manufacturing",
    "ic",
    "digital_av",
    "communications",
    "software",
    "internet_services",
    "biologics",
    "chemical_drugs",
    "tcm",
    "medical_devices",
    "env_equipment",
    "recycling",
    "internet_ecology",
    "solar",
    "smart_energy",
    "special_steel",
    "light_alloy",
    "rare_earth",
    "rare_metals",
    "polymers",
    "ceramics_glass",
    "nev",
]
NOT_IN_REFERENCE_TABLE = {"3741"}
"""飞机制造 is a class of GB/T 4754-2017 that the reference table omits."""


@pytest.fixture(scope="module")
def sectors() -> pd.DataFrame:
    return load_sectors()


def codes_of(text: str) -> set[str]:
    """Split codes joined with ``;``; the star says that a code belongs only in part."""
    return {code.rstrip("*") for code in text.split(";")} - {""}


def test_fields_and_sectors_in_the_order_of_the_document(sectors: pd.DataFrame) -> None:
    assert list(sectors.loc[sectors["parent"] == "", "sector_id"]) == FIELDS
    assert list(sectors.loc[sectors["parent"] != "", "sector_id"]) == SECTORS
    assert set(sectors["parent"]) == {*FIELDS, ""}


def test_every_sector_has_names_products_and_codes(sectors: pd.DataFrame) -> None:
    leaves = sectors[sectors["parent"] != ""]
    for column in ("name_zh", "name_en", "products", "sei2018", "gbt4754", "edition"):
        assert (leaves[column] != "").all(), column
    assert not leaves["products"].str.split(";").map(lambda items: "" in items).any()


def test_a_sector_keeps_to_the_codes_of_its_field(sectors: pd.DataFrame) -> None:
    of_field = {
        str(row.sector_id): codes_of(str(row.gbt4754))
        for row in sectors[sectors["parent"] == ""].itertuples()
    }
    for row in sectors[sectors["parent"] != ""].itertuples():
        assert codes_of(str(row.gbt4754)) <= of_field[str(row.parent)], row.sector_id


@pytest.mark.shared
def test_codes_exist_in_the_classifications(sectors: pd.DataFrame, shared_dir: Path) -> None:
    folder = shared_dir / "classification"
    with (folder / "gbt4754_2017.csv").open(encoding="utf-8-sig") as file:
        classes = {row["class"] for row in csv.DictReader(file)}
    with (folder / "sei2018_fields_and_groups.csv").open(encoding="utf-8-sig") as file:
        groups = {row["code"] for row in csv.DictReader(file)}
    assert codes_of(";".join(sectors["gbt4754"])) - classes <= NOT_IN_REFERENCE_TABLE
    assert codes_of(";".join(sectors["sei2018"])) <= groups
