"""The Hong Kong exchange's records as rows: the one door to its grammar."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from schemas.sources.hkex.tables import (
    CORE_CLIMATE_EVENT_QUOTES,
    CORE_CLIMATE_EVENTS,
    CORE_CLIMATE_STAT_QUOTES,
    CORE_CLIMATE_STATS,
    HKEX_LISTINGS,
    HKEX_RELEASE_TEXTS,
    HKEX_RELEASES,
)
from transforms.hkex.dates import list_day, weekday_of_today
from transforms.hkex.events import events, release_of
from transforms.hkex.ledger import prose_row
from transforms.hkex.model import ClimateEvent
from transforms.hkex.stats import Stat, is_about_market, stats
from transforms.model import Record, Refused, Remark, Row
from transforms.text.dates import iso_day
from transforms.text.languages import is_in
from transforms.text.plain import same_length
from transforms.text.prose_dates import whole_day

LANGUAGE_RANK = {"en": 3, "zh-HK": 2, "zh-CN": 1}


def transform(record: Record) -> list[Row]:
    """The rows of a record of kind `listing`, `release` or `climate`.

    Raises `Refused` where anything is not understood, with the table's name in it and a
    note that names source and URL. Rules, for a listing: `bad_date`, `no_window`,
    `outside_window`, `id_date_differs`, `unknown_link`; for a release: `bad_date`,
    `wrong_language`; for its facts, where nothing of it is understood: `bad_number`,
    `contradiction`, `unknown_party`, `unclear_party`, `unclear_date`, `untyped_release`; for
    any: `record_shape`, `unknown_kind`.
    """
    if record.kind not in _READERS:
        raise Refused("unknown_kind", record.kind, "no such kind of record in this source")
    table, read = _READERS[record.kind]
    try:
        return read(record)
    except (KeyError, TypeError) as error:
        refused = Refused("record_shape", repr(error), "not the fields of such a record", table)
        refused.add_note(f"{record.source}: {record.url}")
        raise refused from error
    except Refused as refused:
        refused.table = table
        refused.add_note(f"{record.source}: {record.url}")
        raise


def _listing(record: Record) -> list[Row]:
    fields = record.fields
    if not fields["release_id"]:
        told = f"a row of the list that leads to no release: {fields['title']}"
        raise Refused("unknown_link", fields["href"], told)
    if not all(fields["window"]):
        told = "the list was not asked for by DateFrom and DateTo: the site then shows any rows"
        raise Refused("no_window", record.url, told)
    day = list_day(fields["day"], fields["month_year"])
    printed = f"{fields['day']} {fields['month_year']}"
    first, last = (iso_day(each) for each in fields["window"])
    if not first <= day <= last:
        told = f"the list was asked for {first} to {last}: did it ignore that?"
        raise Refused("outside_window", printed, told)
    if day != iso_day(fields["id_day"]):
        told = f"the id {fields['release_id']} is of another day than its row"
        raise Refused("id_date_differs", printed, told)
    values = {
        "release_id": fields["release_id"],
        "section": fields["section"],
        "categories": "; ".join(fields["categories"]) or None,
        "published_on": day,
        "title": fields["title"],
        "reference": fields["reference"] or None,
        "href": fields["href"],
    }
    return [Row(HKEX_LISTINGS.name, values, {"published_on": printed, "title": fields["title"]})]


def _release(record: Record) -> list[Row]:
    fields, language = record.fields, record.fields["language"]
    body = [*fields["lead"], *fields["background"]]
    _in_its_language(fields["title"], body, language)
    day = whole_day(fields["published"])
    updated = (
        datetime.fromtimestamp(int(fields["last_updated"]), UTC) if fields["last_updated"] else None
    )
    common = {
        "release_id": fields["release_id"],
        "language": language,
        "published_on": day,
        "last_updated_at": updated,
        "title": fields["title"],
    }
    evidence = {"published_on": fields["published"], "title": fields["title"]}
    reason = fields["carbon_reason"]
    release = Row(
        HKEX_RELEASES.name,
        common
        | {
            "section": fields["section"],
            "number_of_day": fields["number"],
            "language_rank": LANGUAGE_RANK[language],
            "is_carbon": bool(reason),
            "carbon_reason": reason or None,
            "attachments": "; ".join(fields["attachments"]) or None,
        },
        evidence,
        tuple(_doubts(record, day, body)),
    )
    if not reason:
        return [release]
    text = common | {
        "body": "\n\n".join(body),
        "notes": "\n\n".join(fields["notes"]) or None,
        "tables": "\n\n".join(fields["tables"]) or None,
    }
    return [release, Row(HKEX_RELEASE_TEXTS.name, text, evidence)]


def _doubts(record: Record, day: date, body: list[str]) -> Iterable[Remark]:
    """What contradicts the day of the page: its id, and the weekday that the prose calls today."""
    fields = record.fields
    if day != iso_day(fields["id_day"]):
        told = f"the id {fields['release_id']} is of another day than its page"
        yield Remark("id_date_differs", fields["published"], told, is_signal=True)
    weekday = weekday_of_today(same_length(" ".join(body)).plain)
    if weekday is not None and weekday != day.weekday():
        told = f"the text calls today another weekday than that of {day}, {day:%A}"
        yield Remark("weekday_differs", fields["published"], told, is_signal=True)


def _climate(record: Record) -> list[Row]:
    """Events and statistics of a release, each as its fact and as this language's words."""
    fields, language = record.fields, record.fields["language"]
    body = [*fields["lead"], *fields["background"]]
    _in_its_language(fields["title"], body, language)
    day = whole_day(fields["published"])
    release = release_of(fields["title"], fields["lead"], fields["background"], language, day)
    refusal: Refused | None = None
    try:
        found = events(release)
    except Refused as refused:
        found, refusal = [], refused
    settled = [event.tonnes for event in found if event.tonnes]
    read, behind = release.read, release.behind
    if fields["carbon_reason"].startswith("body"):
        # A release about other things: only what it says of the marketplace is read.
        behind = [paragraph for paragraph in behind if is_about_market(paragraph)]
        read = []
    counted = stats([read, *behind], language, day, settled)
    if not found and not counted.stats and fields["carbon_reason"].startswith("title"):
        told = "a release on carbon of which no event and no figure is understood"
        raise refusal or Refused("untyped_release", fields["title"], told)
    rows: list[Row] = []
    numbers: dict[str, int] = {}
    for event in found:
        numbers[event.kind] = numbers.get(event.kind, 0) + 1
        rows += _event_rows(fields["release_id"], language, event, numbers[event.kind])
    for stat in counted.stats:
        rows += _stat_rows(fields["release_id"], language, stat)
    if refusal and rows:
        told = f"the event is not understood: {refusal.detail}"
        remark = Remark(refusal.rule, refusal.value, told, is_signal=True)
        rows[0] = replace(rows[0], remarks=(*rows[0].remarks, remark))
    return [*rows, prose_row(fields["release_id"], release, counted.told, found)]


