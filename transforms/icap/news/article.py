"""An ICAP article as one row of `icap_news`, a row of `icap_facts` per figure that is
understood, and one of `icap_prose` with all its figures."""

from __future__ import annotations

import hashlib
from datetime import date
from urllib.parse import urlsplit

from schemas.sources.icap.news import ICAP_NEWS
from transforms.icap.news.dates import EventDate, event_of, month_of, noted, published_on
from transforms.icap.news.reading import read_text
from transforms.icap.news.rows import fact_rows, prose_row
from transforms.icap.news.sentences import NewsText, sentences
from transforms.icap.news.tables import read_tables
from transforms.icap.news.topics import jurisdictions, kind_of, schemes
from transforms.model import Record, Refused, Remark, Row
from transforms.text.languages import language_of
from transforms.text.plain import one_blank

MAX_DAYS_APART = 120
"""An event further than this from publication is doubtful: one page prints the wrong year."""
_LEAD = 300


def read_article(record: Record) -> list[Row]:
    """The article's row first, then its facts in the order of the text.

    Raises `Refused`: `bad_date`, `bad_number`, `record_shape`.
    """
    fields = record.fields
    blocks = [str(block) for block in fields["blocks"]]
    if not blocks:
        raise Refused("record_shape", "", "an article without text")
    path = urlsplit(str(fields["canonical"]) or record.url).path
    key = f"node/{fields['node']}" if fields["node"] else path.lstrip("/")
    title, text = one_blank(str(fields["title"])).plain, "\n".join(blocks)
    plain = one_blank(text).plain
    language = language_of(text)
    opening = sentences(blocks[0])
    lead = opening[0]
    event = event_of([sentence.plain for sentence in opening])
    published = published_on(str(fields["published"]))
    updated, original = noted(plain)
    remarks = _date_remarks(event, published, updated, original)
    places = jurisdictions(title, lead.plain)
    about = schemes(title, plain, places)
    read, is_read = NewsText(), language in ("en", None)
    if is_read:
        read = read_text(blocks, places)
        read.add(read_tables(fields.get("tables", ()), len(blocks)))
    facts, odd = read.facts, read.remarks
    is_doubtful = _is_doubtful(event, published, updated)
    if not is_read:
        told = "no figures are read from a text in this language"
        remarks.append(Remark("language_not_read", str(language), told))
    article = Row(
        ICAP_NEWS.name,
        {
            "article_key": key,
            "url_path": path,
            "node": fields["node"],
            "language_path": _language_path(path),
            "language": language,
            "title": str(fields["title"]),
            "kind": kind_of(title, path),
            "jurisdictions": "; ".join(places) or None,
            "schemes": "; ".join(about) or None,
            "category": str(fields["category"]) or None,
            "published_on": published,
            "event_on": event.on,
            "event_printed": event.printed or None,
            "event_precision": event.precision or None,
            "event_month": month_of(event.printed) or None,
            "is_event_doubtful": is_doubtful,
            "updated_on": updated,
            "originally_published_on": original,
            "lead": lead.printed[:_LEAD],
            "characters": len(text),
            "body_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "facts": len(facts),
        },
        {
            name: words
            for name, words in (("event_on", event.printed), ("published_on", fields["published"]))
            if words
        },
        tuple(remarks + odd),
    )
    rows = [article, *fact_rows(key, facts, "; ".join(places), "; ".join(about))]
    return [*rows, prose_row(key, read.figures)] if is_read else rows


def _language_path(path: str) -> str | None:
    first = path.strip("/").split("/", 1)[0]
    return first if len(first) == 2 else None


def _is_doubtful(event: EventDate, published: date | None, updated: date | None) -> bool:
    if event.on is None:
        return False
    stated = [day for day in (published, updated) if day]
    return bool(stated) and all(abs((event.on - day).days) > MAX_DAYS_APART for day in stated)


def _date_remarks(
    event: EventDate, published: date | None, updated: date | None, original: date | None
) -> list[Remark]:
    """What does not fit among the three kinds of dates."""
    remarks = []
    if _is_doubtful(event, published, updated):
        told = f"the text dates the event {event.on}, the page says {updated or published}"
        remarks.append(Remark("event_far_from_publication", event.printed, told))
    if event.precision == "no_year":
        told = "the text names no year; none is guessed"
        remarks.append(Remark("event_without_year", event.printed, told))
    if updated and published and updated < published:
        told = f"updated before it was published ({published})"
        remarks.append(Remark("updated_before_published", f"{updated}", told))
    if original and published and original != published:
        told = f"the note says {original}, the page {published}"
        remarks.append(Remark("publication_dates_differ", f"{original}", told))
    return remarks
