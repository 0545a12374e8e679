"""The pages of a Prefect server in a browser: what is on them is waited for as it is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.e2e.prefect_server import Server
from tests.support.chromium import width

WAIT_S = 30
"""For a page that draws itself while others use the machine, too."""


class Pages:
    """The server's UI. A picture of each page that was read is left in a folder."""

    def __init__(self, browser: webdriver.Chrome, server: Server, pictures: Path) -> None:
        self._browser, self._pictures = browser, pictures
        self._base = server.api.removesuffix("/api")
        width(browser, 1920)

    def open(self, path: str) -> None:
        """Go to a page by its address."""
        self._browser.get(self._base + path)

    def click(self, text: str) -> None:
        """Click a tab or a card by its title, once it is there."""
        titled = f"//*[self::li or self::div][normalize-space()='{text}']"

        def seen() -> list[WebElement]:
            return [element for element in self._found(titled) if element.is_displayed()]

        self._wait(seen, f"{text} to click on")
        seen()[0].click()

    def show(self, *texts: str) -> None:
        """Wait until one can read all of these."""

        def missing() -> list[str]:
            page = self._browser.find_element(By.TAG_NAME, "body").text
            return [text for text in texts if text not in page]

        self._wait(lambda: not missing(), lambda: f"{missing()}")
        self._take_picture()

    def table(self) -> list[list[str]]:
        """The cells of the first table, once there is one."""
        self._wait(lambda: self._found("//table//td"), "table")
        self._take_picture()
        rows = self._found("//table")[0].find_elements(By.TAG_NAME, "tr")
        return [[cell.text for cell in row.find_elements(By.XPATH, "./*")] for row in rows]

    def _found(self, path: str) -> list[WebElement]:
        return self._browser.find_elements(By.XPATH, path)

    def _wait(self, is_there: Callable[[], object], what: str | Callable[[], str]) -> None:
        waiting = WebDriverWait(
            self._browser, WAIT_S, 0.1, ignored_exceptions=[StaleElementReferenceException]
        )
        try:
            waiting.until(lambda _: is_there())
        except TimeoutException:
            self._take_picture()
            told = what if isinstance(what, str) else what()
            page = self._browser.find_element(By.TAG_NAME, "body").text
            pytest.fail(f"{self._browser.current_url} does not show {told}:\n{page}")

    def _take_picture(self) -> None:
        number = len(list(self._pictures.glob("*.png"))) + 1
        self._browser.save_screenshot(str(self._pictures / f"{number:02}.png"))
