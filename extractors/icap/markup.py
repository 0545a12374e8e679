"""Reading the markup of ICAP's site: class tokens, blocks of text, links of the head."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

_BLOCK = re.compile(r"p|li|h[1-6]|t[dhr]|d[dt]|blockquote|figcaption|div|br|ul|ol|section")
_WORD = re.compile(r"[\w-]+")
_UNSEEN = frozenset({"script", "style", "noscript", "template"})


def by_class(root: etree._Element, token: str) -> list[etree._Element]:
    """The elements that have the class among theirs, in document order.

    Whole class strings on this site change with the site's modules; single tokens stay.
    """
    assert _WORD.fullmatch(token)
    path = f"descendant::*[contains(concat(' ', normalize-space(@class), ' '), ' {token} ')]"
    return [e for e in root.xpath(path) if isinstance(e, etree._Element)]  # type: ignore[union-attr]


def text_of(element: etree._Element) -> str:
    """An element's text in one line; inline tags leave no blank (`CO<sub>2</sub>` is CO2)."""
    return " ".join("".join(map(str, element.itertext())).split())


def blocks(root: etree._Element) -> Iterator[str]:
    """The text of an element, block by block, each in one line; text outside of any too."""
    line: list[str] = []
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start" and element.tag in _UNSEEN:
            walker.skip_subtree()
            continue
        if event in ("start", "end") and _BLOCK.fullmatch(element.tag):
            if text := " ".join("".join(line).split()):
                yield text
            line = []
        if event == "start":
            line.append(element.text or "")
        elif element is not root:
            line.append(element.tail or "")
    if text := " ".join("".join(line).split()):
        yield text


def head_link(root: etree._Element, rel: str) -> str:
    """The address of a `<link rel=...>`, or an empty string."""
    for link in root.iter("link"):
        if rel in str(link.get("rel", "")).split():
            return str(link.get("href", "")).strip()
    return ""
