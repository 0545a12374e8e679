"""From bytes to a tree: strict decoding and one reader that says when it is not up to it.

Bytes are decoded here and never by a guess: byte-order mark, strict UTF-8, then the declared
charset, with gb2312 and gbk read as gb18030 (the narrower two lose characters), then gb18030.
lxml drops what lies too deep and only says so in its error log: such a page is refused, never
read in part.

Finding elements by class, and their text on one line.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from extractors.model import LayoutError, Page
from extractors.parsing.marks import SAYS, as_printed

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_GB = frozenset({"gb2312", "gbk", "gb_2312-80", "x-gbk", "csgb2312"})
_ANY = re.compile("")
_DROPPED = str.maketrans("", "", "\t\r\n")
"""What a browser, too, leaves out of an address."""
_NOT_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))
"""Characters that a page may hold and lxml lets nobody write into a tree."""
MAX_ATTRIBUTES = 2000
"""Of one tag; libxml2 looks at all of a tag's attributes again for each of them."""
_LARGE = 50_000
"""Bytes from which a page's tags are looked at before it is parsed."""
_TAGS = re.compile(rb"<[a-zA-Z](?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+|<[a-zA-Z][^>]*+")
_BLOCKS = ("p", "br", "div", "tr", "li", "h1", "h2", "h3", "h4")


def decode(page: Page) -> str:
    """The page's text. Raises `LayoutError` where no strict decoding succeeds."""
    return _decoded(page)[0]


def _decoded(page: Page) -> tuple[str, str]:
    """The page's text and the encoding it is in."""
    for bom, encoding in _BOMS:
        if page.body.startswith(bom):
            return _strict(page, [encoding])
    try:
        return page.body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _strict(page, ["utf-8", *_declared(page), "gb18030"])


def _declared(page: Page) -> Iterator[str]:
    for where in (page.header("content-type").encode(), page.body[:2048]):
        if found := _CHARSET.search(where):
            name = found[1].decode("ascii").lower()
            yield "gb18030" if name in _GB else name


def _strict(page: Page, encodings: list[str]) -> tuple[str, str]:
    for encoding in encodings:
        try:
            return page.body.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError):
            continue
    raise LayoutError(page, "no strict decoding succeeds", ", ".join(dict.fromkeys(encodings)))


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link of a page: absolute address and visible text."""

    href: str
    text: str


class Tree:
    """A parsed page. Raises `LayoutError` for one that is empty or nested too deep."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # Decoded and encoded again (unless that gives the same bytes), so that lxml never
        # guesses; surrogates and NUL can't come out of a strict decode as anything else.
        text, encoding = _decoded(page)
        data = (page.body if encoding == "utf-8" else text.encode()).replace(b"\x00", b"")
        if not data.strip():
            raise LayoutError(page, "the page is empty")
        if len(data) > _LARGE and _most_attributes(data) > MAX_ATTRIBUTES:
            raise LayoutError(page, f"a tag of more than {MAX_ATTRIBUTES} attributes")
        # huge_tree lifts the limit of depth from 256 to 2048 levels. Plain elements: those of
        # lxml.html look up a Python class for each tag that is touched.
        parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
        try:
            root: etree._Element | None = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise LayoutError(page, f"no page in it: {error}") from error
        if root is None:
            raise LayoutError(page, "no element in it: not a page")
        if SAYS.search(data):
            as_printed(root)
        self.root = root
        for entry in parser.error_log:
            if "depth" in entry.message.lower():
                raise LayoutError(page, "tags nested too deep to be a page", entry.message)

    def anchors(self, wanted: re.Pattern[str] = _ANY) -> Iterator[Anchor]:
        """Every `a[href]` in document order, made absolute against the page's address.

        Only those in whose printed href `wanted` is found: most links of a page are its
        chrome, and making one absolute costs more than finding it.
        """
        base = self.page.url
        origin = "/".join(base.split("/", 3)[:3])
        for a in self.root.iter("a"):
            href = str(a.get("href", ""))
            if not href.isprintable():
                href = href.translate(_DROPPED)
            href = href.strip()
            if href and wanted.search(href):
                # Joining costs ten times more than finding; a plain path does without it.
                is_plain = href.startswith("/") and "//" not in href and "/." not in href
                yield Anchor(origin + href if is_plain else urljoin(base, href), _words(a))

    def texts(self, tag: str) -> list[str]:
        """The text of each element with this tag, its inner tags stripped to nothing."""
        return [_words(element) for element in self.root.iter(tag)]

    def text(self) -> str:
        """All text, a line break at the end of each block, inline tags stripped to nothing.

        Consumes the tree: scripts, styles and comments are dropped from it.
        """
        return text_of(self.root)

    def by_class(self, token: str) -> list[etree._Element]:
        """The elements that carry a class, beside whatever other classes, in document order."""
        return self._marked[0].get(token, [])

    def by_id(self, name: str) -> etree._Element | None:
        """The first element of that id, or None."""
        return self._marked[1].get(name)

    @cached_property
    def _marked(self) -> tuple[dict[str, list[etree._Element]], dict[str, etree._Element]]:
        """Elements by class and by id: one walk, where each search of its own would be one."""
        classes: dict[str, list[etree._Element]] = {}
        ids: dict[str, etree._Element] = {}
        found = self.root.xpath("//*[@class or @id]")
        assert isinstance(found, list)
        for element in found:
            assert isinstance(element, etree._Element)
            for token in str(element.get("class", "")).split():
                classes.setdefault(token, []).append(element)
            if name := element.get("id"):
                ids.setdefault(str(name), element)
        return classes, ids


def _most_attributes(data: bytes) -> int:
    """Words in the longest tag of a page, whichever way its quotes are read."""
    return max((len(tag[0].split()) for tag in _TAGS.finditer(data)), default=0)


def writable(text: str) -> str:
    """The text without control characters, which lxml reads and does not write."""
    return text.translate(_NOT_XML)


def text_of(root: etree._Element) -> str:
    """An element's text as `Tree.text` gives that of a page, without what follows the element."""
    etree.strip_elements(root, "script", "style", "noscript", etree.Comment, with_tail=False)
    for element in root.iter(*_BLOCKS):
        tail = element.tail
        if not tail:
            element.tail = "\n"
        elif tail[0] != "\n":  # most blocks of a page end a line already
            try:
                element.tail = f"\n{tail}"
            except ValueError:
                element.tail = f"\n{writable(tail)}"
    return str(etree.tostring(root, method="text", encoding="unicode", with_tail=False))


def _words(element: etree._Element) -> str:
    """An element's text, its inner tags stripped to nothing."""
    return "".join(map(str, element.itertext())).strip()


_BY_CLASS = etree.XPath("descendant-or-self::*[contains(concat(' ', @class, ' '), $name)]")
_SPACES = re.compile(r"[\s\u200b\ufeff]+")


def with_class(element: Any, name: str) -> list[Any]:
    """The element and all below it that have the class, in document order."""
    found: Any = _BY_CLASS(element, name=f" {name} ")
    return list(found)


def one_line(element: Any) -> str:
    """An element's text with every blank, NBSP too, made a single space."""
    return squeezed("".join(map(str, element.itertext())))


def squeezed(text: str) -> str:
    """The text with every run of blanks made a single space, none at its ends."""
    return _SPACES.sub(" ", text).strip()
