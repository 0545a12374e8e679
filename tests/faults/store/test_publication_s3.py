"""Publication and maintenance of a home in S3, over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.core.errors import UsageError
from flows.core.query.time_travel import Wanted, chosen
from flows.core.settings import Settings
from flows.reports.catalog.site import write_catalog
from flows.reports.superset.bundle import write_bundle
from tests.support.released import DAYS, backdate, load_days, publish_now, release, two_releases
from tests.support.s3 import Bucket, bucket, s3_server
from warehouse import maintenance
from warehouse.errors import UnknownVersion
from warehouse.maintenance import vacuum
from warehouse.store.store import Warehouse

__all__ = ["bucket", "s3_server"]


def test_a_release_is_published_and_read(bucket: Bucket, tmp_path: Path) -> None:
    home, first, second = two_releases(bucket.home)
    before = len(bucket.requests())
    done = publish_now(home)
    assert done.findings
    assert all(finding.is_same for finding in done.findings)
    assert (done.is_new, done.is_latest) == (True, True)
    written = [path for method, path, *_ in bucket.requests()[before:] if method == "PUT"]
    assert written[-1].endswith("/latest.json"), "the pointer is moved last"
    assert written[-2].endswith("/carbonmart.duckdb")
    assert written[-3].endswith(f"/{second.release_id}/datapackage.json")

    pointer = json.loads(bucket.read("published/latest.json"))
    assert pointer["release_id"] == second.release_id
    package = json.loads(bucket.read(f"published/{pointer['datapackage']}"))
    for file in package["resources"]:
        local = tmp_path / file["path"]
        local.write_bytes(bucket.read(f"published/{second.release_id}/{file['path']}"))
        assert pl.read_parquet(local).height == file["rows"]
    mart_file = tmp_path / "mart.duckdb"
    mart_file.write_bytes(bucket.read("published/carbonmart.duckdb"))
    with duckdb.connect(str(mart_file), read_only=True) as mart:
        assert mart.sql("SELECT release_id FROM release").fetchall() == [(second.release_id,)]

    assert not publish_now(home).is_new
    assert publish_now(home, first.release_id).is_new
    assert json.loads(bucket.read("published/latest.json")) == pointer

    # What is made of a publication for people goes to this machine, where it is told to.
    settings = Settings(home=bucket.home)
    snapshot = chosen(settings, Wanted())
    with pytest.raises(UsageError, match="--output"):
        write_catalog(settings, snapshot)
    site = write_catalog(settings, snapshot, tmp_path / "site")
    assert site.document["published"] == second.release_id
    with pytest.raises(UsageError, match="--database"):
        write_bundle(settings, tmp_path / "bundle.zip", None)
    made = write_bundle(settings, tmp_path / "bundle.zip", "/data/carbonmart.duckdb")
    assert made.release_id == second.release_id


def test_old_releases_are_pruned(bucket: Bucket) -> None:
    home, _, second = two_releases(bucket.home)
    publish_now(home)
    backdate(home, *[second.created_at.replace(year=2031, day=day) for day in (1, 2)])
    assert bucket.names(f"published/{second.release_id}") != []
    (later,) = backdate(home, second.created_at.replace(year=2031, day=3))
    done = publish_now(home, keep=1)
    assert done.release_id == later
    assert done.pruned == [second.release_id]
    assert bucket.names(f"published/{second.release_id}") == []


def test_vacuum_keeps_what_a_kept_release_needs(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.engine.delta.compaction.SCATTERED", 3)
    home, first, second = two_releases(bucket.home)
    load_days(home, DAYS[5:6], 9, close="90.80")
    last = release(home)
    warehouse = Warehouse(home.path)

    def rows(versions: dict[str, int] | None) -> list[object]:
        with warehouse.connect("seee_quotes", versions=versions) as connection:
            return list(connection.sql("FROM seee_quotes__history ORDER BY ALL").fetchall())

    before = [rows(second.versions), rows(last.versions), rows(None)]
    monkeypatch.setattr(maintenance, "kept", lambda made, keep: list(made[-2:]))
    moment = second.created_at.replace(year=2031)
    done = vacuum(warehouse, now=moment)
    assert "seee_quotes" in [each.table for each in done.tables if each.compacted]
    assert done.dropped == [first.release_id]
    bucket.other_machine(monkeypatch, "another")
    assert [rows(second.versions), rows(last.versions), rows(None)] == before
    vacuum_again = vacuum(warehouse, now=moment)
    assert [each.removed for each in vacuum_again.tables if each.removed] == []
    monkeypatch.setattr(maintenance, "kept", lambda made, keep: list(made[-1:]))
    release(home)
    gone = [n for each in vacuum(warehouse, now=moment).tables for n in each.removed]
    assert gone
    with pytest.raises(UnknownVersion, match="dropped by `carbonmart vacuum`"):
        rows(second.versions)
