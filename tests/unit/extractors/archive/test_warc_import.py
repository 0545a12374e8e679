"""WARC files saved by a person with another tool: what is known is copied, the rest counted."""

from __future__ import annotations

import gzip
import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from extractors.archive.archive import Archive
from extractors.archive.warc_import import ImportReport, import_warc
from extractors.warc.exchange import ArchiveError
from tests.support.archive_world import BEGAN, read_with_warcio, url, warcs

SAVED = "2024-05-06T07:08:09Z"


def _source_of(address: str) -> str | None:
    return "seee" if address.startswith("https://overview.example/") else None


def _take(archive: Archive, path: Path) -> ImportReport:
    return import_warc(
        path,
        _source_of,
        lambda url: "bulletin",
        lambda source: archive.writer(source, "saved", BEGAN),
    )


def _chunked(body: bytes) -> bytes:
    half = len(body) // 2
    parts = (body[:half], body[half:])
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def _write(
    writer: WARCWriter,
    address: str,
    body: bytes,
    headers: list[tuple[str, str]] | None = None,
    post: bytes | None = None,
    request_first: bool = False,
) -> None:
    http = StatusAndHeaders("200 OK", headers or [("Content-Type", "text/html")], "HTTP/1.1")
    date = {"WARC-Date": SAVED}
    response = writer.create_warc_record(
        address, "response", BytesIO(body), len(body), warc_headers_dict=date, http_headers=http
    )
    line = f"{'GET' if post is None else 'POST'} /x HTTP/1.1"
    asked = StatusAndHeaders(line, [("Host", "overview.example")], is_http_request=True)
    sent = post or b""
    request = writer.create_warc_record(
        address, "request", BytesIO(sent), len(sent), warc_headers_dict=date, http_headers=asked
    )
    if request_first:
        asked_id = request.rec_headers.get_header("WARC-Record-ID")
        response.rec_headers.add_header("WARC-Concurrent-To", asked_id)
        writer.write_record(request)
        writer.write_record(response)
    else:
        writer.write_request_response_pair(request, response)


def _saved(path: Path, *, packed: bool = True) -> Path:
    """Five responses as two kinds of tools save them, one of a site that nobody knows."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed)
        writer.write_record(writer.create_warcinfo_record("saved.warc", {"software": "a browser"}))
        _write(writer, url(1), b"plain page")
        _write(writer, "https://elsewhere.example/", b"not ours")
        chunked = [("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")]
        _write(writer, url(2), _chunked(gzip.compress(b"chunked page" * 20)), chunked)
        _write(writer, url(3), b'{"code":0}', post=b'{"date":"2024-01-02"}')
        _write(writer, url(3), b'{"code":1}', post=b'{"date":"2024-01-03"}', request_first=True)
    return path


@pytest.mark.parametrize("packed", [True, False])
def test_responses_of_known_addresses_are_copied(tmp_path: Path, packed: bool) -> None:
    archive = Archive(tmp_path / "archive")
    report = _take(archive, _saved(tmp_path / "saved.warc", packed=packed))
    assert report.skipped == {"no source has this address": 1}
    assert report.cut == []
    pages = [archive.page(entry) for entry in report]
    assert [page.body for page in pages] == [
        b"plain page",
        b"chunked page" * 20,
        b'{"code":0}',
        b'{"code":1}',
    ]
    sent = [page.request_body for page in pages]
    assert sent == [None, None, '{"date":"2024-01-02"}', '{"date":"2024-01-03"}']
    assert {page.retrieved_at for page in pages} == {datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)}
    assert {page.kind for page in pages} == {"bulletin"}
    assert archive.latest(url(1)) is None  # nobody has judged it
    assert len(read_with_warcio(warcs(archive.root)[0])) == 9
    before = list(archive.entries())
    archive.rebuild(lambda entry, stored: "")
    assert list(archive.entries()) == before


def test_a_wacz_is_read_through(tmp_path: Path) -> None:
    path = tmp_path / "saved.wacz"
    with zipfile.ZipFile(path, "w") as wacz:
        wacz.write(_saved(tmp_path / "a.warc.gz"), "archive/a.warc.gz")
        wacz.write(_saved(tmp_path / "b.warc", packed=False), "archive/b.warc")
        wacz.writestr("pages/pages.jsonl", "{}")
    archive = Archive(tmp_path / "archive")
    assert len(_take(archive, path)) == 8


def test_a_whole_file_gzipped_at_once_is_read(tmp_path: Path) -> None:
    plain = _saved(tmp_path / "plain.warc", packed=False)
    packed = tmp_path / "packed.warc.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert len(_take(Archive(tmp_path / "archive"), packed)) == 4


@pytest.mark.parametrize("packed", [True, False])
def test_a_cut_file_is_read_up_to_the_cut_wherever_it_is(tmp_path: Path, packed: bool) -> None:
    whole = _saved(tmp_path / "saved.warc", packed=packed).read_bytes()
    taken = []
    # Between two gzip members nothing is torn, and no one can tell that more was meant.
    between = {at.start() for at in re.finditer(rb"\x1f\x8b\x08", whole)}
    for size in sorted(set(range(200, len(whole) - 8, 97)) - between):
        path = tmp_path / f"cut{size}.warc"
        path.write_bytes(whole[:size])
        try:
            report = _take(Archive(tmp_path / f"archive{size}"), path)
        except ArchiveError as error:
            assert "no WARC record" in str(error)  # noqa: PT017
            taken.append(0)
            continue
        bodies = [Archive(tmp_path / f"archive{size}").page(entry).body for entry in report]
        expected = [b"plain page", b"chunked page" * 20, b'{"code":0}', b'{"code":1}']
        assert bodies == expected[: len(bodies)]
        assert len(report.cut) == 1
        taken.append(len(bodies))
    assert taken == sorted(taken)
    assert set(taken) >= {0, 1, 2, 3}


def test_the_cut_is_said(tmp_path: Path) -> None:
    whole = _saved(tmp_path / "saved.warc.gz").read_bytes()
    (tmp_path / "cut.warc.gz").write_bytes(whole[:-200])
    report = _take(Archive(tmp_path / "archive"), tmp_path / "cut.warc.gz")
    (says,) = report.cut
    assert says.startswith("cut.warc.gz: read up to <urn:uuid:")


def test_damage_and_odd_records_are_counted_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "odd.warc"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        _write(writer, url(1), b"first body")
        _write(writer, url(2), b"other body")
        revisit = writer.create_revisit_record(url(3), "sha1:A", url(1), SAVED)
        writer.write_record(revisit)
        _write(writer, url(4), b"\xff", post=b"\xff\xfe")
    path.write_bytes(path.read_bytes().replace(b"first body", b"fIrst body"))
    report = _take(Archive(tmp_path / "archive"), path)
    assert [entry.url for entry in report] == [url(2)]
    assert report.skipped == {
        "damaged: its bytes do not have their digest": 1,
        "a revisit record, without the HTTP response": 1,
        "a POST whose body is not UTF-8": 1,
    }
    assert [one.url for one in report.left_out] == [url(1), url(3), url(4)]


@pytest.mark.parametrize("content", [b"", b"<html>a page, no WARC</html>", b"PK\x03\x04 no zip"])
def test_what_is_no_warc_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "thing.warc"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"thing\.warc"):
        _take(Archive(tmp_path / "archive"), path)
    with pytest.raises(ArchiveError, match="missing"):
        _take(Archive(tmp_path / "archive"), tmp_path / "missing.warc")
