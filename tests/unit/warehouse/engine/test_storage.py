"""Homes in S3: addresses, stamps, bytes, tables, and what is said when S3 says no."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from schemas.sources.seee.tables import SEEE_QUOTES
from tests.faults.store.warehouse_worker import BATCH, batch
from tests.support.rows import KNOWN_FROM, quote
from tests.support.s3 import SECRET, Bucket, bucket, s3_server
from tests.support.servers import LoopbackServer, Reply
from warehouse.engine.delta.state import open_state
from warehouse.engine.delta.table import append
from warehouse.engine.revisions.coerce import as_arrow, with_knowledge
from warehouse.engine.storage.base import Address, Place
from warehouse.engine.storage.local_cache import near
from warehouse.engine.storage.storage import storage
from warehouse.errors import Conflict, UnknownVersion, WarehouseError, WrongHome
from warehouse.maintenance import vacuum
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse

__all__ = ["bucket", "s3_server"]

ROOT = Path(__file__).parents[4]


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A folder, and a prefix of a bucket."""
    if request.param == "folder":
        return tmp_path / "home"
    made: Bucket = request.getfixturevalue("bucket")
    return Address.of(made.home)


def test_bytes_are_written_once_replaced_listed_and_deleted(place: Place, tmp_path: Path) -> None:
    held = storage(place)
    assert held.read_bytes("a/b") is None
    assert held.write_if_absent("a/b", b"1")
    assert not held.write_if_absent("a/b", b"2")
    assert held.read_bytes("a/b") == b"1"
    (tmp_path / "file").write_bytes(b"three")
    held.write_bytes("a/b", tmp_path / "file")
    held.write_bytes("a/c/d", b"")
    assert [(i.name, i.bytes) for i in held.list("a")] == [("a/b", 5), ("a/c/d", 0)]
    assert [i.name for i in held.list("a/c")] == ["a/c/d"]
    held.fetch("a/b", tmp_path / "copies" / "b")
    assert (tmp_path / "copies" / "b").read_bytes() == b"three"
    held.delete("a/b")
    held.delete("a/b")
    assert not held.exists("a/b")
    assert held.exists("a/c/d")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("gs://bucket/home", "has to begin with s3://"),
        (f"s3://key:{SECRET}@bucket/home", "not of the form s3://bucket/prefix"),
        (f"https://key:{SECRET}@host/home", "has to begin with s3://"),
        (f"s3://bucket/home?secret={SECRET}", "credentials come from the environment"),
        ("s3://bucket/../other", "not of the form"),
        ("s3://bucket//home", "not of the form"),
        ("s3://", "not of the form"),
    ],
)
def test_an_address_that_cant_be_used_is_said_without_its_secrets(address: str, says: str) -> None:
    with pytest.raises(WarehouseError, match=says) as caught:
        open_home(address, None)
    assert SECRET not in str(caught.value)


def test_a_home_is_stamped_once_and_never_mixed(bucket: Bucket) -> None:
    with pytest.raises(WrongHome, match="no carbonmart home yet"):
        open_home(bucket.home, None)
    made = open_home(bucket.home + "/", "sample")
    assert open_home(bucket.home, "sample") == open_home(bucket.home, None) == made
    with pytest.raises(WrongHome, match="never mixed"):
        open_home(bucket.home, "live")
    stamp_puts = {condition for _, _, condition in bucket.requests("PUT", "carbonmart.json")}
    assert stamp_puts == {"*"}
    Warehouse(made.path).load(SEEE_QUOTES, [quote()], known_from=KNOWN_FROM, run_id="run")
    storage(made.path).delete("carbonmart.json")
    with pytest.raises(WrongHome, match="holds tables but no carbonmart"):
        open_home(bucket.home, "sample")


def test_a_missing_bucket_is_said(bucket: Bucket) -> None:
    for kind in (None, "live"):
        with pytest.raises(WarehouseError, match="there is no bucket never-made"):
            open_home("s3://never-made/home", kind)


