"""What a package exports exists, and nothing else is promised."""

import importlib

import pytest

PACKAGES = ["policy", "data", "geo.geocoding", "sectors", "store", "reports", "api"]


@pytest.mark.parametrize("package", PACKAGES)
def test_all_lists_what_is_there(package: str) -> None:
    module = importlib.import_module(f"clusteratlas.{package}")
    assert module.__all__ == sorted(module.__all__, key=lambda name: (name.islower(), name)) or (
        sorted(module.__all__) == sorted(set(module.__all__))
    )
    for name in module.__all__:
        assert hasattr(module, name), name


@pytest.mark.parametrize("package", PACKAGES)
def test_public_functions_and_classes_have_docstrings(package: str) -> None:
    module = importlib.import_module(f"clusteratlas.{package}")
    for name in module.__all__:
        thing = getattr(module, name)
        if callable(thing):
            assert (thing.__doc__ or "").strip(), f"{package}.{name}"
