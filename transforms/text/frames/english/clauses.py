"""English clauses: what belongs to a figure, and what of it changes its meaning.

A clause ends at `;`, `:`, brackets and commas, and before `which`, `while`, `although`. Its words
are those on both sides of the figure; what is counted is the first noun behind it.
"""

from __future__ import annotations

from transforms.text.figures import FigureKind, PrintedFigure
from transforms.text.frames.english.brackets import without_brackets
from transforms.text.frames.english.words import COUNTED, EnglishToken, InClause, tokens
from transforms.text.frames.english.years import year_of

_BREAKS = frozenset(",;:()\u2022")
_OPENS = frozenset({"which", "while", "whereas", "although", "though", "whose", "who"})
_ADDS = frozenset({"bringing", "marking", "leaving"})
"""Participles that begin what follows from a figure."""
_IFS = frozenset({"if", "unless", "whenever", "provided that"})
_VERBS = frozenset(
    {"will", "would", "is", "are", "was", "were", "has", "have", "had", "can", "may"}
)
_COPULAS = frozenset({"is", "are", "was", "were", "be"})
_LEADS = frozenset({"by", "to", "at", "of", "from", "for", "than", "with"})
_STOPS = frozenset(
    {"to", "in", "by", "for", "from", "at", "with", "on", "under", "between", "and", "or", "per"}
    | {"is", "are", "was", "were", "will", "would", "have", "has", "had"}
)
_CARRIED = frozenset({"condition", "sample", "future", "planned", "possible"})
"""Classes that a clause without a figure hands to those behind it in its sentence."""


def around(sentence: str, figures: list[PrintedFigure]) -> list[InClause]:
    """Each measure of a sentence with the words of its clause, in order."""
    converted: dict[int, PrintedFigure] = {}
    parts = clauses(without_brackets(tokens(sentence, figures), converted))
    found: list[InClause] = []
    before: list[EnglishToken] = []
    previous: list[EnglishToken] = []
    carried: set[str] = set()
    for n, part in enumerate(parts):
        is_if = n + 1 < len(parts) and parts[n + 1][0].text.lower() in _IFS
        places = [n for n, t in enumerate(part) if t.figure and _may_count(t.figure)]
        for place in places:
            figure = part[place].figure
            assert figure is not None
            one = InClause(figure, part[:place], part[place + 1 :], before, previous)
            one.converted = converted.get(figure.start)
            _describe(
                one, carried | {"condition"} if is_if else carried, found[-1] if found else None
            )
            if figure.kind is FigureKind.MEASURE or one.noun or _is_sister(one):
                found.append(one)
        if not places:
            carried |= {t.name for t in part if t.name in _CARRIED}
        before, previous = [*before, *part], part
    return found


def _may_count(figure: PrintedFigure) -> bool:
    """Whether a figure can be a measure: a bare number is, if what it counts was said before."""
    is_bare = figure.kind is FigureKind.BARE and figure.unit == "count"
    return figure.kind is FigureKind.MEASURE or is_bare


def _is_sister(one: InClause) -> bool:
    """Whether a bare number is what another count was before: `240, up from 191`."""
    is_from = one.lead == "from" or any(t.name == "base" for t in one.head)
    return is_from and one.earlier is not None and bool(one.earlier.noun)


def clauses(found: list[EnglishToken]) -> list[list[EnglishToken]]:
    """The clauses of a sentence's tokens; marks are left out."""
    parts: list[list[EnglishToken]] = [[]]
    for n, token in enumerate(found):
        if token.text in _BREAKS and token.figure is None:
            parts.append([])
        elif token.text == "-" or (_begins(found, n) and not _defines(token, parts[-1])):
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
    following = found[n + 1] if n + 1 < len(found) else None
    if word in ("and", "but") and following:
        return following.text.lower() in _VERBS or following.name == "account"
    if word == "with" and following:
        return following.figure is not None and following.figure.kind is FigureKind.MEASURE
    return word in _OPENS or word in _ADDS or (word in _IFS and n > 0)


