"""English clauses: what belongs to a figure, and what of it changes its meaning.

A clause ends at `;`, `:`, brackets and commas, and before `which`, `while`, `although`. Its words
are those on both sides of the figure; what is counted is the first noun behind it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from transforms.text.figures import FigureKind, PrintedFigure, Stated
from transforms.text.frames.english.words import EnglishToken, tokens

_BREAKS = frozenset(",;:()\u2022")
_OPENS = frozenset({"which", "while", "whereas", "although", "though", "whose", "who"})
_VERBS = frozenset(
    {"will", "would", "is", "are", "was", "were", "has", "have", "had", "can", "may"}
)
_COPULAS = frozenset({"is", "are", "was", "were", "be"})
_LEADS = frozenset({"by", "to", "at", "of", "from", "for", "than", "with"})
_AFTER = frozenset({"in", "by", "for", "during", "over", "of"})
_STOPS = frozenset(
    {
        "to",
        "in",
        "by",
        "for",
        "from",
        "at",
        "with",
        "on",
        "under",
        "between",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "will",
        "would",
        "have",
        "has",
        "had",
        "per",
    }
)
_COUNTED = frozenset(
    {
        "entity",
        "sectors",
        "systems",
        "bench_classes",
        "allowance",
        "credit",
        "bid",
        "auction",
        "member",
        "other",
    }
)
_DATED = frozenset({"cap", "emissions", "threshold"})
"""Nouns that a year beside them dates: "the 2017 cap", "the cap for 2018"."""
_CARRIED = frozenset({"condition", "sample", "future"})
"""Classes that a clause without a figure hands to those behind it in its sentence."""


@dataclass(slots=True)
class InClause:
    """A measure and the words around it."""

    figure: PrintedFigure
    head: list[EnglishToken] = field(default_factory=list)
    tail: list[EnglishToken] = field(default_factory=list)
    before: list[EnglishToken] = field(default_factory=list)
    """All of the sentence before its clause."""
    previous: list[EnglishToken] = field(default_factory=list)
    """The clause before its own."""
    noun: str = ""
    """The class of what is counted; of another unit, of the first known noun behind it."""
    noun_text: str = ""
    noun_end: int = 0
    """Where those words end; 0 if there are none."""
    lead: str = ""
    """The preposition right before it."""
    classes: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    period: Stated | None = None
    period_text: str = ""
    period_at: int = -1
    """Where that period is printed."""
    earlier: InClause | None = None
    """The measure before it in its sentence."""
    converted: PrintedFigure | None = None
    """The same amount in another currency, in brackets behind it."""


def around(sentence: str, figures: list[PrintedFigure]) -> list[InClause]:
    """Each measure of a sentence with the words of its clause, in order."""
    converted: dict[int, PrintedFigure] = {}
    parts = clauses(_without_brackets(tokens(sentence, figures), converted))
    found: list[InClause] = []
    before: list[EnglishToken] = []
    previous: list[EnglishToken] = []
    carried: set[str] = set()
    for part in parts:
        places = [n for n, t in enumerate(part) if t.figure and t.figure.kind is FigureKind.MEASURE]
        for place in places:
            figure = part[place].figure
            assert figure is not None
            one = InClause(figure, part[:place], part[place + 1 :], before, previous)
            one.converted = converted.get(figure.start)
            _describe(one, carried, found[-1] if found else None)
            found.append(one)
        if not places:
            carried |= {t.name for t in part if t.name in _CARRIED}
        before, previous = [*before, *part], part
    return found


def _without_brackets(
    found: list[EnglishToken], converted: dict[int, PrintedFigure]
) -> list[EnglishToken]:
    """The tokens without brackets that hold no measure, or nothing but one, and without
    conversions, which are noted by the place of the amount before them. A pair of dashes is a
    bracket."""
    dashes = [n for n, t in enumerate(found) if t.text == "-"]
    if len(dashes) == 2:
        opens, closes = (replace(found[n], text=mark) for n, mark in zip(dashes, "()", strict=True))
        found = [
            *found[: dashes[0]],
            opens,
            *found[dashes[0] + 1 : dashes[1]],
            closes,
            *found[dashes[1] + 1 :],
        ]
    kept: list[EnglishToken] = []
    at = 0
    while at < len(found):
        token = found[at]
        end = next((n for n in range(at, len(found)) if found[n].text == ")"), 0)
        if token.text != "(" or token.figure is not None or not end:
            kept.append(token)
            at += 1
            continue
        inside = found[at + 1 : end]
        measures = [t.figure for t in inside if t.figure and t.figure.kind is FigureKind.MEASURE]
        before = kept[-1].figure if kept else None
        if not measures:
            kept += [t for t in inside if t.figure is None and t.is_unknown]
        elif len(inside) == 1 and before is not None and _is_conversion(before, measures[0]):
            converted[before.start] = measures[0]
        elif len(dashes) != 2 and _is_bare(inside, kept):
            kept += inside
        elif len(dashes) == 2:
            found = [*found[: end + 1], *found[end + 1 :], found[at], *inside]
        else:
            kept += found[at : end + 1]
        at = end + 1
    return kept


def _is_bare(inside: list[EnglishToken], before: list[EnglishToken]) -> bool:
    """Whether a bracket goes on with its clause: one figure, and idle words; what it counts only
    behind another count."""
    figures = [t.figure for t in inside if t.figure]
    if inside[0].figure is None or len(figures) != 1:
        return False
    rest = [t for t in inside if t.figure is None and t.group not in ("idle", "name")]
    is_sister = any(t.figure and t.figure.unit == "count" for t in before[-5:])
    is_all = rest and before and {t.name for t in rest} == {before[-1].name}
    return not rest or is_all or (is_sister and all(t.name in _COUNTED for t in rest))


def _is_conversion(one: PrintedFigure, other: PrintedFigure) -> bool:
    codes = [figure.unit.split("/")[0] for figure in (one, other)]
    return all(len(c) == 3 and c.isupper() for c in codes) and codes[0] != codes[1]


def clauses(found: list[EnglishToken]) -> list[list[EnglishToken]]:
    """The clauses of a sentence's tokens; marks are left out."""
    parts: list[list[EnglishToken]] = [[]]
    for n, token in enumerate(found):
        if token.text in _BREAKS and token.figure is None:
            parts.append([])
        elif token.text == "-" or _begins(found, n):
            parts.append([token] if token.text != "-" else [])
        elif token.figure is not None or token.text[:1].isalpha() or token.text in "%/+":
            parts[-1].append(token)
    return _rejoined([part for part in parts if part])


