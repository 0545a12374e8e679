"""Contact persons, phones, addresses for mail and editors: taken out of a text before it is kept.

What is left out here reaches no table, not even the quarantine; the archive alone, which holds
the bytes as they were published, has it still. Every pattern takes a time that grows with the
text's length alone: what it has passed it does not try again (`++`, `*+`).
"""

from __future__ import annotations

import re

from extractors.parsing.private.contacts import without_contacts

_HINT = re.compile(r"[系络编作话机真@＠]|[（(]0\d\d|0\d\d|1[3-9]\d")
"""A text without any of these holds nothing that is left out."""
_PERSONS = re.compile(
    r"[（(]?(?:联\s*+系\s*+人|联\s*+络\s*+人|责任编辑|责\s*+编|编\s*+辑|作\s*+者)"
    r"(?:及电话|及联系方式)?\s*+[:：](?:[ \t\u3000]*+\n)?[^。；;\n]*+"
)
"""A label and the names after it, on its line or, where nothing stands there, on the next."""
_PHONE_LABEL = re.compile(
    r"(?:联\s*+系\s*+电\s*+话|咨\s*+询\s*+电\s*+话|电\s*+话|手\s*+机|传\s*+真)\s*+[:：]?\s*+"
    r"(?=[（(]?\s*+(?:\+?86[\s-]*+)?[（(]?\s*+\d)[-\d \t\u3000()（）+、/，,转—–－]*+"
)
_PHONE = re.compile(
    r"(?<![\d.])(?:[（(]0\d{2,3}[)）]|0\d{2,3})\s*+[-—–－]?\s*+\d{4}\s?\d{3,4}(?!\d)"
    r"|(?<![\d.])1[3-9]\d\s?\d{4}\s?\d{4}(?!\d)"
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++\s*+[@＠]\s*+[\w-]++(?:\.[\w-]++)++", re.ASCII)


def without_private(text: str) -> str:
    """The text without names of contact persons and editors, phone numbers and e-mail addresses."""
    if not _HINT.search(text):
        return text
    text = without_contacts(text)
    for pattern in (_PERSONS, _PHONE_LABEL, _MAIL, _PHONE):
        text = pattern.sub("", text)
    return text
