"""What a user may set: by environment (`CARBONMART_...`), with a default for each."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class WrongSetting(ValueError):
    """A setting that can't be; names its variable."""


class Settings(BaseSettings):
    """Settings of one process. Unknown keys given in code are refused."""

    model_config = SettingsConfigDict(env_prefix="CARBONMART_", extra="forbid", frozen=True)

    home: str = Field(
        "./data", description="Folder, or s3://bucket/prefix, of archive, tables and releases"
    )
    contact: str = Field(
        "", description="E-mail or URL in the User-Agent by which a publisher can reach you"
    )
    rate_per_second: float | None = Field(
        None,
        ge=0,
        le=10,
        description="Requests a second a host, at most the source's own",
    )
    page_budget_per_day: int | None = Field(
        None, ge=1, description="Requests a day a source; default: the source's own"
    )
    connect_timeout_s: float = Field(10, gt=0)
    read_timeout_s: float = Field(30, gt=0)
    total_timeout_s: float = Field(120, gt=0, description="Wall clock for one response")
    retries: int = Field(3, ge=0, le=10)
    backoff_s: float = Field(1.0, ge=0)
    disabled: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Kill switch: names of sources that are not asked, comma-separated"
    )
    gates: str = Field(
        "", description="File of gates of your own; default: gates.yml in the home, if it is there"
    )
    corrections: str = Field(
        "", description="File of corrections; default: corrections.yml in the home"
    )
    batch_pages: int = Field(2000, ge=1, description="Pages read and loaded in one commit")
    publish: bool = Field(True, description="Write each new release out as files")
    keep_releases: int = Field(
        30, ge=1, description="Newest releases kept, beside the first of each month"
    )

    @field_validator("disabled", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    def pace(self, own: float) -> float:
        """Requests a second a host: as set, but never faster than the source's own pace."""
        return own if self.rate_per_second is None else min(self.rate_per_second, own)

    @classmethod
    def load(cls, home: str | None = None) -> Settings:
        """From the environment; `home` given on the command line wins. Raises `WrongSetting`."""
        try:
            return cls(home=home) if home else cls()
        except ValidationError as error:
            wrong = [
                f"CARBONMART_{str(e['loc'][0]).upper()}={e['input']!r}: {e['msg']}"
                for e in error.errors()
            ]
            raise WrongSetting("; ".join(wrong)) from None
