"""Where the words of an English clause stand, and what follows from it for its figure."""

from __future__ import annotations

from transforms.text.frames.english.words import EnglishToken, InClause

_DIRECT = frozenset({"cap", "floor", "ceiling", "trigger", "clearing", "fixed_price", "threshold"})
_CHANGES = frozenset(
    {"increase", "reduction", "contrast", "past", "base", "planned", "possible", "sample"}
)
"""What makes a price or mark another one though it stands right behind its noun."""
_BACK = frozenset({"is", "was", "are", "were", "has", "have", "will", "would"})
_UNDOES = frozenset({"contrast", "withdraw", "past", "base", "sample", "possible", "planned"})
_MARKS = frozenset(
    {"above", "below", "over", "under", "more than", "less than", "at least", "exceeding"}
)


def is_counted_since(one: InClause, words: set[str]) -> bool:
    """Whether money or allowances are those of all the time since a day."""
    words = words | {t.name for t in one.before[:1]}
    texts = {t.text.lower() for t in (*one.head, *one.tail, *one.before[:1])}
    opening = [t.text.lower() for t in (*one.before, *one.head)[:2]]
    if opening == ["as", "of"]:
        texts.add("to date")
    is_flow = one.noun in ("allowance", "credit") or bool(
        words & {"turnover", "volume", "proceeds"}
    )
    return is_flow and bool(texts & {"since", "to date", "so far"})


def is_of_sector(one: InClause) -> bool:
    """Whether a share is told of a sector and not of the system: `power accounts for 40 %`."""
    head = [t for t in one.head if t.figure is None]
    if head and head[0].text.lower() in ("which", "that", "who", "accounting"):
        head = [*one.previous, *head]
    told = [t for t in head if t.group == "sector" or t.name in ("cover", "entity", "systems")]
    return one.figure.unit == "percent" and bool(told) and told[-1].group == "sector"


def passed(one: InClause) -> set[str]:
    """The classes of what a price lies above or below: `cleared above the floor price at 14.6`."""
    names = [t.name for t in one.head]
    if one.lead != "at" or "condition" not in names or "clearing" not in names:
        return set()
    at = names.index("condition")
    return set(names[at:]) - set(names[:at]) if names.index("clearing") < at else set()


def is_under_system(one: InClause) -> bool:
    """Whether what is counted comes under a system: `600 businesses under the K-ETS`."""
    texts = [t.text.lower() for t in one.tail[:8]]
    for n, text in enumerate(texts):
        if text in ("under", "into"):
            return any(
                w.endswith(("ets", "system", "scheme", "market")) for w in texts[n + 1 : n + 4]
            )
    return False


def is_left(one: InClause) -> bool:
    """Whether a level is one that was left: `fell to 10 from 20`, `from 150 to 240`."""
    if one.lead != "from" or one.figure.value_to is not None or one.period is not None:
        return False
    if one.head and one.head[-1].text.lower() in ("up", "down"):
        return True
    others = [t for t in (*one.head, *one.tail) if t.figure and t.figure.unit == one.figure.unit]
    return bool(others) and bool(one.classes & {"increase", "reduction", "base"})


def is_direct(one: InClause) -> bool:
    """Whether its measure stands right before it: `below the price ceiling of`."""
    if len(one.head) == 1 and not one.tail:
        return one.head[0].name in _DIRECT
    if len(one.head) < 2 or (one.head[-2].name == "cap" and one.earlier is None):
        return False
    noun, of = one.head[-2:]
    changed = {t.name for t in one.head[-6:-2]} & _CHANGES
    return noun.name in _DIRECT and of.text.lower() == "of" and not changed


def is_size(one: InClause) -> bool:
    """Whether it is the size from which plants count: `plants above 300 MW`."""
    nouns = [t for t in one.head if t.text.lower() not in ("of", "with", "a", "capacity")]
    is_marked = one.figure.hedge.lower() in _MARKS
    return is_marked and bool(nouns) and nouns[-1].name == "entity"


def is_of_another(one: InClause) -> bool:
    """Whether it is one of a pair: `2 million of 5 million allowances`."""
    head = [t for t in one.head[-3:] if t.text.lower() != "the"]
    tail = [t for t in one.tail[:3] if t.text.lower() != "the"]
    is_whole = len(head) > 1 and head[-1].text.lower() == "of" and _is_count(head[-2])
    is_part = len(tail) > 1 and tail[0].text.lower() == "of" and _is_count(tail[1])
    return one.figure.unit == "count" and (is_whole or is_part)


def _is_count(token: EnglishToken) -> bool:
    return token.figure is not None and token.figure.unit == "count"


def is_pair(one: InClause) -> bool:
    """Whether it is one of `66% in 2019 to 93% in 2022`, each with its own year."""
    earlier = one.earlier
    if earlier and earlier.figure.unit == one.figure.unit and one.lead == "to":
        return earlier.period is not None
    return any(t.figure and t.figure.unit == one.figure.unit for t in one.tail) and (
        one.figure.hedge.lower() == "from"
    )


def is_after_base(one: InClause) -> bool:
    """Whether a comparison stands before it, and no verb that leads back from it."""
    for at, token in enumerate(one.head):
        if token.name in ("base", "rival"):
            behind = one.head[at + 1 :]
            is_opening = at <= 1 and any(
                t.name in ("increase", "reduction") or t.text.lower() in _BACK for t in behind
            )
            return not is_opening
    return False


def is_put_out(one: InClause) -> bool:
    """Whether tonnes are generated or produced, and are emissions."""
    verbs = ("generate", "generates", "generating", "produce", "produces", "producing")
    is_told = any(t.text.lower() in verbs for t in one.head)
    return one.figure.unit == "t" and is_told and any(t.name == "emissions" for t in one.tail)


def is_of_reserve(one: InClause) -> bool:
    """Whether what is counted belongs to a reserve: `10 million reserve allowances`."""
    return any(t.name == "reserve" and t.end <= one.noun_end for t in one.tail)


def of_direct(one: InClause) -> set[str]:
    """The classes of a figure right behind its noun: of its verb only what undoes it."""
    verb = next((n for n, t in enumerate(one.tail) if t.text.lower() in _BACK), len(one.tail))
    told = {t.name for t in (*one.head[-2:], *one.tail[:verb]) if t.name and t.group != "idle"}
    whole = {t.name for t in one.head}
    told |= whole & {"surplus", "condition"} if "surplus" in whole else set()
    return told | ({t.name for t in one.tail[verb:]} & _UNDOES)


def says_emitters(one: InClause) -> bool:
    """Whether the figure is a mark that entities emit more than: a threshold."""
    if one.figure.unit != "t":
        return False
    head = [t for t in one.head if t.figure is None]
    texts = [t.text.lower() for t in head]
    has_emit = any(t.name in ("emit", "emissions") for t in head)
    has_emit |= is_put_out(one)
    is_relative = any(t in ("with", "which", "that", "who", "whose", "emitting") for t in texts)
    is_marked = one.figure.hedge.lower() not in ("", "approximately", "about", "around", "from")
    is_marked |= any(t.name == "condition" for t in head)
    return has_emit and is_relative and is_marked
