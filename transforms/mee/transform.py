"""The ministry's records as rows: the one door to its grammar."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from schemas.sources.mee.tables import (
    MEE_ALIASES,
    MEE_ATTACHMENT_LINKS,
    MEE_ATTACHMENTS,
    MEE_NOTICES,
    MEE_PROSE,
)
from transforms.mee.document import MinistryDocument, of, read_document
from transforms.mee.facts.reading import read_text
from transforms.mee.facts.rows import fact_rows
from transforms.mee.penalties import penalties
from transforms.mee.tables import add_tables, benchmark_rows, prose_and_tables
from transforms.mee.words import matter
from transforms.model import Record, Refused, Remark, Row
from transforms.text.dates import compact_day
from transforms.text.frames.ledger import ledger_values
from transforms.text.frames.model import Fate, ProseReading
from transforms.text.plain import squeezed

_FILE_NAME = re.compile(r"W0(\d{8})(\d{12})\.", re.IGNORECASE)
_SHANGHAI = timezone(timedelta(hours=8))
_REGULATION = re.compile(r"条例|办法|规定|规则")
_EMPTY_NOTICE = dict.fromkeys(column.name for column in MEE_NOTICES.own)
_EMPTY_FILE = dict.fromkeys(column.name for column in MEE_ATTACHMENTS.own)
PLAIN_REASONS = frozenset({"unsupported_type"})
"""Why a file may be unread without anybody having to look at it."""


def transform(record: Record) -> list[Row]:
    """The rows of a `notice`, a `regulation` (the State Council's copy) or an `attachment`.

    A notice gives its document, its address as an alias, its links to files, its facts and
    penalties; a file its text and its facts, under its own name, since it does not know whose
    it is. Raises `Refused` (`transforms.mee.document.read_document`, `bad_number`, `bad_date`,
    `benchmark_count`, `record_shape`, `unknown_kind`).
    """
    table = MEE_NOTICES.name
    try:
        if record.kind in ("notice", "regulation"):
            return _notice(record)
        table = MEE_ATTACHMENTS.name
        if record.kind == "attachment":
            return _attachment(record)
    except Refused as refused:
        refused.table = table
        refused.add_note(f"{record.source}: {record.url}")
        raise
    raise Refused("unknown_kind", record.kind, "no such kind of record in this source")


def _notice(record: Record) -> list[Row]:
    document = read_document(record)
    text, files = of(record, "text"), _files(record)
    read = ProseReading()
    rules: list[Row] = []
    remarks: list[Remark] = []
    if document.is_relevant:
        prose = str(record.fields.get("prose", text))
        read = read_text(
            prose,
            title=document.title,
            published_on=document.dated_on or document.signed_on,
            own_number=document.document_number,
        )
        add_tables(read, record.fields.get("tables", []), document.title, [prose])
        remarks += _doubts(read)
        if document.document_number and _REGULATION.search(document.title):
            rules, odd = penalties(document, text)
            remarks += odd
    notice = Row(
        MEE_NOTICES.name,
        _notice_values(record, document, text, files, read),
        {"title": document.title},
        tuple(remarks),
    )
    said = []
    if document.is_relevant:
        said = [
            *fact_rows(read.claims, document.key, document.rank),
            *benchmark_rows(read.claims, document.key, document.rank),
            _ledger(read, document.key, document.rank),
        ]
    return [notice, _alias(record, document), *_links(document, files), *said, *rules]


def _notice_values(
    record: Record,
    document: MinistryDocument,
    text: str,
    files: list[dict[str, str]],
    read: ProseReading,
) -> dict[str, Any]:
    names = [file["url"].rsplit("/", 1)[-1] for file in files]
    told = {
        "issuer": of(record, "issuer").strip() or None,
        "category": of(record, "category").strip() or None,
        "subject_words": of(record, "subject_words").strip() or None,
    }
    heading = [document.title, *(word or "" for word in told.values()), document.key]
    return {
        **_EMPTY_NOTICE,
        **told,
        "document_key": document.key,
        "title": document.title,
        "document_number": document.document_number,
        "published_on": document.published_on or document.generated_on,
        "lifecycle": document.lifecycle,
        "is_relevant": document.is_relevant,
        "relevance": document.relevance,
        "index_number": document.index_number,
        "signed_on": document.signed_on,
        "generated_on": document.generated_on,
        "url_dated_on": document.url_dated_on,
        "effective_on": document.effective_on,
        "adopted_on": document.adopted_on,
        "matter": matter(document.title),
        "channel": document.channel,
        "template": of(record, "template"),
        "rank": document.rank,
        "attachments": "; ".join(names) or None,
        "title_sha256": _digest("\n".join(squeezed(part) for part in heading)),
        "body_sha256": _digest(squeezed(text)),
        "body": text if document.is_relevant else None,
    }


def _alias(record: Record, document: MinistryDocument) -> Row:
    values = {
        "url": record.url,
        "document_key": document.key,
        "published_on": document.dated_on,
        "channel": document.channel,
        "template": of(record, "template"),
        "rank": document.rank,
        "article_no": document.article_no,
        "title": document.title,
    }
    return Row(MEE_ALIASES.name, values, {"title": document.title})


def _links(document: MinistryDocument, files: list[dict[str, str]]) -> list[Row]:
    rows = []
    for position, file in enumerate(files, 1):
        values = {
            "document_key": document.key,
            "file_name": file["url"].rsplit("/", 1)[-1],
            "position": position,
            "link_text": file["text"] or None,
            "file_url": file["url"],
            "rank": document.rank,
        }
        evidence = {"link_text": file["text"]} if file["text"] else {}
        rows.append(Row(MEE_ATTACHMENT_LINKS.name, values, evidence))
    return rows


def _files(record: Record) -> list[dict[str, str]]:
    files = record.fields.get("files")
    if not isinstance(files, list):
        raise Refused("record_shape", repr(files), "a notice's files are a list")
    return files


def _attachment(record: Record) -> list[Row]:
    fields = record.fields
    name, pages = of(record, "file_name"), fields["pages"]
    why = of(record, "refused_for")
    joined, title = "\n".join(pages), _first_line(pages)
    empty = [n for n, page in enumerate(pages, 1) if not page.strip()]
    uploaded = _uploaded_at(name)
    read = ProseReading()
    prose, counted = prose_and_tables(fields.get("prose", pages))
    if joined.strip():
        on = uploaded.astimezone(_SHANGHAI).date() if uploaded else None
        read = read_text("\n".join(prose), title=title, published_on=on)
        add_tables(read, [*fields.get("tables", []), *counted], title, prose)
    remarks = _doubts(read)
    remarks += [
        Remark(rule, name, f"{place}: {detail}")
        for rule, place, detail in fields.get("remarks", [])
    ]
    if why:
        told = "the file is held, and was not read"
        odd = Remark("file_refused", name, f"{why}: {told}", is_signal=why not in PLAIN_REASONS)
        remarks.append(odd)
    values = {
        **_EMPTY_FILE,
        "file_name": name,
        "file_type": fields["file_type"],
        "bytes": fields["bytes"],
        "pages": None if why else len(pages),
        "needs_ocr": bool(empty),
        "pages_without_text": ", ".join(map(str, empty)) or None,
        "refused_for": why or None,
        "uploaded_at": uploaded,
        "members": "; ".join(fields["members"]) or None,
        "file_sha256": fields["sha256"],
        "text_sha256": _digest(squeezed(joined)) if joined.strip() else None,
        "text": "\f".join(pages) if joined.strip() else None,
    }
    row = Row(MEE_ATTACHMENTS.name, values, {}, tuple(remarks))
    facts = fact_rows(read.claims, name, 0, file_name=name, pages=prose)
    facts += benchmark_rows(read.claims, name, 0, name)
    return [row, *facts, *([_ledger(read, name, 0, name)] if joined.strip() else [])]


def _doubts(read: ProseReading) -> list[Remark]:
    """A signal for each figure that is none, or can't be what its sentence says."""
    return [
        Remark("doubted_figure", figure.printed, f"{figure.reason}: {figure.sentence[:120]}", True)
        for figure in read.figures
        if figure.fate is Fate.DOUBTED
    ]


def _ledger(read: ProseReading, key: str, rank: int, file_name: str = "") -> Row:
    values = {
        "document_key": key,
        "file_name": file_name,
        "rank": rank,
        **ledger_values(read.figures),
    }
    return Row(MEE_PROSE.name, values, {})


def _first_line(pages: list[str]) -> str:
    return next((line for page in pages for line in page.splitlines() if line.strip()), "")


def _uploaded_at(name: str) -> datetime | None:
    """The digits after the day, read as a fraction of it (mee.md 2.1: all known ones fall into
    office hours); None for a name of another form or of no day."""
    found = _FILE_NAME.match(name)
    if not found:
        return None
    try:
        at = compact_day(found[1])
    except Refused:
        return None
    midnight = datetime(at.year, at.month, at.day, tzinfo=_SHANGHAI)
    seconds = round(86_400 * int(found[2]) / 10**12)
    return (midnight + timedelta(seconds=seconds)).astimezone(UTC)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
