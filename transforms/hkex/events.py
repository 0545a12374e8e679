"""What happened, typed from a release's title and lead alone.

Paragraphs behind the lead repeat launches and memoranda of long ago: read for events, they
would make each later release a launch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from transforms.hkex.dates import day_told, says_today
from transforms.hkex.event_kinds import (
    BESIDE,
    CELEBRATION,
    KINDS,
    LOOK_BACK,
    PURCHASE,
    EventKind,
)
from transforms.hkex.model import ClimateEvent, Quantity, ReleaseText
from transforms.hkex.particulars import members, stock_codes, target_years
from transforms.hkex.parties import parties_in
from transforms.hkex.quantities import quantities
from transforms.hkex.vetoes import denied
from transforms.model import Refused
from transforms.text.plain import PlainText
from transforms.text.prose_dates import dates_in
from transforms.text.sentences import sentences


def release_of(
    title: str, lead: Sequence[str], background: Sequence[str], language: str, published_on: date
) -> ReleaseText:
    """A release in its sentences."""
    return ReleaseText(
        sentences(title, language),
        [s for text in lead for s in sentences(text, language)],
        [sentences(text, language) for text in background],
        language,
        published_on,
    )


def events(release: ReleaseText) -> list[ClimateEvent]:
    """The events of a release.

    Raises `Refused`: `unknown_party` for a kind that takes one and names none that is known,
    `unclear_party`, `unclear_date`, `in_the_future` for the day of what has been that is still
    to come.
    """
    heading, opening = release.heading, release.opening
    published_on = release.published_on
    # The title decides; the lead is asked where the title says nothing.
    for part in (heading, opening):
        for kind in KINDS:
            if not any(_tells(kind, sentence, published_on) for sentence in part):
                continue
            if kind.name == "launch" and CELEBRATION.search(heading[0].plain):
                continue
            if kind.name == "settlement":
                if settled := _settlements(kind, release):
                    return settled
                continue
            told = [s for s in opening if _tells(kind, s, published_on)]
            event = _event(kind, told or heading, release)
            if kind.name == "trade" and not (event.parties or event.tonnes):
                continue
            return [event]
    return []


def _tells(kind: EventKind, sentence: PlainText, published_on: date) -> bool:
    """Whether a sentence has the words of a kind; of a launch, those of the day's own."""
    text = sentence.plain
    if kind.name == "launch":
        text = LOOK_BACK.sub(lambda past: _unless_now(past[0], published_on), text)
    return kind.words.search(text) is not None


def _unless_now(words: str, published_on: date) -> str:
    """The words if they name the month of the release, else nothing."""
    months = (f"{published_on:%B %Y}", f"{published_on.year}年{published_on.month}月")
    return words if any(month in words for month in months) else " "


def _event(kind: EventKind, told: Sequence[PlainText], release: ReleaseText) -> ClimateEvent:
    sentence, read = told[0], release.read
    whole = " ".join(s.plain for s in read)
    text = BESIDE.sub(" ", whole) if kind.name == "product_added" else whole
    parties = parties_in(text, kind.roles)
    party_words = _naming(parties, told, kind) or _naming(parties, read, kind)
    if kind.name == "council" or (not parties and kind.name in _NAMED_BEHIND):
        parties, party_words = _with_those_behind(kind, parties, party_words, release)
    if kind.needs_party and not parties:
        raise Refused("unknown_party", sentence.printed, f"{kind.name} with nobody that is known")
    day, words = _day_of(kind, sentence, release)
    event = ClimateEvent(
        kind.name, day, tuple(parties), sentence.printed, party_words, date_words=words
    )
    if kind.name == "trade":
        return replace(event, tonnes=_bought(release))
    if kind.name == "commitment":
        neutral, zero, words = target_years(read)
        return replace(event, carbon_neutral_by=neutral, net_zero_by=zero, particular_words=words)
    if kind.name == "listing":
        codes, words = stock_codes(read)
        return replace(event, stock_codes=tuple(codes), particular_words=words)
    return event


_NAMED_BEHIND = frozenset({"launch", "commitment", "listing"})
"""Kinds whose parties may stand behind the lead: a standard, who validates, an issuer."""


def _with_those_behind(
    kind: EventKind, parties: list[str], words: str, release: ReleaseText
) -> tuple[list[str], str]:
    """The parties, with those that paragraphs behind the lead name."""
    if kind.name == "council":
        found, told = members([release.read, *release.behind])
        listed = sorted({*parties, *found})
        return listed, words if set(found) <= set(parties) else f"{words} {told}".strip()
    for sentence in (s for paragraph in release.behind for s in paragraph):
        if found := parties_in(sentence.plain, kind.roles):
            return found, sentence.printed
    return parties, words


