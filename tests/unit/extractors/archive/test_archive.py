"""The archive: what is written is read back, by warcio alone too; the index finds it."""

from __future__ import annotations

import gzip
import hashlib
import pickle
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.archive.archive import Archive
from extractors.decoding import InflateError
from extractors.warc.exchange import ArchiveError, Entry
from extractors.warc.records import Stored
from tests.support.archive_world import BEGAN, HTML, exchange, put, read_with_warcio, url, warcs


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def test_warcio_alone_reads_requests_responses_and_revisits(archive: Archive) -> None:
    with archive.writer("seee", "r1", BEGAN) as writer:
        first = put(archive, writer, exchange(body=b"A" * 5000, post='{"d":1}'))
        same = put(archive, writer, exchange(body=b"A" * 5000, post='{"d":1}', after_s=60))
        unchanged = put(
            archive,
            writer,
            exchange(body=b"", status=304, post='{"d":1}', after_s=90),
            "not_modified",
        )
    (path,) = warcs(archive.root)
    assert path.relative_to(archive.root).as_posix() == "seee/2025/20250304T143000Z-r1.warc.gz"
    info, *records = read_with_warcio(path)
    assert info[0] == "warcinfo"
    assert b"source: seee\r\nrun: r1\r\nrun-started: 2025-03-04T14:30:00.000000Z" in info[3]
    assert [kind for kind, *_ in records] == ["request", "response", *["request", "revisit"] * 2]
    for (_, asked, line, body), (_, answered, _, _) in zip(
        records[::2], records[1::2], strict=True
    ):
        assert asked["WARC-Concurrent-To"] == answered["WARC-Record-ID"]
        assert answered["WARC-Concurrent-To"] == asked["WARC-Record-ID"]
        assert answered["WARC-IP-Address"] == "192.0.2.7"
        assert asked["WARC-Block-Digest"].startswith("sha256:")
        assert (line, body) == ("/c/1.shtml HTTP/1.1", b'{"d":1}')
    response, identical, not_modified = records[1], records[3], records[5]
    assert (response[2], response[3]) == ("200 OK", b"A" * 5000)
    for (_, head, _, _), profile in (
        (identical, "identical-payload-digest"),
        (not_modified, "server-not-modified"),
    ):
        assert head["WARC-Profile"].endswith("/" + profile)
        assert head["WARC-Refers-To"] == f"<urn:uuid:{first.fetch_id}>"
        assert head["WARC-Refers-To-Target-URI"] == url(1)
        assert head["WARC-Refers-To-Date"] == response[1]["WARC-Date"]
        assert head["WARC-Payload-Digest"] == response[1]["WARC-Payload-Digest"]
    assert same.refers_to == unchanged.refers_to == first.fetch_id
    assert first.is_new
    assert not same.is_new


def test_a_page_reads_back_decoded_with_the_instant_it_was_first_seen(archive: Archive) -> None:
    wire = gzip.compress("成交量".encode(), mtime=0)
    headers = (*HTML, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))
    with archive.writer("seee", "r1", BEGAN) as writer:
        first = put(archive, writer, exchange(body=wire, headers=headers))
        later = put(archive, writer, exchange(body=wire, headers=headers, after_s=3600))
        pages = [archive.page(first), archive.page(later)]
    pages += [archive.page(first), Archive(archive.root).page(later)]
    assert all(page == pages[0] for page in pages)
    assert pages[0].body.decode() == "成交量"
    assert pages[0].payload_sha256 == hashlib.sha256(wire).hexdigest()
    assert pages[0].retrieved_at == BEGAN
    assert pages[0].header("X-Orig-Transfer-Encoding") == "chunked"
    assert pages[0].header("Transfer-Encoding") == ""
    (_, _, _, content) = read_with_warcio(warcs(archive.root)[0])[2]
    assert content.decode() == "成交量"


def test_a_body_that_does_not_decode_is_kept_and_said(archive: Archive) -> None:
    headers = (*HTML, ("Content-Encoding", "gzip"))
    with archive.writer("seee", "r1", BEGAN) as writer:
        entry = put(archive, writer, exchange(body=b"not gzip", headers=headers), "broken")
        with pytest.raises(InflateError):
            archive.page(entry)
        bomb = gzip.compress(bytes(200_000))
        entry = put(archive, writer, exchange(2, bomb, headers=headers), "too_large")
    with pytest.raises(InflateError):
        Archive(archive.root, max_decoded_bytes=100_000).page(entry)