def _event_rows(release_id: str, language: str, event: ClimateEvent, number: int) -> list[Row]:
    tonnes = event.tonnes
    values: dict[str, Any] = {
        "release_id": release_id,
        "kind": event.kind,
        "event_no": number,
        "event_date": event.event_date,
        "parties": "; ".join(event.parties) or None,
        "tonnes": _whole(tonnes.value, tonnes.words) if tonnes else None,
        "qualifier": tonnes.qualifier if tonnes else None,
        "carbon_neutral_by": event.carbon_neutral_by,
        "net_zero_by": event.net_zero_by,
        "stock_codes": "; ".join(event.stock_codes) or None,
        "quote": event.quote,
        "language": language,
    }
    evidence = {"kind": event.quote, "quote": event.quote}
    evidence |= {
        name: event.particular_words
        for name in ("carbon_neutral_by", "net_zero_by", "stock_codes")
        if values[name]
    }
    if event.parties:
        evidence["parties"] = event.party_words
    if event.date_words:
        evidence["event_date"] = event.date_words
    if tonnes:
        evidence |= {"tonnes": tonnes.sentence.printed, "qualifier": tonnes.words}
    return _both(CORE_CLIMATE_EVENTS.name, CORE_CLIMATE_EVENT_QUOTES.name, values, evidence)


def _stat_rows(release_id: str, language: str, stat: Stat) -> list[Row]:
    quantity = stat.quantity
    quote = quantity.sentence.printed
    values = {
        "release_id": release_id,
        "metric": stat.metric,
        "value": _whole(stat.value, quantity.words),
        "qualifier": quantity.qualifier,
        "as_of_start": stat.as_of_start,
        "as_of": stat.as_of,
        "quote": quote,
        "language": language,
    }
    evidence = {"value": quote, "qualifier": quantity.words, "quote": quote}
    return _both(CORE_CLIMATE_STATS.name, CORE_CLIMATE_STAT_QUOTES.name, values, evidence)


def _both(fact: str, quotes: str, values: dict[str, Any], evidence: dict[str, str]) -> list[Row]:
    """The fact, which English states before Chinese, and this language's own statement."""
    rank = LANGUAGE_RANK[values["language"]]
    return [Row(fact, values | {"language_rank": rank}, evidence), Row(quotes, values, evidence)]


def _whole(value: Decimal, words: str) -> int:
    if value != int(value):
        raise Refused("bad_number", words, "not a whole number")
    return int(value)


def _in_its_language(title: str, body: list[str], language: str) -> None:
    text = " ".join([title, *body])
    if not is_in(text, language):
        told = f"the page was asked for in {language}, and is in another language"
        raise Refused("wrong_language", title, told)


_READERS: dict[str, tuple[str, Callable[[Record], list[Row]]]] = {
    "listing": (HKEX_LISTINGS.name, _listing),
    "release": (HKEX_RELEASES.name, _release),
    "climate": (CORE_CLIMATE_EVENTS.name, _climate),
}
