"""Fixed words of the API: the sector and field ids, which are part of its contract."""

from typing import Final

FIELD_IDS: Final = (
    "high_end_equipment",
    "next_gen_it",
    "biology",
    "energy_saving_env",
    "new_energy",
    "new_materials",
    "new_energy_vehicles",
)
"""The 7 fields of 辽政发〔2015〕25号, in its order."""

_SECTORS: Final = (
    "smart_manufacturing robotics major_equipment aviation marine rail internet_manufacturing ic "
    "digital_av communications software internet_services biologics chemical_drugs tcm "
    "medical_devices env_equipment recycling internet_ecology solar smart_energy special_steel "
    "light_alloy rare_earth rare_metals polymers ceramics_glass nev"
)

SECTOR_IDS: Final = (*FIELD_IDS, *_SECTORS.split())
"""Fields, then the 28 sectors; where a list of sectors is asked, a field stands for its sectors."""