def test_only_good_responses_are_served_and_the_newest_of_them(archive: Archive) -> None:
    key = exchange().link.key
    with archive.writer("seee", "r1", BEGAN) as writer:
        unjudged = writer.write(exchange(body=b"A"))
        assert archive.latest(key) is None
        archive.judge(unjudged.fetch_id, "good")
        put(archive, writer, exchange(body=b"wall", after_s=1), "blocked")
        assert archive.latest(key) == archive.entry(unjudged.fetch_id)
        changed = put(archive, writer, exchange(body=b"B", after_s=2))
        assert archive.latest(key) == changed
        archive.judge(changed.fetch_id, "wrong_content")
        assert archive.latest(key) == archive.entry(unjudged.fetch_id)
    assert Archive(archive.root).latest(key) == archive.entry(unjudged.fetch_id)


def test_a_payload_that_comes_back_begins_a_new_stretch(archive: Archive) -> None:
    with archive.writer("seee", "r1", BEGAN) as writer:
        entries = [
            put(archive, writer, exchange(body=body, after_s=after))
            for after, body in enumerate((b"A", b"A", b"B", b"A", b"A"))
        ]
        archive.mark_read([entries[1].fetch_id, entries[2].fetch_id], "3")
        unread = archive.unread([one.fetch_id for one in entries], "3")
    seen = [int((one.first_seen_at - BEGAN).total_seconds()) for one in entries]
    assert seen == [0, 0, 2, 3, 3]
    assert [one.is_new for one in entries] == [True, False, True, True, False]
    assert unread == [entries[3].fetch_id, entries[4].fetch_id]
    assert len(Archive(archive.root).unread([one.fetch_id for one in entries], "4")) == 5


def test_latest_carries_the_newest_validators(archive: Archive) -> None:
    renewed = (("ETag", '"e2"'), ("Last-Modified", "Tue, 04 Mar 2025 10:00:00 GMT"))
    with archive.writer("seee", "r1", BEGAN) as writer:
        first = put(archive, writer, exchange())
        put(archive, writer, exchange(headers=renewed, after_s=5))
        put(archive, writer, exchange(status=304, body=b"", headers=(), after_s=9), "not_modified")
    latest = archive.latest(first.key)
    assert latest is not None
    assert latest.fetch_id == first.fetch_id
    assert archive.last_seen(first.key) == BEGAN + timedelta(seconds=9)
    with archive.writer("seee", "r2", BEGAN) as writer:
        put(archive, writer, exchange(headers=renewed, after_s=10))
    latest = archive.latest(first.key)
    assert latest is not None
    assert (latest.etag, latest.last_modified) == ('"e2"', renewed[1][1])


def test_an_older_page_does_not_hide_a_newer_one(archive: Archive) -> None:
    with archive.writer("seee", "r1", BEGAN) as writer:
        newer = put(archive, writer, exchange(body=b"new", after_s=100))
        older = put(archive, writer, exchange(body=b"new", after_s=-100))
    assert archive.latest(newer.key) == newer
    assert older.is_new
    assert older.first_seen_at < newer.first_seen_at


def test_entries_counts_and_unknown_ids(archive: Archive) -> None:
    with archive.writer("seee", "r1", BEGAN) as writer:
        made = [put(archive, writer, exchange(n, after_s=n)) for n in range(5)]
        assert list(archive.entries()) == made
        assert archive.count_since("seee", BEGAN + timedelta(seconds=3)) == 2
        more = put(archive, writer, exchange(9, after_s=9))
        assert archive.count_since("seee", BEGAN + timedelta(seconds=3)) == 3
    assert list(archive.entries(source="seee", run_id="r1")) == [*made, more]
    assert list(archive.entries(run_id="r2")) == []
    with pytest.raises(ArchiveError, match="no fetch 'nothing'"):
        archive.entry("nothing")
    with pytest.raises(ArchiveError, match="no fetch 'nothing'"):
        archive.judge("nothing", "good")


def test_a_run_that_fetches_nothing_leaves_no_file_and_the_same_run_never_rewrites(
    archive: Archive,
) -> None:
    with archive.writer("seee", "r1", BEGAN):
        pass
    assert warcs(archive.root) == []
    for number in range(2):
        with archive.writer("seee", "r1", BEGAN) as writer:
            put(archive, writer, exchange(number))
    assert [path.name for path in warcs(archive.root)] == [
        "20250304T143000Z-r1-2.warc.gz",
        "20250304T143000Z-r1.warc.gz",
    ]
    assert archive.verify() == []
    with pytest.raises(ArchiveError, match="takes no more"):
        writer.write(exchange())


