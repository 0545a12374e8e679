"""A release's page as printed: title, dates, paragraphs, notes, tables and links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from extractors.hkex.urls import unwrapped
from extractors.model import LayoutError, Page
from extractors.parsing.html import Tree, one_line, squeezed, with_class

_NOTE_MARK = re.compile(r"[\s()\[\]*†‡\d,]*|(?:Note|註|注)\s*\d*")
_EPOCH = re.compile(r"\d{9,11}")
_TIMETAG = "news-timetag-container"
_BODY = "listing-committee__brief"
_FOOT = "loadMore__timetag-container"
_BLOCKS = frozenset(("p", "li", "h2", "h3", "h4", "h5", "tr", "div", "br"))


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
    root = Tree(page).root
    etree.strip_elements(root, "script", "style", "noscript", etree.Comment, with_tail=False)
    stamps, bodies = with_class(root, _TIMETAG), with_class(root, _BODY)
    if not bodies:
        raise LayoutError(page, f"no body ({_BODY})")
    if not stamps:
        raise LayoutError(page, f"no date ({_TIMETAG})")
    if not with_class(root, _FOOT):
        raise LayoutError(page, f"no foot ({_FOOT}): the page may be cut short")
    title = _title(root)
    if not title:
        raise LayoutError(page, "no title in h1 or og:title")
    epoch = str(stamps[0].get("data-news-last-updated") or "").strip()
    if epoch and not _EPOCH.fullmatch(epoch):
        raise LayoutError(page, "a last-updated stamp that is no epoch", epoch)
    article = Article(title, one_line(stamps[0]), epoch, str(root.get("lang") or ""))
    for body in bodies:
        _read_body(page, body, article)
    if not any(article.paragraphs):
        raise LayoutError(page, "a body without words")
    return article


def _title(root: Any) -> str:
    for heading in root.iter("h1"):
        if text := one_line(heading):
            return text
    metas = root.xpath("//meta[@property='og:title']/@content")
    return squeezed(str(metas[0])) if metas else ""


def _read_body(page: Page, body: Any, article: Article) -> None:
    for mark in list(body.iter("sup")):
        # A mark of a note stands right behind a figure and would become a digit of it.
        if _NOTE_MARK.fullmatch(one_line(mark)):
            _drop(mark)
    for anchor in body.iter("a"):
        href = str(anchor.get("href") or "").strip()
        if href and not href.startswith(("#", "mailto:", "javascript:")):
            article.links.append((unwrapped(urljoin(page.url, href)), one_line(anchor)))
    # Tables without tables in them hold data; those around the text are layout.
    for table in list(body.iter("table")):
        if _is_data(table):
            article.tables.append(_cells(table))
            _drop(table)
    _take_blocks(body, article)


def _is_data(table: Any) -> bool:
    rows = list(table.iter("tr"))
    return not table.xpath(".//table") and any(len(row.xpath("./td|./th")) > 1 for row in rows)


def _cells(table: Any) -> str:
    rows = (
        "\t".join(one_line(cell) for cell in row.xpath("./td|./th")) for row in table.iter("tr")
    )
    return "\n".join(row for row in rows if row.strip())


def _take_blocks(body: Any, article: Article) -> None:
    """The texts between the edges of blocks, each with whether it lies in a list."""
    blocks: list[tuple[str, bool]] = []
    text: list[str] = []

    def close(element: Any) -> None:
        words = squeezed("".join(text))
        text.clear()
        if words:
            blocks.append((words, element.tag == "li" or bool(element.xpath("ancestor::li"))))

    for event, element in etree.iterwalk(body, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        is_block = element.tag in _BLOCKS
        if event == "start":
            if is_block:
                close(element.getparent() if element is not body else element)
            text.append(element.text or "")
        else:
            if is_block:
                close(element)
            if element is not body:
                text.append(element.tail or "")
    close(body)
    is_first = not article.paragraphs
    article.paragraphs += [words for words, _ in blocks]
    if is_first:
        leading = next((n for n, (_, in_list) in enumerate(blocks) if not in_list), len(blocks))
        article.bullets = leading


def _drop(element: Any) -> None:
    """Take an element out; what follows it stays."""
    parent, before = element.getparent(), element.getprevious()
    if tail := element.tail:
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
    parent.remove(element)
