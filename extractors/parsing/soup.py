"""Pages of which there are few, read by CSS selectors (BeautifulSoup) as strictly as by `Tree`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from urllib.parse import urljoin

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.builder._lxml import LXMLTreeBuilder  # where its type stubs, too, have it

from extractors.model import LayoutError, Page
from extractors.parsing.html import decode, squeezed
from extractors.parsing.marks import SHIFTED, is_unprinted, shifted

MOST_LEVELS = 2048  # as many as `Tree` reads
MOST_TAGS = 50_000  # a thousand cost ten milliseconds and a megabyte
_SIMPLE = re.compile(r"\A(?P<name>[a-z][a-z0-9]*)?(?:\.(?P<of>[a-zA-Z][\w-]*))?\Z")
_UNSEEN = frozenset({"script", "style", "noscript", "template"})
_BLOCKS = frozenset({"p", "br", "div", "section", "blockquote", "figcaption", "ul", "ol", "li"})
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd", "table", "tr", "th", "td"}


class _Builder(LXMLTreeBuilder):
    """BeautifulSoup's builder with an end to size and depth, without what no reader sees."""

    def __init__(self, page: Page) -> None:
        # No containers of its own for strings: what a <ruby> says is text like other text.
        super().__init__(string_containers={}, huge_tree=True)
        self.page, self.tags, self.unseen = page, 0, 0
        self.shifted: list[str] = []
        self.before = ""

    def start(self, tag: str, attrib: Mapping[str, str], nsmap: object = None) -> None:
        self.tags += 1
        levels = len(self.soup.tagStack) + self.unseen
        if self.tags > MOST_TAGS or levels > MOST_LEVELS:
            told = f"{self.tags} tags, {levels} levels"
            raise LayoutError(self.page, "too many tags, or nested too deep, to be a page", told)
        if (
            self.unseen
            or tag in _UNSEEN
            or is_unprinted(tag, attrib.get("style"), attrib.get("hidden"))
        ):
            self.unseen += 1
        else:
            self.soup.handle_starttag(tag, None, None, dict(attrib))
            if tag in SHIFTED:
                self.shifted.append(tag)

    def end(self, tag: str) -> None:
        if not self.unseen:
            super().end(tag)
            if self.shifted and tag == self.shifted[-1]:
                self.shifted.pop()
        self.unseen = max(0, self.unseen - 1)

    def data(self, data: str) -> None:
        if not self.unseen:
            if self.shifted:
                data = shifted(self.shifted[-1], data, self.before)
            else:
                self.before = data
            self.soup.handle_data(data)

    def comment(self, *_: object, **__: object) -> None: ...

    pi = doctype = comment


class Soup:
    """A parsed page. Raises `LayoutError` for one without an element, or larger than pages are."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = BeautifulSoup(decode(page).replace("\x00", ""), builder=_Builder(page))
        if self.root.find() is None:
            raise LayoutError(page, "empty, or no element in it: not a page")

    def all(self, selector: str) -> list[Tag]:
        """The elements that a CSS selector finds, in document order."""
        return list(self._found(selector))

    def outermost(self, selector: str) -> list[Tag]:
        """Those of them that stand within no other."""
        found = self.all(selector)
        known = {id(tag) for tag in found}
        return [tag for tag in found if not any(id(outer) in known for outer in tag.parents)]

    def first(self, selector: str) -> Tag | None:
        """The first of them, if there is one."""
        return next(self._found(selector), None)

    def one(self, selector: str, what: str) -> Tag:
        """The first of them. Raises `LayoutError` that says what is missing if there is none."""
        if (found := self.first(selector)) is None:
            raise LayoutError(self.page, f"no {what} ({selector})")
        return found

    def _found(self, selector: str) -> Iterator[Tag]:
        """What a selector finds. One that is a name, a class or both, as most are, is looked for
        in one walk: the general way costs half of a page's whole reading."""
        simple = _SIMPLE.match(selector)
        if simple is None:
            yield from self.root.select(selector)
            return
        name, wanted = simple["name"], simple["of"]
        for tag in self._tags:
            if name and tag.name != name:
                continue
            if wanted is None or wanted in (tag.attrs.get("class") or ()):
                yield tag

    @cached_property
    def _tags(self) -> list[Tag]:
        """All elements of the page as it was parsed."""
        return [node for node in self.root.descendants if isinstance(node, Tag)]

    def address(self, link: Tag) -> str:
        """Where a link's href leads, absolute. Raises `LayoutError` if that is no address."""
        try:
            return urljoin(self.page.url, str(link.get("href", "")).strip())
        except ValueError as error:
            raise LayoutError(self.page, "no address in a link", str(link)[:200]) from error


def line_of(tag: Tag) -> str:
    """An element's text on one line; inline tags leave no blank (`CO<sub>2</sub>` is CO2)."""
    return squeezed(tag.get_text())


def blocks(tag: Tag) -> list[tuple[str, NavigableString]]:
    """An element's text, parted at the edges of blocks: each on one line, with its first string."""
    runs: list[list[NavigableString]] = [[]]
    within = [tag]
    for node in tag.descendants:
        is_edge = isinstance(node, Tag) and node.name in _BLOCKS
        while node.parent is not within[-1]:
            is_edge |= within.pop().name in _BLOCKS
        if is_edge:
            runs.append([])
        if isinstance(node, Tag):
            within.append(node)
        elif isinstance(node, NavigableString):
            runs[-1].append(node)
    return [(line, run[0]) for run in runs if (line := squeezed("".join(run)))]
