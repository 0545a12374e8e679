"""What markup says of a text's digits: raised, lowered, struck, hidden.

A raised digit becomes the character that prints so (`10<sup>8</sup>` is 10⁸), and a lowered one
too, but behind a letter (`CO<sub>2</sub>` is CO2), so that a mark never joins a number; struck
and hidden words are not there.
"""

from __future__ import annotations

import re

from lxml import etree

RAISED = str.maketrans("0123456789+-\u2212", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SHIFTED = frozenset({"sup", "sub"})
STRUCK = frozenset({"del", "s", "strike"})
INLINE = frozenset({"span", "font", "b", "i", "em", "strong", "u", "small", "label", "ins", "a"})
"""Elements of a line; blocks that are hidden are a page's own affair (tabs, menus)."""
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$)"
    r"|text-decoration(?:-line)?\s*:[^;]{0,40}line-through",
    re.IGNORECASE,
)


SAYS = re.compile(
    rb"<(?:su[pb]|del|s|strike)\b|\shidden\b|none|:\s*hidden|size\s*:\s*0|line-through",
    re.IGNORECASE,
)
"""What a page that needs any of this has in its bytes: most have none of it."""


def is_unprinted(tag: str, style: str | None, hidden: str | None = None) -> bool:
    """Whether an element's words are struck, or hidden in their line."""
    if tag in STRUCK:
        return True
    return tag in INLINE and (hidden is not None or bool(style and _HIDDEN.search(style)))


def as_printed(root: etree._Element) -> None:
    """Make a tree's text what is printed: digits raised and lowered, unprinted words out."""
    for element in root.iter(*STRUCK, *INLINE):
        style, hidden = element.get("style"), element.get("hidden")
        struck = element.tag in STRUCK
        if (style or hidden is not None or struck) and is_unprinted(
            str(element.tag), style, hidden
        ):
            element.text = None
            del element[:]
    for element in root.iter("sup", "sub"):
        tag = str(element.tag)
        for within in element.iter():
            if within.text and isinstance(within.tag, str):
                within.text = shifted(tag, within.text, _before(element))
            if within.tail and within is not element:
                within.tail = shifted(tag, within.tail, _before(element))


def shifted(tag: str, text: str, before: str) -> str:
    """The words of a `sup` or `sub` as they print, behind what stands before them."""
    if tag == "sub" and before[-1:].isascii() and before[-1:].isalpha():
        return text
    return text.translate(RAISED if tag == "sup" else LOWERED)


def _before(element: etree._Element) -> str:
    """What stands right before an element in its parent; a comment is not there."""
    for previous in element.itersiblings(preceding=True):
        inside = "".join(map(str, previous.itertext())) if isinstance(previous.tag, str) else ""
        if text := previous.tail or inside:
            return text
    parent = element.getparent()
    return (parent.text or "") if parent is not None else ""