def _rejoined(parts: list[list[EnglishToken]]) -> list[list[EnglishToken]]:
    """The clauses, with a subject before a relative clause brought back to its verb:
    `The factor, which sets the cap, will reach 4 %`."""
    done: list[list[EnglishToken]] = []
    for n, part in enumerate(parts):
        is_verb = part[0].text.lower() in _VERBS and n > 1
        is_behind = n > 1 and parts[n - 1][0].text.lower() in ("which", "who", "whose", "that")
        before = parts[n - 2] if is_verb and is_behind else []
        done.append([*before, *part] if not any(t.figure for t in before) else part)
    return done


def _begins(found: list[EnglishToken], n: int) -> bool:
    """Whether a word begins a clause of its own: `which`, or `and will`."""
    word = found[n].text.lower()
    if word in ("and", "but") and n + 1 < len(found):
        return found[n + 1].text.lower() in _VERBS
    return word in _OPENS


def _describe(one: InClause, carried: set[str], earlier: InClause | None) -> None:
    """Fill in what is counted, the classes and unknown words, and the period."""
    one.earlier = earlier
    if one.head and one.head[0].text.lower() in ("which", "that") and one.previous:
        one.head = [*_antecedent(one), *one.head]
    one.lead = one.head[-1].text.lower() if one.head and one.head[-1].text.lower() in _LEADS else ""
    if one.figure.hedge.lower() == "from":
        one.lead = "from"
    one.noun, one.noun_text, one.noun_end = _noun(one.tail)
    if not one.noun:
        one.noun, one.noun_text = _subject(one)
    words = [t for t in (*one.head, *one.tail) if t.figure is None]
    names = {t.name for t in words if t.group not in ("idle", "name", "sector")} - {""}
    one.classes = frozenset(names | carried)
    one.unknown = tuple(t.text for t in words if t.is_unknown)
    if dated := _period(one):
        one.period = dated.figure.stated if dated.figure else None
        one.period_text = dated.text
        one.period_at = dated.start


