"""What a user may set: by environment (`CARBONMART_...`), with a default for each."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one process. Unknown keys given in code are refused."""

    model_config = SettingsConfigDict(env_prefix="CARBONMART_", extra="forbid", frozen=True)

    home: str = Field("./data", description="Folder that holds archive and tables")
    contact: str = Field(
        "", description="E-mail or URL in the User-Agent by which a publisher can reach you"
    )
    rate_per_second: float | None = Field(
        None, ge=0, le=10, description="Requests a second a host; default: the source's own"
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
    batch_pages: int = Field(2000, ge=1, description="Pages read and loaded in one commit")

    @field_validator("disabled", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @classmethod
    def load(cls, home: str | None = None) -> Settings:
        """From the environment; `home` given on the command line wins."""
        return cls(home=home) if home else cls()