def _defines(token: EnglishToken, part: list[EnglishToken]) -> bool:
    """Whether a relative clause says which ones a figure at the head of its clause counts, so that
    the verb is still to come: `3 % of the plants which reported failed to`."""
    is_relative = token.text.lower() in ("which", "who", "whose")
    return is_relative and any(t.figure is not None for t in part[:3])


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
    if not one.noun and figure_counts(one):
        one.noun, one.noun_text = _of_next(one.tail) or _of_earlier(one)
    words = [t for t in (*one.head, *one.tail) if t.figure is None]
    names = {t.name for t in words if t.group not in ("idle", "name", "sector")} - {""}
    one.classes = frozenset(names | carried)
    one.unknown = tuple(t.text for t in words if t.is_unknown)
    if dated := year_of(one):
        one.period = dated.figure.stated if dated.figure else None
        one.period_text = dated.text
        one.period_at = dated.start


def figure_counts(one: InClause) -> bool:
    """Whether a figure without a noun behind it can be a count all the same."""
    return one.figure.unit == "count" and one.figure.kind is FigureKind.MEASURE


def _of_next(tail: list[EnglishToken]) -> tuple[str, str] | None:
    """What the next figure counts, if only `and` and an adjective stand between: `4 million
    current and 2 million advance allowances`."""
    at = next((n for n, t in enumerate(tail[:5]) if t.figure), 0)
    if not at or tail[at - 1].text.lower() not in ("and", "or"):
        return None
    if any(t.group != "idle" and t.name != "kind" for t in tail[:at]):
        return None
    name, text, _ = _noun(tail[at + 1 :])
    return (name, text) if name else None


def _of_earlier(one: InClause) -> tuple[str, str]:
    """Allowances, if those were told of before in the sentence: `bids for 9 million allowances; 3
    million were sold`."""
    behind = one.tail[0].text.lower() if one.tail else ""
    earlier = one.earlier
    is_it = behind in ("were", "was") and earlier is not None and earlier.noun == "allowance"
    return ("allowance", "") if is_it and not one.head else ("", "")


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
    if len(tail) > 1 and tail[0].figure and tail[1].text.lower().startswith("vintage"):
        tail = tail[1:]  # "5 million 2021 vintage allowances"
    for token in tail[:7]:
        if token.figure is not None or (token.text.lower() in _STOPS and token.text != "and"):
            break
        if token.is_unknown and said:
            break
        said.append(token.text)
        if token.name in COUNTED:
            return token.name, " ".join(said), token.end
    return "", " ".join(said), 0


def _subject(one: InClause) -> tuple[str, str]:
    """What a figure without a noun of its own counts: `the number of companies rose to 240`,
    `the total amount of allowances is 5 million tonnes`."""
    last = one.head[-1].text.lower() if one.head else ""
    is_told = last in _COPULAS or one.lead in ("to", "from", "at", "of")
    is_told |= bool(one.head) and one.head[-1].name == "amount"
    head = one.head if any(t.group == "measure" for t in one.head) else one.previous
    texts = [t.text.lower() for t in head]
    numbered = any(text in ("number", "amount", "quantity") for text in texts)
    nouns = [t for t in head if t.name in (*COUNTED, "surplus") and t.figure is None]
    others = [t for t in head if t.figure and t.figure.kind is FigureKind.MEASURE]
    if not is_told or not nouns or (others and not numbered):
        return "", ""
    name = "allowance" if nouns[-1].name == "surplus" else nouns[-1].name
    is_its = numbered and one.lead in ("", "to", "from")
    is_its |= last in _COPULAS and name == "allowance"
    is_its |= name == "cover_ratio" or nouns[-1].name == "surplus"
    return (name, nouns[-1].text) if is_its else ("", "")