def _bought(release: ReleaseText) -> Quantity | None:
    """The tonnes that a client bought: those of the one sentence that says so."""
    found = [
        quantity
        for sentence in _all(release)
        if PURCHASE.search(sentence.plain)
        for quantity in _tonnages(sentence, release)
        if not denied(quantity, release.language)
    ]
    return found[0] if found and len({quantity.value for quantity in found}) == 1 else None


def _tonnages(sentence: PlainText, release: ReleaseText) -> list[Quantity]:
    return [q for q in quantities(sentence, release.language) if q.metric == "tonnes"]


def _naming(parties: Sequence[str], read: Sequence[PlainText], kind: EventKind) -> str:
    """The sentence that names all the parties; else those that name some of them."""
    named = [(s, set(parties_in(s.plain, kind.roles))) for s in read]
    whole = [s.printed for s, names in named if names.issuperset(parties)]
    return whole[-1] if whole else " ".join(s.printed for s, names in named if names)


def _settlements(kind: EventKind, release: ReleaseText) -> list[ClimateEvent]:
    """Settlements with tonnes in their sentence; the word alone is clearing. Title and lead
    tell of the same one.

    Raises `Refused`: `unknown_party`, `unclear_party` where one sentence has several.
    """
    found: list[ClimateEvent] = []
    for sentence in release.read:
        if not kind.words.search(sentence.plain):
            continue
        parties = tuple(parties_in(sentence.plain, kind.roles))
        tonnages = [q for q in _tonnages(sentence, release) if not denied(q, release.language)]
        if len({q.value for q in tonnages}) > 1:
            if not parties:
                continue  # clearing, and tonnes of the marketplace
            raise Refused("unclear_party", sentence.printed, "several tonnages: whose is which?")
        for quantity in tonnages:
            known = next((e for e in found if _is_same(e, quantity, parties)), None)
            day, words = _day_of(kind, sentence, release)
            who = parties or (known.parties if known else ())
            named = sentence.printed if parties or known is None else known.party_words
            event = ClimateEvent("settlement", day, who, sentence.printed, named, quantity, words)
            # The later sentence says it in full: the lead after the title.
            found = [event if each is known else each for each in found]
            if known is None:
                found.append(event)
    if nameless := [event for event in found if not event.parties]:
        raise Refused("unknown_party", nameless[0].quote, "nobody that is known settles")
    return found


def _is_same(event: ClimateEvent, quantity: Quantity, parties: tuple[str, ...]) -> bool:
    """Whether another sentence tells of this settlement: the same tonnes, by the same party
    or by nobody named."""
    assert event.tonnes is not None
    is_theirs = not parties or not event.parties or bool(set(parties) & set(event.parties))
    return event.tonnes.value == quantity.value and is_theirs


def _day(kind: EventKind, sentence: PlainText, release: ReleaseText) -> tuple[date, str]:
    """The day of an event and the words for it: the one date of its sentence, unless that
    speaks of today; else the day of the release.

    Raises `Refused`: `unclear_date` for a sentence with several dates, and for one that only
    says about when, `in_the_future` for a day after the release that tells of it as of
    something done.
    """
    published_on = release.published_on
    dates = dates_in(sentence.plain)
    if says_today(sentence.plain):
        return published_on, ""
    if not dates:
        return day_told(sentence, release.language, published_on) or (published_on, "")
    if len({day for _, _, day in dates}) > 1:
        raise Refused("unclear_date", sentence.printed, "several dates, and none is today")
    start, end, day = dates[0]
    if day > published_on and not kind.may_come:
        raise Refused("in_the_future", sentence.printed, f"{kind.name} on {day}, told of before")
    return day, sentence.printed[start:end]


def _day_of(kind: EventKind, sentence: PlainText, release: ReleaseText) -> tuple[date, str]:
    """The day of an event; where its sentence only says about when, that of the one sentence
    elsewhere in the release that tells of it with a day. Raises `Refused("unclear_date")`."""
    try:
        return _day(kind, sentence, release)
    except Refused as refused:
        if refused.rule == "in_the_future":
            raise
        told = [s for s in _all(release) if s is not sentence and kind.words.search(s.plain)]
        days = {found for s in told if (found := _day_in(kind, s, release))}
        if len({day for day, _ in days}) != 1:
            raise
        return next(iter(days))


def _day_in(kind: EventKind, sentence: PlainText, release: ReleaseText) -> tuple[date, str] | None:
    try:
        day, words = _day(kind, sentence, release)
    except Refused:
        return None
    return (day, words) if words else None


def _all(release: ReleaseText) -> list[PlainText]:
    return [*release.read, *(s for paragraph in release.behind for s in paragraph)]
