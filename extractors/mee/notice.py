"""The ministry's detail pages, and the State Council's: what each template says where.

Three templates of the ministry are told apart by what is on the page, never by its address:
formal documents (a table of labels), the document library, and news. Classes carry further
tokens, meta tags may be missing, and the leave-site dialog holds an h1 of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from extractors.model import LayoutError, Page
from extractors.parsing.files.tidy import tidy_table
from extractors.parsing.html import Tree, text_of, writable
from extractors.parsing.html_tables import figure_tables
from extractors.parsing.private.text import without_private

ATTACHMENT = re.compile(r"/W0\d{8}\d{12}\.(?:pdf|docx?|xlsx?|zip)$", re.IGNORECASE)
LEAST_TEXT = 30
"""Characters below which a page without a file holds no document."""

_BODIES = ("neiright_JPZ_GK_CP", "content_body_box", "content_body", "TRS_Editor")
_CHROME = ("link-url-wrapper", "share", "bdsharebuttonbox", "crumbsNav", "content_top_box")
_LABELS = {
    "名称": "title",
    "索引号": "index_number",
    "分类": "category",
    "发布机关": "issuer",
    "生成日期": "generated",
    "文号": "document_number",
    "主题词": "subject_words",
}
_SPACE = re.compile(r"\s+")
_LIBRARY_DATE = re.compile(r"发布时间[:：]\s*(\S+)")
_SOURCE = re.compile(r"来源[:：]\s*(\S+)")


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """A file that a page links to: absolute address as printed, words of the link."""

    url: str
    text: str


@dataclass
class Notice:
    """A detail page in the source's own words; all texts as printed, empty where not stated."""

    template: str
    title: str = ""
    published: str = ""
    generated: str = ""
    issuer: str = ""
    category: str = ""
    subject_words: str = ""
    document_number: str = ""
    index_number: str = ""
    text: str = ""
    prose: str = ""
    """The text without its tables of figures."""
    tables: list[dict[str, Any]] = field(default_factory=list)
    files: list[LinkedFile] = field(default_factory=list)
    unknown_labels: dict[str, str] = field(default_factory=dict)


def read_notice(page: Page) -> Notice:
    """What a detail page says. Raises `LayoutError` for one of no known template, or empty."""
    tree = Tree(page)
    notice = _read(tree)
    body = _body(tree)
    notice.files = list(_files(page, tree))
    for chrome in _chrome(body):
        _drop(chrome)
    tables = figure_tables(body)
    notice.text = notice.prose = _lines(without_private(_lines(text_of(body))))
    if tables:
        notice.tables = [tidy_table(table).plain() for _, table in tables]
        for element, _ in tables:
            _drop(element)
        notice.prose = _lines(without_private(_lines(text_of(body))))
    if not notice.title:
        raise LayoutError(page, f"a {notice.template} page without a title")
    if len(_SPACE.sub("", notice.text)) < LEAST_TEXT and not notice.files:
        raise LayoutError(page, "no text to speak of and no file", notice.text.strip()[:80])
    return notice


def files_of(page: Page) -> list[LinkedFile]:
    """The files that a detail page links to, each once. Raises `LayoutError`."""
    return list(_files(page, Tree(page)))


def _read(tree: Tree) -> Notice:
    if tree.by_id("UCAP-CONTENT") is not None:
        return _state_council(tree)
    if tree.by_class("content_top_box"):
        return _formal(tree)
    if tree.by_class("wjkFontBox"):
        return _library(tree)
    if tree.by_class("neiright_JPZ_GK_CP") or tree.by_class("neiright_Title"):
        return _news(tree)
    raise LayoutError(tree.page, "no known template: neither news, formal document nor library")


def _formal(tree: Tree) -> Notice:
    """The label table; its labels hold blanks that mean nothing, its values stand beside them."""
    notice = Notice("formal", title=_heading(tree), published=_meta(tree, "PubDate"))
    box = tree.by_class("content_top_box")[0]
    for label in box.iter("span"):
        name = _squeezed(label).rstrip(":：")
        holder = label.getparent()
        if holder is None or not name:
            continue
        value = _words(holder).removeprefix(_words(label)).strip(" \u3000:：\n\t")
        if name in _LABELS:
            if value or not getattr(notice, _LABELS[name]):
                setattr(notice, _LABELS[name], value)
        else:
            notice.unknown_labels[name] = value
    return notice


