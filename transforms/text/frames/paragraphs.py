"""The paragraphs of a Chinese text that a layout broke into lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.text.plain import squeezed

LONGEST = 1500
"""Characters after which a paragraph is cut at the next line: a table has no sentences."""
_HEADING = re.compile(
    r"(?:第[一二三四五六七八九十]{1,4}[章节部分]{1,3}|[一二三四五六七八九十]{1,4}、"
    r"|\([一二三四五六七八九十]{1,4}\)|\d{1,2}[.、](?!\d))"
)
_PAGE_NUMBER = re.compile(r"\A[-\u2014\u2013]*\d{1,4}[-\u2014\u2013]*")
TABLE_ROW = re.compile(r"(?P<sec>[\u4e00-\u9fff]{2,16}?(?:\([^)]*\))?)(?P<n>0\.\d{3,5})")
"""A line of a table of factors: region and factor."""


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Paragraphs with their offset: lines, where one broken in mid-sentence goes on in the next.

    A heading stands alone. A line of digits alone is a page's number.
    """
    start, parts = 0, list[str]()
    offset = length = 0
    for line in text.splitlines(keepends=True):
        plain = squeezed(line)
        is_alone = (
            bool(_HEADING.match(plain)) and len(plain) <= 32 and not re.search("[。;,]", plain)
        )
        is_row = bool(TABLE_ROW.fullmatch(plain))
        if (is_alone or is_row) and parts:
            yield start, "".join(parts)
            parts, length = [], 0
        if plain and not _PAGE_NUMBER.fullmatch(plain):
            if not parts:
                start = offset
            parts.append(line)
            length += len(plain)
            if is_alone or is_row or plain[-1] in "。;!?:" or length > LONGEST:
                yield start, "".join(parts)
                parts, length = [], 0
        offset += len(line)
    if parts:
        yield start, "".join(parts)
