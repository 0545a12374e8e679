"""A real browser without a window: Debian's (`apt-get install chromium chromium-driver`)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from selenium import webdriver

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WITHOUT = ("gpu", "quic", "background-networking", "component-update", "sync")


def chromium() -> str | None:
    """The browser's command, if it and its driver are there."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found if shutil.which("chromedriver") else None


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """A browser with a profile of its own, that asks nobody but whom a test opens."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    command, driver = chromium(), shutil.which("chromedriver")
    assert command, "apt-get install chromium"
    assert driver, "apt-get install chromium-driver"
    options = webdriver.ChromeOptions()
    options.binary_location = command
    profile = tmp_path_factory.mktemp("chromium")
    only_here = "host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    flags = ("headless", "no-sandbox", "no-first-run", f"user-data-dir={profile}", only_here)
    for flag in (*flags, *(f"disable-{name}" for name in WITHOUT)):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    running = webdriver.Chrome(options, Service(driver))
    yield running
    running.quit()


def console(browser: webdriver.Chrome) -> list[Any]:
    """What the browser complained of since it was asked last."""
    return list(browser.get_log("browser"))  # type: ignore[no-untyped-call]


def width(browser: webdriver.Chrome, pixels: int) -> None:
    """Have pages laid out as on a screen of this width."""
    metrics = {"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": pixels < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