def test_a_refusal_and_a_silence_are_said_in_one_line_without_secrets(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
    with LoopbackServer(lambda _: Reply(403, denied)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.base)
        refused = bucket.carbonmart("tables")
        base = server.base
    silent = bucket.carbonmart("tables")
    for done, words in ((refused, "AccessDenied"), (silent, base)):
        assert done.returncode == 3
        assert words in done.stderr
        assert f"{bucket.home}/" in done.stderr
        assert "can't be read" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert SECRET not in done.stderr


def test_a_storage_that_ignores_conditions_is_refused(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    with pytest.raises(WarehouseError, match="ignores conditional writes"):
        open_home(bucket.home, "live")
    server.shutdown()
    server.server_close()
    assert Careless.log == ["PUT", "PUT", "POST"], "two stamps and their removal"


class Careless(BaseHTTPRequestHandler):
    """A storage that takes everything."""

    log: ClassVar[list[str]] = []

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status = 200
        body = b"<DeleteResult><Deleted><Key>carbonmart.json</Key></Deleted></DeleteResult>"
        if self.command == "GET":
            body = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
            status = 200 if "list-type" in self.path else 404
        else:
            self.log.append(self.command)
        self.send_response(status)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = answer  # noqa: N815 - the library's names

    def log_message(self, *args: object) -> None:
        pass


def test_rows_revisions_and_the_past_are_read_from_another_machine(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Warehouse(bucket.home)
    for number in range(3):
        store.load(SEEE_QUOTES, batch(number), known_from=KNOWN_FROM, run_id="run")
    late = KNOWN_FROM + timedelta(days=1)
    store.retire(SEEE_QUOTES, [first_key(store)], known_from=late, run_id="run")
    bucket.other_machine(monkeypatch, "other")
    other = Warehouse(bucket.home)
    count = "SELECT count(*) FROM seee_quotes"
    assert other.query(count).fetchall() == [(BATCH + 20 - 1,)]
    assert other.query(count, as_of=KNOWN_FROM).fetchall() == [(BATCH + 20,)]
    assert other.query(count, versions={"seee_quotes": 1}).fetchall() == [(BATCH,)]
    assert other.query("SELECT count(*) FROM seee_quotes__history").fetchall() == [(61,)]
    (info,) = other.tables()
    assert (info.rows, info.current_rows, info.version) == (61, BATCH + 20 - 1, 4)
    asked = len(bucket.requests("GET", ".parquet"))
    assert other.query(count).fetchall() == [(BATCH + 20 - 1,)]
    assert len(bucket.requests("GET", ".parquet")) == asked, "data files are fetched once"


def first_key(store: Warehouse) -> tuple[object, ...]:
    keys = ", ".join(SEEE_QUOTES.key)
    return store.query(f"SELECT {keys} FROM seee_quotes ORDER BY ALL").fetchall()[0]


WRITER = """
import sys
from tests.faults.store.warehouse_worker import KNOWN_FROM, SEEE_QUOTES, Warehouse, batch
store = Warehouse(sys.argv[1])
assert store.version("seee_quotes") is None
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    store.load(SEEE_QUOTES, batch(number), known_from=KNOWN_FROM, run_id="run")
"""


@pytest.mark.slow
def test_two_writers_in_s3_lose_and_double_nothing(bucket: Bucket, tmp_path: Path) -> None:
    count = 5
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", WRITER, bucket.home, str(count)]
    writers = [
        subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert writer.returncode == 0, errors
    undisturbed = Warehouse(tmp_path / "undisturbed")
    for number in range(count):
        undisturbed.load(SEEE_QUOTES, batch(number), known_from=KNOWN_FROM, run_id="run")
    rows = "SELECT * FROM seee_quotes__history ORDER BY ALL"
    raced = Warehouse(bucket.home)
    assert raced.query(rows).fetchall() == undisturbed.query(rows).fetchall()
    assert raced.version("seee_quotes") == count
    commits = bucket.requests("PUT", "_delta_log/0")
    assert {condition for _, _, condition in commits} == {"*"}
    assert len(commits) >= count + 1


def test_of_two_commits_from_one_version_the_second_is_refused(bucket: Bucket) -> None:
    store = Warehouse(bucket.home)
    store.load(SEEE_QUOTES, batch(0), known_from=KNOWN_FROM, run_id="run")
    root = store.root / "seee_quotes"
    states = [open_state(SEEE_QUOTES, root) for _ in range(2)]
    rows = with_knowledge(SEEE_QUOTES, as_arrow(SEEE_QUOTES, batch(9)), [KNOWN_FROM] * 20, [1] * 20)
    assert states[0] is not None
    assert states[1] is not None
    assert append(states[0], rows, {}) == 2
    with pytest.raises(Conflict):
        append(states[1], rows, {})
    assert store.query("SELECT count(*) FROM seee_quotes__history").fetchall() == [(2 * BATCH,)]


def test_vacuum_joins_and_removes_in_s3_as_on_disk(bucket: Bucket) -> None:
    store = Warehouse(bucket.home)
    for number in range(9):
        store.load(SEEE_QUOTES, batch(number), known_from=KNOWN_FROM, run_id="run")
    before = store.query("SELECT * FROM seee_quotes__history ORDER BY ALL").fetchall()
    orphan = "tables/seee_quotes/part-torn.parquet"
    storage(Address.of(bucket.home)).write_bytes(orphan, b"torn")
    done = vacuum(store, now=datetime.now(UTC) + timedelta(days=2))
    (told,) = done.tables
    assert (told.compacted, len(told.removed), told.files) == (9, 10, 1)
    data = [name for name in bucket.names("tables") if name.endswith(".parquet")]
    assert len([name for name in data if "_delta_log" not in name]) == 1
    assert store.query("SELECT * FROM seee_quotes__history ORDER BY ALL").fetchall() == before
    root = store.root / "seee_quotes"
    assert len(list(near(root).glob("*.parquet"))) == 1, "copies of removed files are left"
    with pytest.raises(UnknownVersion, match="was dropped by"):
        store.query("SELECT 1 FROM seee_quotes", versions={"seee_quotes": 3})
