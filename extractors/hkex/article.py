"""A release's page as printed: title, dates, paragraphs, notes, tables and links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import takewhile

from bs4 import Tag

from extractors.hkex.urls import unwrapped
from extractors.model import LayoutError, Page
from extractors.parsing.html import squeezed
from extractors.parsing.soup import Soup, blocks, line_of

_NOTE_MARK = re.compile(r"[\s()\[\]*†‡⁰¹²³⁴⁵⁶⁷⁸⁹,]*|(?:Note|註|注)\s*[⁰¹²³⁴⁵⁶⁷⁸⁹]*")
_EPOCH = re.compile(r"\d{9,11}")
_BODY = ".listing-committee__brief"
_DATE = ".news-timetag-container"
_FOOT = ".loadMore__timetag-container"


@dataclass(slots=True)
class Article:
    """What a release's page shows. `paragraphs` are the body's blocks in order, tables left
    out; `bullets` of them lead it as key points. `tables` are rows of cells, tab-separated."""

    title: str
    published: str
    last_updated: str
    html_language: str
    paragraphs: list[str] = field(default_factory=list)
    bullets: int = 0
    tables: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


def read_article(page: Page) -> Article:
    """Raises `LayoutError` for a page without title, date, body or foot."""
    soup = Soup(page)
    soup.one(_BODY, "body")
    stamp = soup.one(_DATE, "date")
    soup.one(_FOOT, "foot, the page may be cut short")
    title = _title(soup)
    if not title:
        raise LayoutError(page, "no title in h1 or og:title")
    epoch = str(stamp.get("data-news-last-updated", "")).strip()
    if epoch and not _EPOCH.fullmatch(epoch):
        raise LayoutError(page, "a last-updated stamp that is no epoch", epoch)
    language = str(soup.one("html", "root").get("lang", ""))
    article = Article(title, line_of(stamp), epoch, language)
    for body in soup.all(_BODY):
        _read_body(soup, body, article)
    if not article.paragraphs:
        raise LayoutError(page, "a body without words")
    return article


def _title(soup: Soup) -> str:
    for heading in soup.all("h1"):
        if text := line_of(heading):
            return text
    metas = soup.all("meta[property='og:title'][content]")
    return squeezed(str(metas[0]["content"])) if metas else ""


def _read_body(soup: Soup, body: Tag, article: Article) -> None:
    for mark in body("sup"):
        # A mark of a note stands right behind a figure and would become a digit of it.
        if _NOTE_MARK.fullmatch(line_of(mark)):
            mark.clear()
    for anchor in body("a", href=True):
        if (url := soup.address(anchor)).startswith("http"):
            article.links.append((unwrapped(url), line_of(anchor)))
    for table in body("table"):
        if table.find("table"):
            continue  # tables without tables in them hold data; those around the text are layout
        rows = [[line_of(cell) for cell in tr(["td", "th"], recursive=False)] for tr in table("tr")]
        if any(len(cells) > 1 for cells in rows):
            article.tables.append("\n".join("\t".join(cells) for cells in rows if any(cells)))
            table.clear()
    _take_blocks(body, article)


def _take_blocks(body: Tag, article: Article) -> None:
    """The paragraphs, and how many of the first body's lead it in a list."""
    found = blocks(body)
    if not article.paragraphs:
        leading = takewhile(lambda block: block[1].find_parent("li"), found)
        article.bullets = len(list(leading))
    article.paragraphs += [words for words, _ in found]
