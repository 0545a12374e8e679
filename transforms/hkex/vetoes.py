"""Words of a figure's clause that make it another thing than a count of the marketplace.

Patterns (`quantities`) say what is counted; here the clause is read whole: a word that changes
the meaning (applied for, planned, before, of a forum, of another market) leaves the figure
untaken, and so does, in both languages, a word that is not known (`words.yml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from transforms.hkex.event_kinds import PURCHASE
from transforms.hkex.model import Quantity, Veto
from transforms.hkex.parties import name_at
from transforms.text.figures import FigureKind
from transforms.text.figures.en import scan
from transforms.text.frames.english import around, is_of_before, untold
from transforms.text.frames.model import Fate
from transforms.text.frames.words import Vocabulary
from transforms.text.scripts import simplified
from transforms.text.sentences import clause_before

_PERMITTED = frozenset(
    {"entity", "volume", "credit", "account", "cover", "offered", "sold", "increase", "emit", "sum"}
    | {
        "reduction",
        "linked",
        "verified",
        "compliance",
        "purchase",
        "turnover",
        "deal",
        "price",
        "clearing",
    }
    | {"sectors", "emissions", "intake", "allocate", "benchmark", "in_operation", "once", "level"}
    | {"allowance", "systems", "surrender", "bench_classes", "each", "clearing", "top", "limit"}
)
_ELSEWHERE = re.compile(
    r"(?i)\b(?:ceremony|forum|conference|seminar|summit|event|gong|guests?|speakers?|students?"
    r"|attend\w*|gathered|brought together|dinner|workshop|webinar|Climate Impact X|Bursa|ETFs?"
    r"|ETPs?|IPOs?|bonds?|surveys?|interview\w*)\b"
)
_BREAKS_ZH = re.compile(r"[,，;；。:：!！?？]")
_BUT_FOR_ZH = re.compile(r"(?<![消移清])除[^,，。;；]{1,20}?外")
_FIGURE_ZH = re.compile(
    r"[0-9]{4}年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?|底)?|[0-9]{1,2}月(?:[0-9]{1,2}日|底)?"
    r"|[0-9][0-9,.]*(?:万|亿)?[多余]?"
)
"""A day, or another figure of the clause: what it counts must be known as well."""


def veto(quantity: Quantity, language: str) -> Veto | None:
    """Why a figure that a pattern found is no count of the marketplace; None if it is one."""
    text = quantity.sentence.plain
    if quantity.metric == "tonnes" and PURCHASE.search(text):
        return Veto(Fate.UNCLAIMED, "what one client bought")
    if language != "en":
        return _veto_zh(quantity)
    if told := untold(text) or ("of before" if is_of_before(text) else ""):
        return Veto(Fate.UNCLAIMED, told)
    figures = scan(text)
    for one in around(text, figures):
        if one.figure.start < quantity.end and one.figure.end > quantity.start:
            words = [one.figure.start, one.figure.end]
            words += [place for t in (*one.head, *one.tail) for place in (t.start, t.end)]
            if other := _ELSEWHERE.search(text, min(words), max(words)):
                return _of_else(other[0])
            strangers = one.classes - _PERMITTED
            if strangers and not _is_growth(strangers, quantity):
                return Veto(Fate.UNCLAIMED, f"with {', '.join(sorted(strangers))}")
            unknown = _known_here(one.unknown)
            return Veto(Fate.UNKNOWN_WORDS, "unknown words", unknown) if unknown else None
    ends = [figure.end for figure in figures if figure.kind is FigureKind.BARE]
    is_bare = any(quantity.start < end <= quantity.end for end in ends)
    return None if is_bare else Veto(Fate.UNCLAIMED, "no measure")


_NOT_DONE = frozenset(
    {"future", "planned", "possible", "condition", "sample", "target", "withdraw"}
)
_NOT = re.compile(r"(?i)\b(?:not|never|no longer|nor|without|failed to|refused to)\b|n't\b")


def denied(quantity: Quantity, language: str) -> bool:
    """Whether the tonnes of one client are not said to be settled or bought: planned, denied, or
    in Chinese with a word that nobody knows."""
    text = quantity.sentence.plain
    if language != "en":
        return _veto_zh(quantity) is not None
    clauses = around(text, scan(text))
    own = [c for c in clauses if quantity.start <= c.figure.start < quantity.end]
    is_not = _NOT.search(clause_before(text, quantity.start)) is not None
    return is_not or bool(untold(text)) or any(c.classes & _NOT_DONE for c in own)


def _of_else(word: str) -> Veto:
    return Veto(Fate.UNCLAIMED, f"a count of something else: {word}")


def _is_growth(strangers: Iterable[str], quantity: Quantity) -> bool:
    """Whether it is the second figure of a growth: its first is a base, and named so."""
    return set(strangers) <= {"base", "past", "is_before"} and " to " in quantity.words


def _veto_zh(quantity: Quantity) -> Veto | None:
    """Why a figure of a Chinese sentence is no count of the marketplace: a word of its clause that
    changes it, or that nobody knows."""
    sentence = quantity.sentence.plain
    text = simplified(sentence)
    start, end = _clause_zh(text, quantity.start, quantity.end)
    moods = _words()[0].of("moods")
    changed = next((word for word in moods if word in text[:end]), "")
    changed = changed or (but[0] if (but := _BUT_FOR_ZH.search(text, 0, end)) else "")
    if changed:
        return Veto(Fate.UNCLAIMED, f"a word that changes the meaning: {changed}")
    unknown: list[str] = []
    at, is_run = start, False
    while at < end:
        word = _words()[0].at(text, at, end)
        figure = _FIGURE_ZH.match(text, at, end)
        name = name_at(sentence, at)
        if quantity.start <= at < quantity.end or not (text[at].isalnum() or text[at] == "%"):
            at, is_run = at + 1, False
        elif name > at or figure:
            at, is_run = max(name, figure.end() if figure else at), False
        elif word is None:
            unknown = [*unknown[:-1], unknown[-1] + text[at]] if is_run else [*unknown, text[at]]
            at, is_run = at + 1, True
        elif word.name == "elsewhere":
            return _of_else(word.text)
        elif word.name == "changes":
            return Veto(Fate.UNCLAIMED, f"a word that changes the meaning: {word.text}")
        else:
            at, is_run = at + len(word.text), False
    return Veto(Fate.UNKNOWN_WORDS, "unknown words", tuple(unknown)) if unknown else None


def _clause_zh(text: str, start: int, end: int) -> tuple[int, int]:
    before = [m.end() for m in _BREAKS_ZH.finditer(text, 0, start)]
    behind = _BREAKS_ZH.search(text, end)
    return before[-1] if before else 0, behind.start() if behind else len(text)


@cache
def _words() -> tuple[Vocabulary, frozenset[str]]:
    """The words of the exchange's releases, in Chinese by class, in English those that are idle."""
    import yaml

    text = (Path(__file__).parent / "words.yml").read_text(encoding="utf-8")
    held = yaml.load(text, Loader=yaml.CSafeLoader)
    return Vocabulary(held["zh"]), frozenset(held["en"]["idle"])


def _known_here(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word.lower() not in _words()[1])
