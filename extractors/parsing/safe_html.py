"""An archived page as it can be shown to a person: its text and plain structure, nothing active.

nh3 leaves a few elements without attributes, and all text escaped: no scripts, event handlers,
styles, forms, frames and addresses, however they are disguised; a Content Security Policy
stands behind that.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

import nh3
from lxml import etree

from extractors.model import LayoutError, Page
from extractors.parsing.documents import read_document, type_of
from extractors.parsing.excerpt import find, find_value
from extractors.parsing.html import Tree, decode

_KEPT = (
    "p div span h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr td th caption "
    "br hr pre blockquote b strong i em u sub sup small section article header footer main"
)
KEPT = frozenset(_KEPT.split())
MARK = '<mark class="found">'
_DROPPED = (
    "script style noscript template iframe frame frameset noframes object embed applet svg math "
    "audio video canvas picture img map input button select option textarea datalist head title "
    "meta link base portal xmp plaintext noembed param source track"
)
DROPPED = frozenset(_DROPPED.split())
"""Elements that are left out with all that is in them; all others are left out but for their
text."""
MAX_CHARACTERS = 5_000_000
_TAG = re.compile("(<[^<>]*>)")
"""A tag of a cleaned page, which has no attributes; a `<` of its text is escaped."""

_STYLE = (
    "body{font:16px/1.6 sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
    "header{border-bottom:2px solid #888;margin-bottom:1.5rem;padding-bottom:.5rem}"
    "header table{font-size:.9rem}header th{text-align:left;padding-right:1rem;font-weight:600;"
    "vertical-align:top;white-space:nowrap}header td{overflow-wrap:anywhere}"
    "mark{background:#ffe14d;outline:2px solid #d9a400}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere}table{border-collapse:collapse}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, slots=True)
class SafePage:
    """The page as HTML, and how many places in it are marked."""

    html: str
    marks: int


def safe_page(
    page: Page, facts: Iterable[tuple[str, str]], words: Sequence[str] = (), value: Any = None
) -> SafePage:
    """The page with `facts` (name, text) above it, and the quoted words marked.

    Of a JSON page the array or object that equals `value` is marked. A page that can't
    be parsed, and a file, are shown as their text.
    """
    is_json = "json" in page.header("content-type") or page.body.lstrip()[:1] in (b"[", b"{")
    if is_json or _is_file(page):
        body, marks = _text_page(page, words, value)
    else:
        try:
            body, marks = _tree_page(page, words)
        except LayoutError:
            body, marks = _text_page(page, words, value)
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in facts
    )
    # The browser goes to the first mark if it is opened at #found.
    body = body.replace(MARK, '<mark id="found">', 1).replace(MARK, "<mark>")
    html = (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(page.url)}</title><style>{_STYLE}</style></head><body>"
        f"<header><table>{rows}</table></header><main>{body}</main></body></html>\n"
    )
    return SafePage(html, marks)


def plain_text(page: Page) -> str:
    """The page's text for an excerpt; of JSON, and of what can't be parsed, the text as it is."""
    if "json" in page.header("content-type") or _is_file(page):
        return _decoded(page)
    try:
        return Tree(page).text()
    except LayoutError:
        return _decoded(page)


def _is_file(page: Page) -> bool:
    """Whether it is no page but a file (PDF, Word, sheet, zip): its text is shown."""
    return type_of(page.body) != "unknown"


def _decoded(page: Page) -> str:
    if _is_file(page):
        document = read_document(page.url.rsplit("/", 1)[-1], page.body)
        return "\n\n".join(document.pages) or f"not read: {document.refused_for}"
    try:
        return decode(page)
    except LayoutError:
        # To be looked at by a person, never to be read: what is not UTF-8 shows as such.
        return page.body.decode("utf-8", "replace")


def _text_page(page: Page, words: Sequence[str], value: Any) -> tuple[str, int]:
    text = _decoded(page)[:MAX_CHARACTERS]
    places = find_value(text, value) if value is not None else []
    places = places or next((found for each in words if (found := find(text, each))), [])
    return f"<pre>{_marked(text, places)}</pre>", len(places)


def _tree_page(page: Page, words: Sequence[str]) -> tuple[str, int]:
    # As lxml reads the page and writes it out, well-formed. Of tags that overlap nh3 itself would
    # build a tree that grows with their square: 70 kB of <p><b x=1> ... become 56 MB.
    html = etree.tostring(Tree(page).root, encoding="unicode", method="html")
    clean = nh3.clean(html, tags=KEPT, clean_content_tags=DROPPED, attributes={"*": set()})
    pieces = _TAG.split(clean)
    texts = [unescape(piece) for piece in pieces[::2]]
    text = "".join(texts)
    places = next((found for each in words if (found := find(text, each))), [])
    position = 0
    for number, piece in enumerate(texts):
        end = position + len(piece)
        own = [
            (max(start, position) - position, min(stop, end) - position)
            for start, stop in places
            if start < end and stop > position
        ]
        pieces[2 * number] = _marked(piece, own)
        position = end
    return "".join(pieces), len(places)


def _marked(text: str, places: Iterable[tuple[int, int]]) -> str:
    parts, position = [], 0
    for start, end in places:
        parts += [escape(text[position:start]), MARK, escape(text[start:end]), "</mark>"]
        position = end
    parts.append(escape(text[position:]))
    return "".join(parts)