@pytest.mark.parametrize("name", ["../x", "", ".hidden", "a/b", "a b"])
def test_names_that_would_leave_the_archive_are_refused(archive: Archive, name: str) -> None:
    with pytest.raises(ArchiveError, match="not fit for a file name"):
        archive.writer(name, "r1", BEGAN)
    with pytest.raises(ArchiveError, match="not fit for a file name"):
        archive.writer("seee", name, BEGAN)
    archive.rebuild()  # a writer that was refused holds nobody back


def test_urls_and_headers_cannot_forge_records(archive: Archive) -> None:
    forged = "x\r\nWARC-Type: warcinfo\r\n\r\nHTTP/1.1 200 OK"
    with archive.writer("seee", "r1", BEGAN) as writer:
        put(archive, writer, exchange(headers=(("X-A", forged), ("X-B\r\n\r\n", "y"))))
        bad = exchange()
        object.__setattr__(bad.link, "url", "https://overview.example/\r\nWARC-Type: x")
        with pytest.raises(ArchiveError, match="not a URL"):
            writer.write(bad)
    assert [kind for kind, *_ in read_with_warcio(warcs(archive.root)[0])] == [
        "warcinfo",
        "request",
        "response",
    ]
    (entry,) = archive.entries()
    assert archive.page(entry).body == b"<html>page</html>"


def test_a_naive_instant_and_a_foreign_source_are_refused(archive: Archive) -> None:
    with archive.writer("seee", "r1", BEGAN) as writer:
        naive = exchange()
        object.__setattr__(naive, "retrieved_at", BEGAN.replace(tzinfo=None))
        with pytest.raises(ArchiveError, match="without a time zone"):
            writer.write(naive)
        foreign = exchange()
        object.__setattr__(foreign, "source", "mee")
        with pytest.raises(ArchiveError, match="'mee'"):
            writer.write(foreign)
    assert list(archive.entries()) == []


_tokens = st.text("abcXYZ019-", min_size=1, max_size=12).map(lambda name: f"X-{name}")
_values = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40).map(str.strip)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    bodies=st.lists(st.binary(max_size=3000), min_size=1, max_size=4),
    headers=st.lists(st.tuples(_tokens, _values), max_size=5, unique_by=lambda h: h[0].lower()),
    post=st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=30),
)
def test_any_body_and_header_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    bodies: list[bytes],
    headers: list[tuple[str, str]],
    post: str | None,
) -> None:
    archive = Archive(tmp_path_factory.mktemp("any"))
    with archive.writer("seee", "r1", BEGAN) as writer:
        entries = [
            put(archive, writer, exchange(headers=tuple(headers), body=body, post=post, after_s=n))
            for n, body in enumerate(bodies)
        ]
    printable = {
        name.lower(): value
        for name, value in headers
        if not set(value) & set(map(chr, range(127, 160)))
    }
    for body, entry in zip(bodies, entries, strict=True):
        page = archive.page(entry)
        assert page.body == body
        assert page.request_body == post
        assert page.headers.items() >= printable.items()
    assert archive.verify() == []
    before = list(archive.entries())
    archive.rebuild(lambda entry, stored: "good")
    assert list(archive.entries()) == before


def _judge(entry: Entry, stored: Stored) -> str:
    """Reads the bytes, as the real judge does."""
    if b"wall" in stored.body:
        return "blocked"
    return {304: "not_modified", 404: "not_found"}.get(stored.status, "good")


def _fill(archive: Archive) -> None:
    for run in range(3):
        with archive.writer("seee", f"r{run}", BEGAN + timedelta(days=run)) as writer:
            for n in range(12):
                after = 86400 * run + n
                if n == 5:
                    put(archive, writer, exchange(n, b"a wall", after_s=after), "blocked")
                elif n == 6:
                    put(archive, writer, exchange(n, b"", status=404, after_s=after), "not_found")
                elif n == 7 and run:
                    made = exchange(n, b"", status=304, after_s=after)
                    put(archive, writer, made, "not_modified")
                else:
                    body = b"page %d %d" % (n, n % 2 and run)
                    put(
                        archive,
                        writer,
                        exchange(n, body, after_s=after, post="{}" * (n == 3) or None),
                    )


