"""What happened, typed from a release's title and lead alone.

Paragraphs behind the lead repeat launches and memoranda of long ago: read for events, they
would make each later release a launch. Patterns are tried in the order of `_KINDS`, the first
that matches decides (a memorandum about a marketplace is a memorandum).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from transforms.hkex_dates import dates_in, says_today
from transforms.hkex_parties import parties_in
from transforms.hkex_quantities import Quantity, quantities
from transforms.hkex_text import Sentence, sentences
from transforms.model import Refused

_ALL = frozenset({"exchange", "bank", "company", "alliance", "standard", "issuer"})


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of event: its words in English and Chinese, whose names count as parties, and
    whether it is none without them. `each` party has an event of its own."""

    name: str
    words: re.Pattern[str]
    roles: frozenset[str] = frozenset()
    needs_party: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a release. `tonnes` carries its own qualifier and words."""

    kind: str
    event_date: date
    parties: tuple[str, ...]
    quote: str
    party_words: str = ""
    tonnes: Quantity | None = None
    date_words: str = ""


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


_CELEBRATION = _words(
    r"\b(?:celebrat\w+|marks?|anniversary|first (?:four )?(?:weeks?|months?|year))\b"
    r"|慶祝|庆祝|週年|周年|首(?:四|4)?(?:個|个)?(?:星期|週|周|月|年)"
)
"""A look back on a launch is none."""
_KINDS = (
    _Kind(
        "mou",
        _words(
            r"memorand(?:um|a) of understanding|\bMOUs?\b"
            r"|(?:合作|諒解|谅解)備忘錄|(?:合作|諒解|谅解)备忘录"
        ),
        frozenset({"exchange", "bank", "company", "standard"}),
        needs_party=True,
    ),
    _Kind(
        "council",
        _words(
            r"\b(?:launch|establish|form|set up|sets up|inaugurat)\w*\b[^.]{0,60}\bcouncil\b"
            r"|(?:成立|設立|设立|推出)[^。]{0,20}(?:委員會|委员会|理事會|理事会)"
        ),
        frozenset({"bank", "company", "exchange"}),
    ),
    _Kind(
        "settlement",
        _words(r"\bsettle[sd]?\b|\bsettlement\b|\bsettling\b|交收|結算|结算"),
        frozenset({"company", "bank"}),
        needs_party=True,
    ),
    _Kind(
        "product_added",
        _words(
            r"\b(?:adds?|added|adding|addition of|accepts?|admits?|introduces?|expands?)\b"
            r"[^.]{0,80}\b(?:Core Climate|credits?|standard)\b"
            r"|(?:新增|納入|纳入|加入|引入|擴展|扩展)[^。]{0,40}(?:碳信用|標準|标准)"
        ),
        frozenset({"standard"}),
        needs_party=True,
    ),
    _Kind(
        "launch",
        _words(
            r"\blaunch(?:es|ed)?\s+(?:[^\s.]+\s+){0,7}?(?:Core Climate|carbon market(?:place)?)"
            r"|推出[^。]{0,24}(?:Core Climate|碳市場|碳市场|碳交易)"
        ),
        frozenset({"standard"}),
    ),
    _Kind(
        "listing",
        _words(
            r"\b(?:lists?|listed|listing|debut\w*|begins? trading)\b"
            r"[^.]{0,80}\b(?:ETFs?|ETPs?|funds?)\b"
            r"|\b(?:ETFs?|ETPs?)\b[^.]{0,80}\b(?:lists?|listed|listing|debut\w*|begins? trading)\b"
            r"|(?:ETF|基金|交易所買賣)[^。]{0,30}上市|上市[^。]{0,30}(?:ETF|基金)"
        ),
        frozenset({"issuer"}),
    ),
    _Kind(
        "guide",
        _words(
            r"\b(?:publish\w*|releas\w+|issu\w+)\b[^.]{0,80}\b(?:guide|handbook|guidance)\b"
            r"|(?:刊發|刊发|發布|发布|發佈|出版)[^。]{0,30}(?:指引|指南)"
        ),
    ),
    _Kind(
        "commitment",
        _words(
            r"\b(?:commits?|pledges?)\b[^.]{0,80}\b(?:carbon neutral\w*|net[- ]zero)"
            r"|\bjoins?\b[^.]{0,80}\b(?:alliance|net[- ]zero)\b"
            r"|承諾[^。]{0,40}(?:碳中和|淨零)|承诺[^。]{0,40}(?:碳中和|净零)"
            r"|加入[^。]{0,40}(?:聯盟|联盟)"
        ),
        frozenset({"alliance"}),
    ),
    _Kind(
        "participant",
        _words(
            r"\bwelcomes?\b[^.]{0,80}\bparticipants?\b|\bjoins?\b[^.]{0,60}\bCore Climate\b"
            r"|(?:歡迎|欢迎)[^。]{0,40}(?:參與者|参与者)|(?:加入|成為|成为)[^。]{0,20}Core Climate"
        ),
        frozenset({"bank", "company"}),
        needs_party=True,
    ),
    _Kind(
        "policy",
        _words(
            r"\b(?:welcomes?|supports?)\b[^.]{0,80}\b(?:policy|tax|regulation|statement)\b"
            r"|(?:歡迎|欢迎|支持)[^。]{0,40}(?:政策|稅務|税务|規例|规例|聲明|声明)"
        ),
        frozenset({"government"}),
    ),
)
_BESIDE = _words(
    r"\b(?:alongside|in addition to|next to|besides|joining|as well as|on top of)\b[^.,;]*"
    r"|除(?:了)?[^,。]{0,40}?(?:以外|之外|外)|與[^,。]{0,30}並列|与[^,。]{0,30}并列"
)
"""What was there before: not what is added."""


def events(
    title: str, lead: Sequence[str], language: str, published_on: date
) -> tuple[list[Event], list[Sentence]]:
    """The events of a release, and the sentences of title and lead they were looked for in.

    Raises `Refused`: `unknown_party` for a kind that takes one and names none that is known.
    """
    read = [s for text in (title, *lead) for s in sentences(text, language)]
    for kind in _KINDS:
        if kind.name == "launch" and _CELEBRATION.search(read[0].plain):
            continue
        told = [s for s in read if kind.words.search(s.plain)]
        if not told:
            continue
        if kind.name == "settlement":
            if settled := _settlements(kind, read, language, published_on):
                return settled, read
            continue
        return [_event(kind, told, read, published_on)], read
    return [], read


def _event(
    kind: _Kind, told: Sequence[Sentence], read: Sequence[Sentence], published_on: date
) -> Event:
    # The lead says it in full; the title's words stand for a lead that does not.
    sentence = told[-1] if len(told) == 1 else told[1]
    whole = " ".join(s.plain for s in read)
    text = _BESIDE.sub(" ", whole) if kind.name == "product_added" else whole
    parties = parties_in(text, kind.roles)
    if kind.needs_party and not parties:
        raise Refused("unknown_party", sentence.printed, f"{kind.name} with nobody that is known")
    day, words = _day(sentence, published_on)
    party_words = _naming(parties, told, kind) or _naming(parties, read, kind)
    return Event(kind.name, day, tuple(parties), sentence.printed, party_words, date_words=words)


def _naming(parties: Sequence[str], read: Sequence[Sentence], kind: _Kind) -> str:
    """The sentence that names all the parties; else those that name some of them."""
    named = [(s, set(parties_in(s.plain, kind.roles))) for s in read]
    whole = [s.printed for s, names in named if names.issuperset(parties)]
    return whole[-1] if whole else " ".join(s.printed for s, names in named if names)


def _settlements(
    kind: _Kind, read: Sequence[Sentence], language: str, published_on: date
) -> list[Event]:
    """Settlements with tonnes in their sentence; the word alone is clearing. Title and lead
    tell of the same one.

    Raises `Refused`: `unknown_party`, `unclear_party` where one sentence has several.
    """
    found: list[Event] = []
    for sentence in read:
        if not kind.words.search(sentence.plain):
            continue
        parties = tuple(parties_in(sentence.plain, kind.roles))
        tonnages = [q for q in quantities(sentence, language) if q.metric == "tonnes"]
        if len({q.value for q in tonnages}) > 1:
            raise Refused("unclear_party", sentence.printed, "several tonnages: whose is which?")
        for quantity in tonnages:
            known = next((e for e in found if _is_same(e, quantity, parties)), None)
            if known is None and not parties:
                raise Refused("unknown_party", sentence.printed, "nobody that is known settles")
            day, words = _day(sentence, published_on)
            who = parties or (known.parties if known else ())
            named = sentence.printed if parties or known is None else known.party_words
            event = Event("settlement", day, who, sentence.printed, named, quantity, words)
            # The later sentence says it in full: the lead after the title.
            found = [event if each is known else each for each in found]
            if known is None:
                found.append(event)
    return found


def _is_same(event: Event, quantity: Quantity, parties: tuple[str, ...]) -> bool:
    """Whether another sentence tells of this settlement: the same tonnes, by the same party
    or by nobody named."""
    assert event.tonnes is not None
    is_theirs = not parties or bool(set(parties) & set(event.parties))
    return event.tonnes.value == quantity.value and is_theirs


def _day(sentence: Sentence, published_on: date) -> tuple[date, str]:
    """The day of an event and the words for it: the one date of its sentence, unless that
    speaks of today; else the day of the release.

    Raises `Refused("unclear_date")` for a sentence with several dates.
    """
    dates = dates_in(sentence.plain)
    if says_today(sentence.plain) or not dates:
        return published_on, ""
    if len({day for _, _, day in dates}) > 1:
        raise Refused("unclear_date", sentence.printed, "several dates, and none is today")
    start, end, day = dates[0]
    return day, sentence.printed[start:end]
