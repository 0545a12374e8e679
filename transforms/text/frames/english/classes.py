"""The classes of a figure's clause, with those that follow from where words stand."""

from __future__ import annotations

from collections.abc import Sequence

from transforms.text.frames.english.positions import (
    is_after_base,
    is_counted_since,
    is_direct,
    is_left,
    is_of_another,
    is_of_reserve,
    is_of_sector,
    is_pair,
    is_put_out,
    is_size,
    is_under_system,
    of_direct,
    passed,
    says_emitters,
)
from transforms.text.frames.english.words import EnglishToken, InClause

_OF = frozenset({"obligation", "emissions", "verified", "allowance", "entity", "capacity", "cap"})
_COPULAS = frozenset({"is", "are", "was", "were", "be"})
_AT_MOST = frozenset({"at most", "up to", "a maximum of", "no more than", "not more than"})
_CHANGED = frozenset(
    {"emissions", "benchmark", "intensity", "cap", "entity", "allowance", "allocate", "price"}
    | {"credit", "free", "volume", "target", "sectors", "auction", "floor", "ceiling", "trigger"}
)
"""What can be reduced or grow; "it" and "this" are none of these."""
_MOOD = frozenset({"duty", "future", "planned", "possible", "target", "sample", "contrast"})
"""What a verb says of all the figures it is told for: `requires 8% in A and 6% in B`."""


_BY_NOW = frozenset({"now", "currently", "nowadays"})
"""Words behind a figure that tell it from what holds by now."""


def classes_of(one: InClause, *, is_day: bool) -> frozenset[str]:
    """The classes of a figure's clause, with those that follow from where words stand."""
    words = set(_without_base(one)) - passed(one)
    figure, lead = one.figure, one.lead
    head = [t for t in one.head if t.figure is None]
    if figure.unit == "percent":
        words |= _of(one)
        if share_of(one) and not _says_allocate(one):
            words.discard("allocate")
        words |= _up_or_down(one)
    if lead in ("to", "at") or figure.hedge.lower() == "from" or lead == "from":
        words -= {"increase", "reduction"} if figure.unit != "percent" or lead != "at" else set()
        words.add("level")
    if is_counted_since(one, words):
        words.add("since")
    if lead == "by":
        words.add("lead_by")
    if any(t.text.lower() in _BY_NOW for t in one.tail):
        words.add("past")  # started with 525 entities and now covers 804
    if head and head[-1].text.lower() in _COPULAS:
        words.add("told")
    if is_under_system(one):
        words.add("cover")
    if is_left(one) or is_after_base(one):
        words.add("is_before")
    if is_direct(one):
        words = of_direct(one)
    if is_of_reserve(one):
        words.add("of_reserve")
    if is_put_out(one):
        words.discard("turnover")
    if is_size(one):
        words.add("entity_size")
    if figure.hedge.lower() == "from" and figure.value_to is not None:
        words.add("from_to")
    if one.period and is_pair(one):
        words.add("two_years")
    if says_emitters(one):
        words.add("entity_emit")
    if head and head[-1].text.lower() == "out of":
        words.discard("out_of")
    if [t.text.lower() for t in head[:1]] == ["but"] and not _names(head[1:]) & {"contrast"}:
        words.discard("contrast")  # it joins two sentences
    if any(t.text.lower() == "whose" for t in head):
        words.add("whose")  # what is told is theirs, and no mark of the system but a threshold
    if is_of_sector(one):
        words.add("of_sector")
    if is_of_another(one):
        words.add("out_of")
    if figure.hedge.lower() in _AT_MOST:
        words.add("limit")
    if [t.text.lower() for t in head[:2]] == ["that", "of"]:
        words.add("that_of")
    if any(t.name == "top" for t in one.tail[:3]) or "top" in figure.hedge.lower():
        words.add("top")
    if is_day:
        words.add("is_day")
    if one.noun and not _noun_is_behind(one):
        words.add("subject")
    words |= with_subject(frozenset(words), (*one.head, *one.tail))
    return frozenset(_inherited(one, words))


def _names(tokens: Sequence[EnglishToken]) -> set[str]:
    return {t.name for t in tokens}


def _says_allocate(one: InClause) -> bool:
    tokens = (*one.head, *one.tail)
    return any(t.name == "allocate" and t.text.lower() != "share" for t in tokens)


def _up_or_down(one: InClause) -> set[str]:
    """What `up 2.8 %` and `down 5 %` say."""
    last = one.head[-1].text.lower() if one.head else ""
    return {"up": {"increase"}, "down": {"reduction"}}.get(last, set())


def names_of(tokens: Sequence[EnglishToken]) -> frozenset[str]:
    """The classes of a clause's words that say what is counted or change it."""
    return frozenset(t.name for t in tokens if t.group in ("measure", "meaning"))


def with_subject(words: frozenset[str], tokens: Sequence[EnglishToken]) -> frozenset[str]:
    """The classes, with `has_subject` if they name what can be reduced or grow."""
    is_named = any(t.group == "sector" or "emission" in t.text.lower() for t in tokens)
    return words | {"has_subject"} if is_named or words & _CHANGED else words


def _noun_is_behind(one: InClause) -> bool:
    return one.noun_end > one.figure.end


def _inherited(one: InClause, words: set[str]) -> set[str]:
    """The words, with those of the measure before it if it is only its sister."""
    earlier = one.earlier
    if earlier is None or earlier.figure.unit != one.figure.unit:
        return words
    if all(t.group in ("idle", "") and t.figure is None for t in one.head):
        words = words | (earlier.classes & _MOOD)
    if one.noun:
        return words
    if "that_of" in words:
        return words | earlier.classes
    is_next = one.lead == "to" and earlier.figure.hedge.lower() == "from"
    if one.figure.unit == "count" and earlier.noun and (is_next or "is_before" in words):
        one.noun = earlier.noun
        return words | (earlier.classes - {"base"})
    own = words - {"base", "past", "is_before", "level", "each", "is_day"}
    is_sister = "is_before" in words or (one.period is not None and earlier.period is not None)
    if own or not is_sister:
        return words
    return words | (earlier.classes - {"base", "increase", "reduction"})


def _without_base(one: InClause) -> set[str]:
    """The classes of the clause, those behind a comparison or a rival left out."""
    names = set(one.classes)
    for at, token in enumerate(one.tail):
        if token.name in ("base", "rival") and at > 0:
            behind = {t.name for t in one.tail[at:]}
            kept = {t.name for t in (*one.head, *one.tail[:at])}
            return {n for n in names if n in kept or n not in behind}
    return names


def _of(one: InClause) -> set[str]:
    """Of what a share is: the first known noun behind "of"."""
    behind = one.tail[1:8] if one.tail and one.tail[0].text.lower() == "of" else share_of(one)
    for token in behind:
        if token.figure is not None:
            break
        if token.text.endswith("'s") or token.name == "each":
            continue
        if token.name == "verified":
            return {"of_verified"}
        if token.name in _OF:
            return {f"of_{token.name}"}
        if token.text.lower() in ("allocation", "allocations"):
            return {"of_allowance"}
        if token.text.lower() == "share":
            continue
        if token.group in ("measure", "meaning", "other_nouns"):
            break
    return set()


def share_of(one: InClause) -> list[EnglishToken]:
    """The words that say of what a share before the figure is: `the share of emissions is`."""
    texts = [t.text.lower() for t in one.head]
    for n in range(len(texts) - 2, -1, -1):
        if texts[n] in ("share", "proportion", "percentage") and texts[n + 1] == "of":
            return one.head[n + 2 : n + 8]
    return []
