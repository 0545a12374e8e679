"""Objects of a home in S3 that are not what was written: told, with a way back that is one."""

from __future__ import annotations

import obstore
import pytest

from flows.core.errors import UsageError
from flows.core.settings import Settings
from flows.jobs.repair import repair
from flows.stages.monitor.damage import damages
from tests.support.released import publish_now, two_releases
from tests.support.s3 import Bucket, bucket, s3_server
from warehouse.store.home import open_home

__all__ = ["bucket", "s3_server"]

RESTORED, WRITTEN_ANEW = "restored from its archive into a new one", "carbonmart publish"


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def test_damage_in_a_bucket_is_told_with_the_way_back(bucket: Bucket) -> None:
    home, *_ = two_releases(bucket.home)
    publish_now(home)
    place = open_home(bucket.home, None)
    assert list(damages(place, until=0.0)) == []
    rows, published, made = (
        max(n for n in bucket.names() if n.startswith(part) and n.endswith(".parquet"))
        for part in ("tables/seee_bulletins/", "published/", "tables/ops_releases/")
    )
    obstore.put(bucket.store, rows, flipped(bucket.read(rows)))
    obstore.delete(bucket.store, published)
    told = {each.file: each.remedy for each in damages(place, until=0.0)}
    assert RESTORED in told[f"{bucket.home}/{rows}"]
    assert WRITTEN_ANEW in told[f"{bucket.home}/{published}"]
    obstore.put(bucket.store, made, b"")
    told = {each.file: each.remedy for each in damages(place, until=0.0)}
    assert RESTORED in told[f"{bucket.home}/{made}"]
    assert not any("repair" in remedy for remedy in told.values())
    with pytest.raises(UsageError, match="restored from its archive"):
        repair(Settings(home=bucket.home), is_dry=False)
