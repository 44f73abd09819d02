"""An atlas that is built once, and copies of it to write into."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pandas as pd
import pytest

from clusteratlas.store import open_store
from clusteratlas.store.build import build_store
from clusteratlas.store.geopackage import GeoPackageStore


@pytest.fixture(scope="session")
def built_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("atlas") / "atlas.gpkg"
    with open_store(str(path), writable=True) as store:
        build_store(store)
    return path


@pytest.fixture
def atlas_path(built_path: Path, tmp_path: Path) -> Path:
    """A copy of the built atlas."""
    return Path(shutil.copy(built_path, tmp_path / "atlas.gpkg"))


@pytest.fixture
def atlas(atlas_path: Path) -> Iterator[GeoPackageStore]:
    with GeoPackageStore(atlas_path, writable=True) as store:
        yield store


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[GeoPackageStore]:
    with GeoPackageStore(tmp_path / "empty.gpkg", writable=True) as store:
        yield store


Firms = Callable[..., pd.DataFrame]


@pytest.fixture
def firms() -> Firms:
    """Make rows for ``upsert_enterprises``: a column per keyword, ids a, b, c, ..."""

    def make(**columns: Sequence[object]) -> pd.DataFrame:
        count = len(next(iter(columns.values())))
        ids = columns.pop("enterprise_id", [chr(97 + n) for n in range(count)])
        frame = pd.DataFrame({"enterprise_id": ids, "name": ids, "origin": ["registry"] * count})
        return frame.assign(precision="site").assign(**columns)  # type: ignore[arg-type]

    return make
