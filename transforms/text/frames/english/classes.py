"""The classes of a figure's clause, with those that follow from where words stand."""

from __future__ import annotations

from collections.abc import Sequence

from transforms.text.frames.english.words import EnglishToken, InClause

_OF = frozenset({"obligation", "emissions", "verified", "allowance", "entity", "capacity", "cap"})
_DIRECT = frozenset({"cap", "floor", "ceiling", "trigger", "clearing", "fixed_price", "threshold"})
_COPULAS = frozenset({"is", "are", "was", "were", "be"})
_CHANGES = frozenset(
    {"increase", "reduction", "contrast", "past", "base", "planned", "possible", "sample"}
)
"""What makes a price or mark another one though it stands right behind its noun."""
_BACK = frozenset({"is", "was", "are", "were", "has", "have", "will", "would"})
_AT_MOST = frozenset({"at most", "up to", "a maximum of", "no more than", "not more than"})
_MARKS = frozenset(
    {"above", "below", "over", "under", "more than", "less than", "at least", "exceeding"}
)
_CHANGED = frozenset(
    {"emissions", "benchmark", "intensity", "cap", "entity", "allowance", "allocate", "price"}
    | {"credit", "free", "volume", "target", "sectors", "auction", "floor", "ceiling", "trigger"}
)
"""What can be reduced or grow; "it" and "this" are none of these."""
_MOOD = frozenset({"duty", "future", "planned", "possible", "target", "sample", "contrast"})
"""What a verb says of all the figures it is told for: `requires 8% in A and 6% in B`."""


def classes_of(one: InClause, *, is_day: bool) -> frozenset[str]:
    """The classes of a figure's clause, with those that follow from where words stand."""
    words = set(_without_base(one)) - _passed(one)
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
    if _is_counted_since(one, words):
        words.add("since")
    if lead == "by":
        words.add("lead_by")
    if head and head[-1].text.lower() in _COPULAS:
        words.add("told")
    if _is_under_system(one):
        words.add("cover")
    if _is_left(one) or _is_after_base(one):
        words.add("is_before")
    if _is_direct(one):
        words = {t.name for t in (*one.head[-2:], *one.tail) if t.name and t.group != "idle"}
    if _is_size(one):
        words.add("entity_size")
    if figure.hedge.lower() == "from" and figure.value_to is not None:
        words.add("from_to")
    if one.period and _is_pair(one):
        words.add("two_years")
    if _says_emitters(one):
        words.add("entity_emit")
    if head and head[-1].text.lower() == "out of":
        words.discard("out_of")
    if [t.text.lower() for t in head[:1]] == ["but"] and not _names(head[1:]) & {"contrast"}:
        words.discard("contrast")  # it joins two sentences
    if any(t.text.lower() == "whose" for t in head):
        words.add("whose")  # what is told is theirs, and no mark of the system but a threshold
    if _is_of_sector(one):
        words.add("of_sector")
    if _is_of_another(one):
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


def _is_counted_since(one: InClause, words: set[str]) -> bool:
    """Whether money or allowances are those of all the time since a day."""
    texts = {t.text.lower() for t in (*one.head, *one.tail)}
    is_flow = one.noun in ("allowance", "credit") or bool(words & {"turnover", "volume", "proceeds"})
    return is_flow and bool(texts & {"since", "to date", "so far"})


def _names(tokens: Sequence[EnglishToken]) -> set[str]:
    return {t.name for t in tokens}


def _is_of_sector(one: InClause) -> bool:
    """Whether a share is told of a sector and not of the system: `power accounts for 40 %`."""
    head = [t for t in one.head if t.figure is None]
    if head and head[0].text.lower() in ("which", "that", "who", "accounting"):
        head = [*one.previous, *head]
    told = [t for t in head if t.group == "sector" or t.name in ("cover", "entity", "systems")]
    return one.figure.unit == "percent" and bool(told) and told[-1].group == "sector"


def _passed(one: InClause) -> set[str]:
    """The classes of what a price lies above or below: `cleared above the floor price at 14.6`."""
    names = [t.name for t in one.head]
    if one.lead != "at" or "condition" not in names or "clearing" not in names:
        return set()
    at = names.index("condition")
    return set(names[at:]) - set(names[:at]) if names.index("clearing") < at else set()


def _says_allocate(one: InClause) -> bool:
    tokens = (*one.head, *one.tail)
    return any(t.name == "allocate" and t.text.lower() != "share" for t in tokens)


def _up_or_down(one: InClause) -> set[str]:
    """What `up 2.8 %` and `down 5 %` say."""
    last = one.head[-1].text.lower() if one.head else ""
    return {"up": {"increase"}, "down": {"reduction"}}.get(last, set())


