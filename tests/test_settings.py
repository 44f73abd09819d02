"""Settings come from the environment, are checked on entry, and are all documented."""

import pytest

from clusteratlas.errors import InputError
from clusteratlas.settings import Settings, load_settings


def test_defaults_are_safe() -> None:
    settings = load_settings()
    assert settings.host == "127.0.0.1"
    assert settings.cors_origins == []


def test_environment_wins_over_default_and_argument_over_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CLUSTERATLAS_PORT", "9000")
    assert load_settings().port == 9000
    assert load_settings(port=9001).port == 9001
    assert load_settings(port=None).port == 9000


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "70000"), ("PORT", "web"), ("LANG", "fr"), ("LIMIT_MAX", "0"), ("WORKERS", "-1")],
)
def test_bad_value_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CLUSTERATLAS_{name}", value)
    with pytest.raises(InputError, match=f"CLUSTERATLAS_{name}") as caught:
        load_settings()
    assert "\n" not in str(caught.value)


def test_default_limit_may_not_exceed_the_maximum() -> None:
    with pytest.raises(InputError, match="limit_default 50 is above limit_max 20"):
        load_settings(limit_default=50, limit_max=20)


def test_every_setting_says_what_it_is() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