def _antecedent(one: InClause) -> list[EnglishToken]:
    """The noun that `which` takes up, with a year before it: `the 2017 cap, which was`."""
    last = one.previous[-1]
    has_own = any(t.group == "measure" for t in (*one.head, *one.tail))
    if has_own or last.group != "measure":
        return []
    dated = one.previous[-2] if len(one.previous) > 1 and one.previous[-2].figure else None
    return [t for t in (dated, last) if t is not None]


def _noun(tail: list[EnglishToken]) -> tuple[str, str, int]:
    """The class and words of the first noun behind a figure, which is counted, and their end."""
    said: list[str] = []
    for token in tail[:7]:
        if token.figure is not None or (token.text.lower() in _STOPS and token.text != "and"):
            break
        if token.is_unknown and said:
            break
        said.append(token.text)
        if token.name in _COUNTED:
            return token.name, " ".join(said), token.end
    return "", " ".join(said), 0


def _subject(one: InClause) -> tuple[str, str]:
    """What a figure without a noun of its own counts: `the number of companies rose to 240`,
    `the total amount of allowances is 5 million tonnes`."""
    last = one.head[-1].text.lower() if one.head else ""
    is_told = last in _COPULAS or one.lead in ("to", "from")
    head = one.head if any(t.group == "measure" for t in one.head) else one.previous
    texts = [t.text.lower() for t in head]
    numbered = any(text in ("number", "amount", "quantity") for text in texts)
    nouns = [t for t in head if t.name in _COUNTED and t.figure is None]
    others = [t for t in head if t.figure and t.figure.kind is FigureKind.MEASURE]
    if not is_told or not nouns or (others and not numbered):
        return "", ""
    is_its = numbered or (last in _COPULAS and nouns[-1].name == "allowance")
    return (nouns[-1].name, nouns[-1].text) if is_its else ("", "")


def _period(one: InClause) -> EnglishToken | None:
    """The year or span that belongs to a figure: right behind it, else the one of its clause."""
    for n, token in enumerate(one.tail[:9]):
        if token.figure is None:
            continue
        if token.figure.kind is not FigureKind.DATE:
            break
        before = one.tail[n - 1].text.lower() if n else ""
        if before in _AFTER and not _is_base(one.tail[:n]):
            return token
        if before not in ("from", "below", "on", "to", "the"):
            break
    dates = [
        (n, t) for n, t in enumerate(one.head) if t.figure and t.figure.kind is FigureKind.DATE
    ]
    of_cap = [
        token
        for n, token in dates
        if (n + 1 < len(one.head) and one.head[n + 1].name in _DATED)
        or (n > 1 and one.head[n - 1].text in ("for", "in") and one.head[n - 2].name in _DATED)
    ]
    if len(of_cap) == 1 and one.figure.unit == "t":
        return of_cap[0]
    if not dates and (opening := _opening_date(one)):
        return opening
    others = [t for t in (*one.head, *one.tail) if t.figure and t.figure.kind is FigureKind.MEASURE]
    if len(dates) == 1 and not others and not of_cap:
        n, token = dates[0]
        is_for = n > 0 and one.head[n - 1].text.lower() in _AFTER
        if is_for and n > 1 and not _is_base(one.head[:n]) and _is_year(token):
            return token
    return None


def _opening_date(one: InClause) -> EnglishToken | None:
    """The year that a clause of its own before this one names: `By 2030, ...`."""
    words = [t for t in one.previous if t.text.lower() != "the"]
    if len(words) != 2 or words[0].text.lower() not in ("in", "by", "for") or not words[1].figure:
        return None
    return words[1] if _is_year(words[1]) else None


def _is_year(token: EnglishToken) -> bool:
    stated = token.figure.stated if token.figure else None
    return stated is not None and stated.form in ("year", "span", "fiscal")


def _is_base(words: list[EnglishToken]) -> bool:
    return any(t.name == "base" for t in words[-4:])
