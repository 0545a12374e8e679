"""Settings: environment over file over default; what is unknown or wrong is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.core.settings import FILE_VARIABLE, HIDDEN, Settings, WrongSetting, config_file, rows_of

SECRET = "https://hooks.example/services/T0/very-secret"

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes the file of settings; the working folder is an empty one, the environment clean."""
    monkeypatch.chdir(tmp_path)

    def written(text: str) -> Path:
        path = tmp_path / "carbonmart.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def values(home: str | None = None) -> dict[str, tuple[object, str]]:
    return {row["setting"]: (row["value"], row["from"]) for row in rows_of(home)}


def test_each_setting_says_where_it_comes_from(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write('home = "of-the-file"\ncontact = "file@example.org"\nretries = 7\ndisabled = ["seee"]\n')
    monkeypatch.setenv("CARBONMART_CONTACT", "env@example.org")
    told = values("of-the-line")
    assert told["home"] == ("of-the-line", "--home")
    assert told["contact"] == ("env@example.org", "environment CARBONMART_CONTACT")
    assert told["retries"] == (7, "carbonmart.toml")
    assert told["disabled"] == ("seee", "carbonmart.toml")
    assert told["backoff_s"] == (1.0, "default")
    settings = Settings.load("of-the-line")
    assert (settings.home, settings.contact, settings.retries) == (
        "of-the-line",
        "env@example.org",
        7,
    )
    assert Settings.load().home == "of-the-file"


def test_a_file_may_be_named(write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write("retries = 1\n")
    other = tmp_path / "other.toml"
    other.write_text("retries = 2\n")
    monkeypatch.setenv(FILE_VARIABLE, str(other))
    assert Settings.load().retries == 2
    assert config_file() == other
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "none.toml"))
    with pytest.raises(WrongSetting, match=r"CARBONMART_CONFIG=.*none\.toml.*no such file"):
        Settings.load()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("retires = 3\n", r"carbonmart\.toml: no such setting: retires; did you mean retries\?"),
        ("retries = 99\n", r"carbonmart\.toml: retries = 99: Input should be less than or equal"),
        ('log_level = "loud"\n', r"carbonmart\.toml: log_level = 'loud': Input should be"),
        ("retries = \n", r"carbonmart\.toml: Invalid value"),
        ("[seee]\nrate = 1\n", r"carbonmart\.toml: no such setting: seee"),
    ],
)
def test_a_wrong_file_is_refused_by_key(write: Write, text: str, told: str) -> None:
    write(text)
    with pytest.raises(WrongSetting, match=told):
        Settings.load()


def test_unknown_variables_are_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARBONMART_CACHE", "/somewhere")
    Settings.load()
    monkeypatch.setenv("CARBONMART_RETIRES", "3")
    with pytest.raises(
        WrongSetting, match=r"CARBONMART_RETIRES; did you mean CARBONMART_RETRIES\?"
    ):
        Settings.load()


def test_a_secret_is_shown_nowhere(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write(f'webhook_url = "{SECRET}"\n')
    settings = Settings.load()
    assert settings.webhook_url is not None
    assert settings.webhook_url.get_secret_value() == SECRET
    assert values()["webhook_url"] == (HIDDEN, "carbonmart.toml")
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump_json()} {rows_of(None)}"
    write("webhook_url = 17\n")
    with pytest.raises(WrongSetting, match=r"webhook_url = \*\*\*: "):
        Settings.load()


def test_every_setting_says_what_it_is(write: Write) -> None:
    assert [row["setting"] for row in rows_of(None) if not row["says"]] == []
