"""Words of the ministry's documents: what stands around a figure, and numbers of documents.

Patterns run over a plain text (see `transforms.text.plain`): NFKC, nothing blank in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from transforms.model import Refused
from transforms.text.plain import squeezed
from transforms.text.quantities import scaled

IS = r"(?:为|是|共计为|共计|共有|共|累计)?"
DASH = r"[-\u2010-\u2015~至到]"
MOST = Decimal(10) ** 18


def value_of(printed: str, scale: str | None = "") -> Decimal:
    """The figure in its base unit, exact. Raises `Refused("bad_number")`."""
    value = scaled(printed, scale)
    if value >= MOST:
        raise Refused("bad_number", f"{printed}{scale}", f"not below {MOST}")
    if value != value.quantize(Decimal("0.000001")):
        raise Refused("bad_number", f"{printed}{scale}", "more than six decimals")
    return value


CJK = r"\u4e00-\u9fff"
_OPEN, _CLOSE = r"[〔\[(【﹝]", r"[〕\])】﹞]"
_SERIES = rf"(?:国环规|环办|环环|环(?!境)|发改)(?:(?!环|发改)[{CJK}]){{1,5}}"
DOCUMENT_NUMBER = re.compile(
    rf"(?P<series>{_SERIES}){_OPEN}(?P<year>(?:19|20)\d\d){_CLOSE}(?P<no>\d{{1,4}})号"
    rf"|(?P<order>国务院令|发展改革委(?:员会)?令|令)第(?P<order_no>\d{{1,4}})号"
    rf"|公告(?P<notice_year>\d{{4}})年第(?P<notice_no>\d{{1,3}})号"
)
INDEX_NUMBER = re.compile(r"\d{9}/\d{4}-\d{4,6}")


def document_numbers(plain: str) -> Iterator[tuple[str, int, int]]:
    """Every document number of a squeezed text, brackets as 〔〕, with its place."""
    for found in DOCUMENT_NUMBER.finditer(plain):
        yield _canonical(found), found.start(), found.end()


def document_number(printed: str) -> str | None:
    """The number that a label or a line holds, canonical, or None if it is none."""
    found = DOCUMENT_NUMBER.search(squeezed(printed))
    return _canonical(found) if found else None


def _canonical(found: re.Match[str]) -> str:
    if found["series"]:
        return f"{found['series']}〔{found['year']}〕{int(found['no'])}号"
    if found["order"]:
        whose = {"国务院令": "国务院令", "令": "部令"}.get(found["order"], "发展改革委令")
        return f"{whose}第{int(found['order_no'])}号"
    return f"公告{found['notice_year']}年第{int(found['notice_no'])}号"


def number_in_lines(lines: list[str]) -> str | None:
    """The document's own number, where one of its first lines, or two of them, hold nothing else.

    A number inside a sentence is one that the document cites.
    """
    plain = [squeezed(line) for line in lines[:5]]
    for text in [*plain, *(a + b for a, b in pairwise(plain))]:
        found = DOCUMENT_NUMBER.search(text)
        if found and found.end() == len(text.rstrip(")】]")) and found.start() <= 30:
            before = text[: found.start()]
            if not re.search(r"[,。;:《》]|根据|按照|依据|印发|关于", before):
                return _canonical(found)
    return None


def title_key(title: str) -> str:
    """A title without blanks, brackets and punctuation."""
    return re.sub(rf"[^{CJK}A-Za-z0-9]", "", squeezed(title))


def matter(title: str) -> str:
    """What a title is about, without the marks of a draft or of its issuing."""
    plain = squeezed(title)
    named = re.search(r"《([^》]{1,200})》", plain)
    core = named[1] if named else plain
    core = re.sub(r"\((?:征求意见稿|试行|暂行|修订稿|草案)\)|征求意见稿|正式", "", core)
    if not named:
        core = re.sub(r"^.{0,20}?关于(?=公开|印发|发布|征求|做好|更新|开展|切实)|关于", "", core)
        core = re.sub(
            r"公开征求|印发|发布|(?:有关)?意见的?(?:通知|函|公告)|的(?:通知|公告|函)$", "", core
        )
    return title_key(core) or title_key(title)
