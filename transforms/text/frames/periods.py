"""Periods and days as stated: what each is called, which day it ends on, and how its year is known.

A day without a year takes it from a day or year said before it in the same sentence, else from
the day of publication: one counted up to is the latest such day before it, one that something
is due by the next such day after it. Nothing is carried across paragraphs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from transforms.model import Refused
from transforms.text.dates import day, last_day
from transforms.text.figures import Stated

STATED = "stated"
SAID_BEFORE = "year said before it"
BEFORE_PUBLICATION = "latest before publication"
AFTER_PUBLICATION = "next after publication"
FROM_PUBLICATION = "counted from publication"
SENTENCE_BEFORE = "sentence before"
BASES = (
    *(STATED, SAID_BEFORE, BEFORE_PUBLICATION, AFTER_PUBLICATION),
    *(FROM_PUBLICATION, SENTENCE_BEFORE),
)
"""How a day came by its year."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A period with its name. `kind`: `as_of`, `day`, `month`, `quarter`, `half`, `year`, `this`
    (a year that is not over), `emission`, `cycle`, `span`, `each`; `day` is its last day."""

    kind: str
    label: str
    day: date | None = None
    basis: str = STATED

    @property
    def year(self) -> int | None:
        """The year in which it ends, where it has one."""
        if self.day is not None:
            return self.day.year
        last = self.label[-4:] if self.kind in ("year", "this", "emission") else self.label[:4]
        return int(last) if last.isdigit() else None


@dataclass(slots=True)
class Dates:
    """What a day without a year may lean on: the publication, and the years of its sentence."""

    published_on: date | None = None
    cycles: Mapping[int, str] | None = None
    """Which years each compliance cycle had."""
    said: int | None = None
    """The last year that the sentence named."""
    paragraph: int | None = None
    """The year of the sentence before: a quarter is one of it."""

    def begin_sentence(self, before: int | None) -> None:
        """Forget the years of the sentence before, but for the one of a quarter (`paragraph`)."""
        self.said = None
        self.paragraph = before

    def note(self, stated: Stated) -> None:
        """Remember the calendar year that a day or period of the sentence names."""
        if stated.form in ("emission", "emissions", "fiscal", "cycle", "part"):
            return
        if stated.year is not None:
            self.said = stated.year_to or stated.year
        elif stated.relative is not None and self.published_on is not None:
            self.said = self.published_on.year + stated.relative

    def settle(
        self, stated: Stated, *, is_as_of: bool = False, is_due: bool = False
    ) -> Settled | None:
        """What a stated period is; None where its year can't be known.

        Raises `Refused("bad_date")` for a day that the calendar does not have.
        """
        year, basis = self._year(stated, is_due=is_due)
        if stated.form == "that":
            year, basis = self.said or self.paragraph, SAID_BEFORE if self.said else SENTENCE_BEFORE
        if stated.form == "part":
            return None
        if stated.form == "cycle":
            label = (self.cycles or {}).get(stated.part or 0)
            return Settled("cycle", label) if label else None
        if stated.form == "each":
            return Settled("each", "yearly")
        if stated.form == "emissions":
            return Settled("emission", f"{stated.years[0]}-{stated.years[-1]}")
        if year is None:
            return None
        return _settled(stated, year, basis, is_as_of=is_as_of)

    def is_to_come(self, settled: Settled | None) -> bool:
        """Whether a period begins after the text is published. The running month counts as one
        that has come: 截至8月底 is said on 29 August."""
        if settled is None or self.published_on is None:
            return False
        month = f"{self.published_on:%Y-%m}"
        if settled.day is not None and settled.kind in ("as_of", "day"):
            if settled.kind == "day":
                return settled.day > self.published_on
            return f"{settled.day:%Y-%m}" > month
        if settled.kind == "month":
            return settled.label > month
        first = settled.label[:4]
        return first.isdigit() and int(first) > self.published_on.year

    def _year(self, stated: Stated, *, is_due: bool) -> tuple[int | None, str]:
        if stated.year is not None:
            return stated.year, STATED
        published = self.published_on
        if stated.relative is not None:
            year = published.year + stated.relative if published else None
            return year, FROM_PUBLICATION
        if stated.month is None and stated.form not in ("quarter", "half"):
            return None, STATED
        if stated.form in ("quarter", "half") and self.said is None:
            return self.paragraph, SENTENCE_BEFORE
        nearest = _nearest(stated, published, is_due=is_due) if published else None
        if self.said is None:
            basis = AFTER_PUBLICATION if is_due else BEFORE_PUBLICATION
            return nearest, basis
        agrees = (
            nearest is None or nearest == self.said or is_due or stated.form in ("quarter", "half")
        )
        return (self.said if agrees else None), SAID_BEFORE


def _nearest(stated: Stated, published: date, *, is_due: bool) -> int | None:
    """The year that makes a day the latest before (or the next after) the publication."""
    month = stated.month_to or stated.month or 0
    if not 1 <= month <= 12:
        return None
    at = (month, stated.day_to or stated.day or (31 if not is_due else 1))
    here = (published.month, published.day)
    if is_due:
        return published.year if at >= here else published.year + 1
    if stated.day is None and (stated.is_end or stated.form == "month"):
        at = (month, 1)  # the running month counts: 截至8月底 said on 29 August
    return published.year if at <= here else published.year - 1


def _settled(stated: Stated, year: int, basis: str, *, is_as_of: bool) -> Settled | None:
    form = stated.form
    if form == "day":
        at = day(year, stated.month or 0, stated.day or 0)
        return Settled("as_of" if is_as_of else "day", str(year) if is_as_of else "", at, basis)
    if form == "month":
        at = last_day(year, stated.month or 0)
        if is_as_of or stated.is_end:
            return Settled("as_of", str(year), at, basis)
        return Settled("month", f"{year}-{stated.month:02}", at, basis)
    if form == "quarter":
        return Settled("quarter", f"{year}-Q{stated.part}", basis=basis)
    if form == "half":
        return Settled("half", f"{year}-H{stated.part}", basis=basis)
    if form == "span":
        return _span(stated, year, basis)
    label = f"{year}-{stated.year_to}" if stated.year_to else str(year)
    if form == "emission":
        return Settled("emission", label, basis=basis)
    if is_as_of or stated.is_end:
        return Settled("as_of", label, date(year, 12, 31), basis)
    return Settled("this" if form == "this" else "year", label, basis=basis)


def is_over(settled: Settled, up_to: Settled | None) -> bool:
    """Whether a year was over on the day that figures are counted up to."""
    if settled.kind != "year" or up_to is None or up_to.day is None:
        return True
    return up_to.day.year != settled.year or (up_to.day.month, up_to.day.day) >= (12, 29)


def _span(stated: Stated, year: int, basis: str) -> Settled | None:
    """From and to. One that begins a year, or the market, and ends the year is that year."""
    if stated.month is None:
        return Settled("span", f"{year}-{stated.year_to}", basis=basis)
    end_year = stated.year_to or year
    start = day(year, stated.month, stated.day or 1)
    last = stated.month_to or stated.month
    end = day(end_year, last, stated.day_to) if stated.day_to else last_day(end_year, last)
    begins = (start.month == 1 and start.day <= 5) or start == date(2021, 7, 16)
    if begins and (end.month, end.year) == (12, year) and end.day >= 29:
        return Settled("year", str(year), end, basis)
    return Settled("span", f"{start}/{end}", end, basis)


__all__ = ["BASES", "SENTENCE_BEFORE", "STATED", "Dates", "Refused", "Settled", "is_over"]