def test_a_rebuild_gives_the_same_index_and_keeps_what_was_read(archive: Archive) -> None:
    _fill(archive)
    before = list(archive.entries())
    archive.mark_read([before[0].fetch_id], "1")
    report = archive.rebuild(_judge)
    assert (report.files, report.fetches, report.cut, report.problems) == (3, 36, [], [])
    assert list(archive.entries()) == before
    assert archive.unread([before[0].fetch_id], "1") == []
    assert archive.verify() == []


def test_what_no_reader_has_read_is_unread_whatever_the_clock_said(archive: Archive) -> None:
    days = 86_400
    with archive.writer("seee", "r1", BEGAN) as writer:
        for n, after_s in enumerate((0, 3 * days, -400 * days, days), start=1):
            put(archive, writer, exchange(n, b"page %d" % n, after_s=after_s))
        read = put(archive, writer, exchange(5, b"read", after_s=2 * days))
        put(archive, writer, exchange(6, b"a wall", after_s=2 * days), "blocked")
    archive.mark_read([read.fetch_id], "1")
    unread = archive.to_read("seee", ["bulletin"], "1")
    assert [entry.url for entry in unread] == [url(n) for n in (3, 1, 4, 2)]
    assert len(archive.to_read("seee", ["bulletin"], "2")) == 5


@pytest.mark.parametrize("is_damaged", [False, True])
def test_a_lost_or_damaged_index_is_said_and_rebuilt(archive: Archive, is_damaged: bool) -> None:
    _fill(archive)
    before = list(archive.entries())
    archive.close()
    index = archive.root / "index.sqlite"
    index.write_bytes(b"no database" * 1000) if is_damaged else index.unlink()
    fresh = Archive(archive.root)
    with pytest.raises(ArchiveError, match=r"not a database" if is_damaged else r"lost, rebuild"):
        fresh.latest(before[0].key)
    with pytest.raises(ArchiveError):
        fresh.writer("seee", "r9", BEGAN)
    assert fresh.rebuild(_judge).fetches == 36
    assert list(Archive(archive.root).entries()) == before


def test_a_rebuild_waits_for_no_writer_and_lets_none_in(archive: Archive) -> None:
    with archive.writer("seee", "r1", BEGAN) as writer:
        put(archive, writer, exchange())
        with pytest.raises(ArchiveError, match="a run is writing"):
            Archive(archive.root).rebuild()
    assert archive.rebuild().fetches == 1


def test_threads_write_at_once(archive: Archive) -> None:
    faults: list[BaseException] = []

    def work(first: int) -> None:
        try:
            for n in range(first, first + 100):
                entry = put(archive, writer, exchange(n, b"page %d" % n, after_s=n))
                assert archive.page(entry).body == b"page %d" % n
                assert archive.latest(entry.key) == entry
        except BaseException as fault:
            faults.append(fault)
            raise

    with archive.writer("seee", "r1", BEGAN) as writer:
        threads = [threading.Thread(target=work, args=(first,)) for first in (0, 100, 200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert faults == []
    assert len(list(Archive(archive.root).entries())) == 300
    assert len(read_with_warcio(warcs(archive.root)[0])) == 601
    assert archive.verify() == []


def test_others_see_a_fetch_once_its_bytes_are_safe(archive: Archive) -> None:
    other = Archive(archive.root)
    with archive.writer("seee", "r1", BEGAN) as writer:
        entry = put(archive, writer, exchange())
        assert archive.latest(entry.key) == entry
        assert other.latest(entry.key) is None
        writer.flush()
        assert other.latest(entry.key) == entry
    copy = pickle.loads(pickle.dumps(archive))
    assert copy.latest(entry.key) == entry


def test_the_lookup_of_a_key_uses_the_index_whatever_its_history(archive: Archive) -> None:
    with archive.writer("seee", "r1", BEGAN) as writer:
        put(archive, writer, exchange())
    with sqlite3.connect(archive.root / "index.sqlite") as db:
        plan = db.execute(
            "EXPLAIN QUERY PLAN SELECT * FROM fetches f LEFT JOIN fetches b "
            "ON b.fetch_id = f.refers_to WHERE f.key = 'k' AND f.retrieved_at <= 'z' AND "
            "((f.refers_to = '' AND f.verdict = 'good') OR b.verdict = 'good') "
            "ORDER BY f.retrieved_at DESC, f.rowid DESC LIMIT 1"
        ).fetchall()
    db.close()
    says = " / ".join(row[3] for row in plan)
    assert "fetches_by_key (key=? AND retrieved_at<?)" in says
    assert "SCAN" not in says
    assert "TEMP B-TREE" not in says
