"""Contact persons, phones, addresses for mail and editors: taken out of a text before it is kept.

What is left out here reaches no table, not even the quarantine; the archive alone, which holds
the bytes as they were published, has it still. Every pattern takes a time that grows with the
text's length alone: what it has passed it does not try again (`++`, `*+`).
"""

from __future__ import annotations

import re

from extractors.parsing.private.contacts import NAME, without_contacts

_HINT = re.compile(r"[系络繫絡编作话話机真记收@＠]|ontact|[（(\[]at|0\d\d|1[3-9]\d|86")
"""A text without any of these holds nothing that is left out."""
_PERSONS = re.compile(
    r"[（(]?(?:[联聯]\s*+[系络繫絡]\s*+人|Contacts?(?: [Pp]ersons?)?"
    r"|责任编辑|责\s*+编|编\s*+辑|作\s*+者)"
    r"(?:及电话|及联系方式)?\s*+[:：](?:[ \t\u3000]*+\n)?[^。；;\n]*+"
)
"""A label and the names after it, on its line or, where nothing stands there, on the next."""
_TOGETHER = rf"{NAME}(?:[、 \t\u3000]{{1,3}}{NAME}){{0,4}}"
_NAMED = re.compile(
    rf"(?<=记者)[ \t\u3000:：]{{1,3}}{_TOGETHER}(?![\u3400-\u9fff])"
    rf"|(?<=通讯员)[ \t\u3000:：]{{0,3}}{_TOGETHER}(?![\u3400-\u9fff])"
    r"|[（(](?:本报|见习|特约){0,2}(?:记者|通讯员)[^（()）\n。]{1,40}[)）]"
    rf"|(?<=[司处局院所部厅会室心]){NAME}(?=联系[，,；;。])(?<=先生|女士|同志|老师)"
    rf"|(?<=[司处局院所部厅会室心]){NAME}(?=收[，,；;。\s（(])"
)
"""Who wrote it; to whom somebody is to turn, or to send a letter."""
_PHONE_LABEL = re.compile(
    r"(?:联\s*+系\s*+电\s*+话|咨\s*+询\s*+电\s*+话|[电電]\s*+[话話]|手\s*+机|[传傳]\s*+真)\s*+[:：]?\s*+"
    r"(?=[（(]?\s*+(?:\+?86[\s-]*+)?[（(]?\s*+\d)[-\d \t\u3000()（）+、/，,转—–－]*+"
)
_PHONE = re.compile(
    r"(?:[（(]?\+|[（(])86[-\s）)]{0,2}(?:1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}|\d{2,3}[-\s）)]{0,2}\d{4}\s?\d{3,4})(?!\d)"
    r"|(?<![\d.])(?:[（(]0\d{2,3}[)）]|0\d{2,3})\s*+[-—–－]?\s*+\d{4}\s?\d{3,4}(?!\d)"
    r"|(?<![\d.])1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?![\d年月万亿吨家%])"
)
_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]++\s*+(?:[@＠]|[（(\[]at[)）\]])\s*+[\w-]++(?:\.[\w-]++)++",
    re.ASCII,
)


def without_private(text: str) -> str:
    """The text without names of contact persons and editors, phone numbers and e-mail addresses."""
    if not _HINT.search(text):
        return text
    text = without_contacts(text)
    for pattern in (_PERSONS, _NAMED, _PHONE_LABEL, _MAIL, _PHONE):
        text = pattern.sub("", text)
    return text
