"""Finding elements by class, and their text on one line."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

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