def _is_under_system(one: InClause) -> bool:
    """Whether what is counted comes under a system: `600 businesses under the K-ETS`."""
    texts = [t.text.lower() for t in one.tail[:8]]
    for n, text in enumerate(texts):
        if text in ("under", "into"):
            return any(
                w.endswith(("ets", "system", "scheme", "market")) for w in texts[n + 1 : n + 4]
            )
    return False


def _is_left(one: InClause) -> bool:
    """Whether a level is one that was left: `fell to 10 from 20`, `from 150 to 240`."""
    if one.lead != "from" or one.figure.value_to is not None or one.period is not None:
        return False
    if one.head and one.head[-1].text.lower() in ("up", "down"):
        return True
    others = [t for t in (*one.head, *one.tail) if t.figure and t.figure.unit == one.figure.unit]
    return bool(others) and bool(one.classes & {"increase", "reduction", "base"})


def _is_direct(one: InClause) -> bool:
    """Whether its measure stands right before it: `below the price ceiling of`."""
    if len(one.head) == 1 and not one.tail:
        return one.head[0].name in _DIRECT
    if len(one.head) < 2 or (one.head[-2].name == "cap" and one.earlier is None):
        return False
    noun, of = one.head[-2:]
    changed = {t.name for t in one.head[-6:-2]} & _CHANGES
    return noun.name in _DIRECT and of.text.lower() == "of" and not changed


def _is_size(one: InClause) -> bool:
    """Whether it is the size from which plants count: `plants above 300 MW`."""
    nouns = [t for t in one.head if t.text.lower() not in ("of", "with", "a", "capacity")]
    is_marked = one.figure.hedge.lower() in _MARKS
    return is_marked and bool(nouns) and nouns[-1].name == "entity"


def names_of(tokens: Sequence[EnglishToken]) -> frozenset[str]:
    """The classes of a clause's words that say what is counted or change it."""
    return frozenset(t.name for t in tokens if t.group in ("measure", "meaning"))


def with_subject(words: frozenset[str], tokens: Sequence[EnglishToken]) -> frozenset[str]:
    """The classes, with `has_subject` if they name what can be reduced or grow."""
    is_named = any(t.group == "sector" or "emission" in t.text.lower() for t in tokens)
    return words | {"has_subject"} if is_named or words & _CHANGED else words


def _noun_is_behind(one: InClause) -> bool:
    return one.noun_end > one.figure.end


def _is_of_another(one: InClause) -> bool:
    """Whether it is one of a pair: `2 million of 5 million allowances`."""
    head = [t for t in one.head[-3:] if t.text.lower() != "the"]
    tail = [t for t in one.tail[:3] if t.text.lower() != "the"]
    is_whole = len(head) > 1 and head[-1].text.lower() == "of" and _is_count(head[-2])
    is_part = len(tail) > 1 and tail[0].text.lower() == "of" and _is_count(tail[1])
    return one.figure.unit == "count" and (is_whole or is_part)


def _is_count(token: EnglishToken) -> bool:
    return token.figure is not None and token.figure.unit == "count"


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


def _is_pair(one: InClause) -> bool:
    """Whether it is one of `66% in 2019 to 93% in 2022`, each with its own year."""
    earlier = one.earlier
    if earlier and earlier.figure.unit == one.figure.unit and one.lead == "to":
        return earlier.period is not None
    return any(t.figure and t.figure.unit == one.figure.unit for t in one.tail) and (
        one.figure.hedge.lower() == "from"
    )


def _without_base(one: InClause) -> set[str]:
    """The classes of the clause, those behind a comparison or a rival left out."""
    names = set(one.classes)
    for at, token in enumerate(one.tail):
        if token.name in ("base", "rival") and at > 0:
            behind = {t.name for t in one.tail[at:]}
            kept = {t.name for t in (*one.head, *one.tail[:at])}
            return {n for n in names if n in kept or n not in behind}
    return names


def _is_after_base(one: InClause) -> bool:
    """Whether a comparison stands before it, and no verb that leads back from it."""
    for at, token in enumerate(one.head):
        if token.name in ("base", "rival"):
            behind = one.head[at + 1 :]
            is_opening = at <= 1 and any(
                t.name in ("increase", "reduction") or t.text.lower() in _BACK for t in behind
            )
            return not is_opening
    return False


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


def _says_emitters(one: InClause) -> bool:
    """Whether the figure is a mark that entities emit more than: a threshold."""
    if one.figure.unit != "t":
        return False
    head = [t for t in one.head if t.figure is None]
    texts = [t.text.lower() for t in head]
    has_emit = any(t.name in ("emit", "emissions") for t in head)
    is_relative = any(t in ("with", "which", "that", "who", "whose", "emitting") for t in texts)
    is_marked = one.figure.hedge.lower() not in ("", "approximately", "about", "around", "from")
    is_marked |= any(t.name == "condition" for t in head)
    return has_emit and is_relative and is_marked
