"""An ICAP article as one row of `icap_news` and a row of `icap_facts` per figure.

Figures in ICAP's news as typed facts, each with qualifier, scope and quote.

Patterns claim their figures one after the other, the most telling first; what is left over at the
end is a signal. "An additional 1,500 companies" and "approximately 3,700 covered entities" are
different things (new ones, all of them): `scope` keeps them apart.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from urllib.parse import urlsplit

from schemas.sources.icap.news import ICAP_NEWS
from transforms.icap.news.amounts import read_allowances, read_multiples, read_sizes, read_tonnes
from transforms.icap.news.dates import EventDate, event_of, month_of, noted, published_on
from transforms.icap.news.deadlines import read_dates
from transforms.icap.news.money import read_money
from transforms.icap.news.patterns import Reads, each, is_year, qualifier
from transforms.icap.news.rows import fact_rows
from transforms.icap.news.sentences import QUALIFIER, NewsFact, Sentence, sentences, value_of
from transforms.icap.news.shares import read_ranges, read_shares
from transforms.icap.news.topics import jurisdictions, kind_of, schemes
from transforms.model import Record, Refused, Remark, Row
from transforms.text.languages import language_of
from transforms.text.numbers import NUMBER, SPELLED
from transforms.text.plain import one_blank
from transforms.text.quantities import SCALE_EN

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
    lead = sentences(blocks[0])[0]
    event = event_of(lead.plain)
    published = published_on(str(fields["published"]))
    updated, original = noted(plain)
    remarks = _date_remarks(event, published, updated, original)
    facts, odd = read_facts(blocks) if language in ("en", None) else ([], [])
    places = jurisdictions(title, lead.plain)
    about = schemes(title, plain, places)
    is_doubtful = _is_doubtful(event, published, updated)
    if language not in ("en", None):
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
    return [article, *fact_rows(key, facts, "; ".join(places), "; ".join(about))]


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


_NOUNS = (
    "companies|entities|enterprises|plants|installations|participants|facilities|units|emitters|"
    "ETSs|sectors|vessels|benchmark classes"
)
_ENTITIES = re.compile(
    rf"(?:(?P<more>(?:an )?additional)\s+)?(?:(?P<q>{QUALIFIER})\s*)?(?P<n>{NUMBER}|\b{SPELLED})"
    rf"(?: (?P<s>{SCALE_EN}))? (?P<words>(?:[A-Za-z][\w-]* ){{0,4}}?)(?P<noun>{_NOUNS})\b"
    r"(?P<more_words> are new| of them)?",
    re.IGNORECASE,
)
_METRICS = {"sectors": "sectors", "etss": "systems", "benchmark classes": "classes"}
_RISE = re.compile(rf"\bup from (?P<n>{NUMBER})(?: before)?")
_IGNORED = re.compile(r"\bNo\. ?\d+|\bArticle \d+(?:\.\d+)?|\b[Pp]hases? \d\b")


def read_facts(blocks: Iterable[str]) -> tuple[list[NewsFact], list[Remark]]:
    """The facts of a text, and what was odd about it: refused figures, unclaimed ones."""
    facts: list[NewsFact] = []
    remarks: list[Remark] = []
    left: list[str] = []
    for block in blocks:
        for sentence in sentences(block):
            for read in _READERS:
                read(sentence)
            facts += sentence.facts
            remarks += sentence.remarks
            if figures := sentence.left():
                left.append(f"{', '.join(figures)} in {sentence.printed!r}")
    if left:
        told = f"{len(left)} sentences have figures that no pattern claims"
        remarks.append(Remark("unclaimed_figure", "; ".join(left)[:1000], told, is_signal=True))
    return facts, remarks


@each(_IGNORED)
def _ignore(sentence: Sentence, found: re.Match[str]) -> list[NewsFact]:
    """Numbers of laws, articles and phases are no figures."""
    return []


@each(_ENTITIES)
def read_counts(sentence: Sentence, found: re.Match[str]) -> list[NewsFact] | None:
    """How many companies, plants, sectors: all of them, additional ones, or a part."""
    if is_year(found):
        return None
    before = sentence.plain[: found.start()].lower()
    more = (found["more_words"] or "").strip()
    scope = "total"
    if found["more"] or more == "are new":
        scope = "additional"
    elif more == "of them" or before.endswith("of which "):
        scope = "of which"
    elif re.match(r"[\w ]{0,30}\bonce\b", sentence.plain[found.end() :]):
        scope = "planned"
    metric = _METRICS.get(found["noun"].lower(), "entities")
    value = value_of(found["n"], found["s"])
    subject = f"{found['words'] or ''}{found['noun']}".strip()
    printed, quote = found[0].strip(), sentence.printed
    return [NewsFact(metric, value, metric, printed, quote, qualifier(found), scope, subject)]


@each(_RISE)
def _read_rises(sentence: Sentence, found: re.Match[str]) -> list[NewsFact]:
    value = value_of(found["n"])
    return [NewsFact("entities", value, "entities", found[0], sentence.printed, "", "before")]


_READERS: tuple[Reads, ...] = (
    _ignore,
    read_money,
    read_ranges,
    read_shares,
    read_allowances,
    read_tonnes,
    read_sizes,
    read_multiples,
    read_counts,
    _read_rises,
    read_dates,
)