def _library(tree: Tree) -> Notice:
    told = " ".join(
        _words(em) for box in tree.by_class("wjkFontBox") for em in box.iter("em", "span")
    )
    date, source = _LIBRARY_DATE.search(told), _SOURCE.search(told)
    return Notice(
        "library",
        title=_heading(tree),
        published=date[1] if date else _meta(tree, "PubDate"),
        issuer=source[1] if source else "",
    )


def _news(tree: Tree) -> Notice:
    title = next((_words(h) for h in tree.by_class("neiright_Title")), "")
    line = " ".join(_words(span) for span in tree.by_class("xqLyPc"))
    line = line or " ".join(_words(p) for p in tree.by_class("ydLyZzBox"))
    source = _SOURCE.search(line)
    date = re.search(r"\d{4}-\d\d-\d\d", line)
    return Notice(
        "news",
        title=title or _meta(tree, "ArticleTitle"),
        published=_meta(tree, "PubDate") or (date[0] if date else ""),
        issuer=source[1] if source else _meta(tree, "ContentSource"),
    )


def _state_council(tree: Tree) -> Notice:
    title = next((_words(h) for h in tree.root.iter("h1")), "")
    return Notice(
        "state_council",
        title=_meta(tree, "ArticleTitle") or title or _title(tree),
        published=_meta(tree, "firstpublishedtime")[:10],
        issuer=_meta(tree, "source") or "国务院",
    )


def _heading(tree: Tree) -> str:
    """The h1 of the text; another one stands in the leave-site dialog."""
    for body in tree.by_class("content_body"):
        for h1 in body.iter("h1"):
            return _words(h1)
    return next((_words(h1) for h1 in tree.by_class("cjcs_phone_title")), "")


def _title(tree: Tree) -> str:
    return next((t.partition("_")[0] for t in tree.texts("title")), "")


def _meta(tree: Tree, name: str) -> str:
    for meta in tree.root.iter("meta"):
        if meta.get("name") == name:
            return str(meta.get("content", "")).strip()
    return ""


def _body(tree: Tree) -> etree._Element:
    state_council = tree.by_id("UCAP-CONTENT")
    if state_council is not None:
        return state_council
    for token in _BODIES:
        if found := tree.by_class(token):
            return found[0]
    printed = tree.by_id("print_html")
    if printed is None:
        raise LayoutError(tree.page, "no element that holds the text", ", ".join(_BODIES))
    return printed


def _files(page: Page, tree: Tree) -> Iterator[LinkedFile]:
    seen: set[str] = set()
    for anchor in _body(tree).iter("a"):
        href = urljoin(page.url, str(anchor.get("href", "")).strip())
        if ATTACHMENT.search(urlsplit(href).path) and href not in seen:
            seen.add(href)
            yield LinkedFile(href, _SPACE.sub(" ", _words(anchor)))


def _chrome(body: etree._Element) -> list[etree._Element]:
    """What stands inside the body and is none of its text."""
    found = []
    for element in body.iter():
        if not isinstance(element.tag, str) or element is body:
            continue
        tokens = str(element.get("class", "")).split()
        name = str(element.get("id", ""))
        style = "".join(str(element.get("style", "")).split())
        is_heading = element.tag == "h1"
        if (
            is_heading
            or any(token in _CHROME for token in tokens)
            or name.startswith("recommend")
            or "display:none" in style
            or "wjkFontBox" in tokens
        ):
            found.append(element)
    return found


def _drop(element: etree._Element) -> None:
    """Take an element out; the words after it stay."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    tail = writable(element.tail or "")
    if before is not None:
        before.tail = writable(before.tail or "") + tail
    else:
        parent.text = writable(parent.text or "") + tail
    parent.remove(element)


def _lines(text: str) -> str:
    """The text's lines, outer blanks off, empty ones out."""
    return "\n".join(line for raw in text.splitlines() if (line := raw.strip()))


def _words(element: etree._Element) -> str:
    return "".join(map(str, element.itertext())).strip()


def _squeezed(element: etree._Element) -> str:
    return _SPACE.sub("", _words(element))
