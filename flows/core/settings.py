"""What a user may set: by environment (`CARBONMART_...`) or one TOML file, all with a default.

What is given on the command line wins over the environment, the environment over the file:
`carbonmart.toml` in the working folder, or the one that `CARBONMART_CONFIG` names.

What is set, to what, and where that comes from; secrets are never shown.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PREFIX, FILE, FILE_VARIABLE = "CARBONMART_", "carbonmart.toml", "CARBONMART_CONFIG"
_CONTACT = re.compile(r"\A(?:[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+|https?://[^\s<>()]+)")
READ_ELSEWHERE = {
    FILE_VARIABLE: "The TOML file of settings; default: carbonmart.toml in the working folder",
    "CARBONMART_CACHE": "Folder for copies of S3 data and the archive's spool; "
    "default: ~/.cache/carbonmart",
}
"""Variables of ours that are no settings of a run, and what they say."""


class WrongSetting(ValueError):
    """A setting that can't be; names its variable or its key in the file."""


class Settings(BaseSettings):
    """Settings of one process. Unknown keys are refused, be they given in code or in the file."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

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
    connect_timeout_s: float = Field(10, gt=0, description="Wait for a connection")
    read_timeout_s: float = Field(30, gt=0, description="Wait for the next bytes")
    total_timeout_s: float = Field(120, gt=0, description="Wall clock for one response")
    retries: int = Field(3, ge=0, le=10, description="Further attempts at a passing fault")
    backoff_s: float = Field(
        1.0, ge=0, description="First pause between attempts; doubles, with jitter"
    )
    disabled: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Kill switch: names of sources that are not asked, comma-separated"
    )
    enabled: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Names of sources that are off by default and may be asked, comma-separated",
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
    webhook_url: SecretStr | None = Field(
        None, description="Incoming webhook (Slack's JSON) that is told of incidents"
    )
    notify_blocks: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Prefect notification blocks that are told too, e.g. slack-webhook/ops",
    )
    metrics_file: str = Field(
        "", description="File of Prometheus metrics; default: metrics.prom in the home"
    )
    min_free_mb: int = Field(500, ge=0, description="`check` fails with less free disk, in MB")
    overdue_days: int = Field(
        1, ge=1, description="`check` fails if a source's last run is of an older day"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="Least level that is logged"
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="text: key=value; json: one object a line"
    )
    log_file: str = Field("", description="File that the log is appended to; default: stderr")

    @field_validator("contact")
    @classmethod
    def _reachable(cls, contact: str) -> str:
        if contact and not _CONTACT.fullmatch(contact):
            raise ValueError("neither an e-mail address nor an http(s) URL")
        return contact

    @field_validator("disabled", "enabled", "notify_blocks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given in code, the environment, the file."""
        path = config_file()
        return (
            (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, path))
            if path
            else (init_settings, env_settings)
        )

    def pace(self, own: float) -> float:
        """Requests a second a host: as set, but never faster than the source's own pace."""
        return own if self.rate_per_second is None else min(self.rate_per_second, own)

    @classmethod
    def load(cls, home: str | None = None) -> Settings:
        """From environment and file; `home` given on the command line wins.

        Raises `WrongSetting`, which never repeats a secret.
        """
        _check_environment(os.environ)
        try:
            return cls(home=home) if home else cls()
        except ValidationError as error:
            told = [_told(str(e["loc"][0]), e["input"], e["msg"]) for e in error.errors()]
            raise WrongSetting("; ".join(told)) from None
        except ValueError as error:  # the file is no TOML
            raise WrongSetting(f"{config_file()}: {error}") from None


SECRETS = frozenset(
    name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)
)


def config_file() -> Path | None:
    """The file of settings, if there is one. Raises `WrongSetting` for one that is not there."""
    if named := os.environ.get(FILE_VARIABLE):
        if not Path(named).is_file():
            raise WrongSetting(f"{FILE_VARIABLE}={named!r}: no such file")
        return Path(named)
    return Path(FILE) if Path(FILE).is_file() else None


def origins(home: str | None) -> dict[str, str]:
    """Where each setting that is not at its default comes from."""
    path = config_file()
    told = dict.fromkeys(TomlConfigSettingsSource(Settings, path)(), str(path)) if path else {}
    given = EnvSettingsSource(Settings)()
    told |= {name: f"environment {PREFIX}{name.upper()}" for name in given}
    return told | ({"home": "--home"} if home else {})


def _check_environment(environment: Mapping[str, str]) -> None:
    known = {*READ_ELSEWHERE, *(f"{PREFIX}{name.upper()}" for name in Settings.model_fields)}
    ours = {name.upper() for name in environment if name.upper().startswith(PREFIX)}
    if strangers := sorted(ours - known):
        raise WrongSetting("; ".join(_stranger(name, known) for name in strangers))


def _stranger(name: str, known: set[str]) -> str:
    near = get_close_matches(name, sorted(known), 1)
    hint = f"did you mean {near[0]}?" if near else "see `carbonmart config`"
    return f"no such setting: {name}; {hint}"


def _told(name: str, value: Any, message: str) -> str:
    if name not in Settings.model_fields:
        near = get_close_matches(name, sorted(Settings.model_fields), 1)
        hint = f"did you mean {near[0]}?" if near else "see `carbonmart config`"
        return f"{config_file() or 'settings'}: no such setting: {name}; {hint}"
    shown = "***" if name in SECRETS else repr(value)
    is_of_env = any(key.upper() == f"{PREFIX}{name.upper()}" for key in os.environ)
    path = config_file()
    return (
        f"{path}: {name} = {shown}: {message}"
        if path and not is_of_env
        else f"{PREFIX}{name.upper()}={shown}: {message}"
    )


HIDDEN = "(set, not shown)"
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")


def without_secrets(text: str) -> str:
    """A text with who signs in left out of its addresses (`s3://key:secret@bucket`)."""
    return _USERINFO.sub("***@", text)


def rows_of(home: str | None) -> list[dict[str, Any]]:
    """One row per setting. Raises `WrongSetting`."""
    settings = Settings.load(home)
    told = origins(home)
    rows = [
        {
            "setting": name,
            "value": _shown(getattr(settings, name)),
            "from": told.get(name, "default"),
            "variable": f"{PREFIX}{name.upper()}",
            "says": field.description or "",
        }
        for name, field in Settings.model_fields.items()
    ]
    rows += [
        {
            "setting": variable.removeprefix(PREFIX).lower(),
            "value": os.environ.get(variable),
            "from": f"environment {variable}" if variable in os.environ else "default",
            "variable": variable,
            "says": says,
        }
        for variable, says in READ_ELSEWHERE.items()
    ]
    return rows


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return HIDDEN
    shown = ", ".join(value) if isinstance(value, tuple) else value
    return without_secrets(shown) if isinstance(shown, str) else shown
