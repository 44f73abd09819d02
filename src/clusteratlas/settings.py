"""Settings, read from the environment (prefix ``CLUSTERATLAS_``) and checked on entry."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from clusteratlas.errors import InputError


class Settings(BaseSettings):
    """What an operator may set; every field has a bound and a default that is safe.

    Build one with :func:`load_settings` and pass it on; there is no module-level instance.
    """

    model_config = SettingsConfigDict(env_prefix="CLUSTERATLAS_", extra="ignore")

    store: str = Field(
        default="var/atlas.gpkg", description="Store URL: a .gpkg path or postgresql://..."
    )
    host: str = Field(default="127.0.0.1", description="Address the server binds to")
    port: int = Field(default=8000, ge=0, le=65535, description="TCP port of the server")
    workers: int = Field(default=1, ge=1, le=64, description="Server processes")
    lang: Literal["zh", "en"] = Field(default="zh", description="Interface language")
    base_url: str = Field(default="", description="Public URL of the server behind a proxy")
    cors_origins: list[str] = Field(
        default_factory=list, description="Origins that browsers may call from; none by default"
    )
    limit_default: int = Field(default=10, ge=1, description="Items in a page if none is asked")
    limit_max: int = Field(default=10_000, ge=1, description="Most items in a page")
    k_max: int = Field(default=500, ge=1, le=10_000, description="Most neighbours in one answer")
    radius_max_m: float = Field(default=500_000, gt=0, description="Widest search radius, metres")
    batch_max: int = Field(default=10_000, ge=1, description="Most rows in a batch request")
    body_max_bytes: int = Field(default=8_000_000, ge=1_000, description="Largest request body")
    tile_cache_bytes: int = Field(
        default=128_000_000, ge=0, description="Vector tiles kept in memory; 0 keeps none"
    )
    request_timeout_s: float = Field(default=30, gt=0, le=600, description="Longest request")
    rate_limit_per_s: float = Field(
        default=0, ge=0, description="Requests per second and client; 0 switches the limit off"
    )
    refresh_s: float = Field(
        default=2, gt=0, le=60, description="How often a server looks for new data in the store"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe message that is logged"
    )
    geocode_cache: Path = Field(
        default=Path("var/geocode-cache.sqlite"), description="Answers of online providers"
    )
    amap_key: str = Field(default="", repr=False, description="AMap (高德) web service key")
    baidu_key: str = Field(default="", repr=False, description="Baidu map AK")
    tianditu_key: str = Field(default="", repr=False, description="Tianditu (天地图) token")
    tencent_key: str = Field(default="", repr=False, description="Tencent location service key")
    nominatim_url: str = Field(
        default="https://nominatim.openstreetmap.org", description="Nominatim server to ask"
    )
    nominatim_user_agent: str = Field(
        default="", max_length=200, description="How to name oneself to Nominatim; add a contact"
    )
    geocode_timeout_s: float = Field(
        default=10, gt=0, le=60, description="Longest wait for an online provider's answer"
    )
    geocode_rate_per_s: float = Field(
        default=3, gt=0, le=100, description="Requests per second to each online provider"
    )
    geocode_daily_limit: int = Field(
        default=5_000, ge=1, le=10_000_000, description="Requests per day to each online provider"
    )
    geocode_cache_days: int = Field(
        default=180, ge=1, le=3_650, description="Days that answers of online providers are kept"
    )
    map_approval_number: str = Field(
        default="", description="审图号, printed on every map where the operator has one"
    )

    @model_validator(mode="after")
    def _default_within_max(self) -> "Settings":
        if self.limit_default > self.limit_max:
            msg = f"limit_default {self.limit_default} is above limit_max {self.limit_max}"
            raise ValueError(msg)
        return self


def load_settings(**overrides: object) -> Settings:
    """Read the settings from the environment; keyword arguments that are not None win.

    Raises
    ------
    InputError
        If a value is out of bounds; the message names the variable and what is allowed.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # checked by pydantic itself
    except ValidationError as error:
        first = error.errors()[0]
        name = "CLUSTERATLAS_" + "_".join(str(part) for part in first["loc"]).upper()
        raise InputError(f"setting {name}: {first['msg']}") from error
